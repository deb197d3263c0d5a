/* A service by name: the queue of requests that wait for a worker, the workers, and what is counted
 * about them. */

#ifndef GATEWAY_SERVICE_H
#define GATEWAY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/histogram.h"
#include "common/mdp.h"
#include "gateway/heap.h"
#include "gateway/lane.h"
#include "gateway/list.h"
#include "gateway/peer.h"
#include "gateway/request.h"
#include "gateway/table.h"

#define SERVICES_MAX          256 /* names known at a time */
#define SERVICES_EXPECTED_MAX 32  /* of them, those that are never forgotten */

typedef struct service {
    table_entry_t entry;
    list_t all;         /* services_t.all */
    list_t turns;       /* lanes in which requests wait, by `turn`: the next one first */
    list_t held;        /* the same, of askers whose part is at the workers already */
    heap_t by_requests; /* lanes by how many wait in them, and by their bytes */
    heap_t by_bytes;
    peer_t **heap; /* workers that may be given requests, the best first; see service_best */
    unsigned workers;
    unsigned heap_size;
    unsigned sessions; /* workers and, beyond them, the ones that drain */
    unsigned queued;
    size_t queued_bytes;
    unsigned open;  /* queued or at a worker */
    unsigned lanes; /* askers that have something open here */
    unsigned
        lanes_most[2]; /* the most at once in this while, and in the one before (service_queue.c) */
    int64_t lanes_since; /* monotonic ms: begin of this while */
    struct {             /* since the name became known */
        uint64_t requests, finals, busy, timeouts, unavailable, redispatched;
        uint64_t lost; /* sessions that ended without a drain */
    } count;
    lex_histogram_t latency; /* receipt to FINAL, in microseconds */
    bool is_expected;        /* known from the start, never forgotten */
    bool was_served;         /* had a worker once, or is expected: no stranger's invention */
    uint8_t size;
    char name[MDP_SERVICE_MAX + 1];
} service_t;

typedef struct {
    table_t *by_name;
    list_t all;
} services_t;

/* Bounds of service_t.latency are lex_bounds_duration. */
void services_init(services_t *self);
/* No service has sessions or open requests any more. */
void services_close(services_t *self);

/* 1-255 printable ASCII bytes. */
bool service_name_is_valid(const void *name, size_t size);

service_t *services_find(services_t *self, const void *name, size_t size);
/* A new service; NULL when SERVICES_MAX are known and each of them has a session or an open
 * request, or is expected. One that nobody ever served is forgotten before one that somebody did. */
service_t *services_add(services_t *self, const void *name, size_t size);
/* A service that has requests waiting and no session, or NULL: what a worker's READY may push out
 * when all names are taken, so that invented names cannot lock real services out. */
service_t *services_find_idle(services_t *self);
/* Forgets a service without sessions and open requests. */
void services_remove(services_t *self, service_t **service_p);

/* Before any other service is known: makes the names of a comma-separated list known for good. False when one is no name, or there are
 * more than SERVICES_EXPECTED_MAX. */
bool services_expect(services_t *self, const char *names);

/* The queue (service_queue.c). push at the end of the request's lane; put_back at its head, for a
 * request that was at a worker already, and its lane has the next turn. pop takes the next request
 * in turn, NULL when none waits or all that wait are held: for when a worker has free credit. */
void service_push(service_t *self, request_t *request);
void service_put_back(service_t *self, request_t *request);
request_t *service_pop(service_t *self);
/* Takes a queued request out of the middle. */
void service_unqueue(service_t *self, request_t *request);
/* The request that came last of who has most waiting here, by their number or by their bytes; NULL
 * when none waits, or has bytes. */
request_t *service_last_of_longest(const service_t *self, bool by_bytes);

/* The asker has its part of what is at the workers, and others have requests open as well, or had
 * lately: one more of its requests waits, whatever credit is free. */
bool service_is_held(const service_t *self, const lane_t *lane);
/* Counts the lanes at this moment (monotonic ms): when a request was opened, and now and then. */
void service_seen(service_t *self, int64_t now);
/* A request of the lane was given to a worker; or is no longer at one. */
void service_given(lane_t *lane);
void service_left(service_t *self, lane_t *lane);

/* Workers. After a worker's `held` or `turn` changed, service_worker_changed puts it in its new
 * place. */
void service_add_worker(service_t *self, peer_t *worker);
void service_remove_worker(service_t *self, peer_t *worker);
void service_worker_changed(service_t *self, peer_t *worker);
/* The worker with the most free credit, among equals the one that waited longest; NULL when none
 * has any. */
peer_t *service_best(const service_t *self);
/* The credit of all workers, and what of it is free. */
uint64_t service_credit(const service_t *self);
uint64_t service_free_credit(const service_t *self);

#endif
