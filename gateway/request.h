/* Open requests: from receipt until the FINAL went out, or the gateway itself answered.
 *
 * They live in a slab, so that taking one costs no allocation and an address on the wire is an
 * index and a generation: a stale or invented address is told in one comparison. The body, in case
 * another worker must do it again, stays with the request, shared with libzmq by reference, not
 * copied. */

#ifndef GATEWAY_REQUEST_H
#define GATEWAY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/mdp.h"
#include "gateway/frames.h"
#include "gateway/list.h"

/* Most requests open at once in the whole gateway; one more costs who has most of them waiting. Less
 * than 256 bytes each: 64 MiB without bodies. */
#define REQUESTS_MAX (1u << 18)

struct lane;
struct service;
struct peer;

typedef enum {
    REQUEST_FREE,      /* in the slab's free list */
    REQUEST_QUEUED,    /* in its lane of its service's queue */
    REQUEST_OUTBOX,    /* given to a worker, goes out at the end of the round */
    REQUEST_SENT,      /* at the worker */
    REQUEST_ABANDONED, /* its client was answered at the deadline, but the worker still has it in
                          hand, and so its credit */
} request_state_t;

typedef struct request {
    list_t arrival; /* all open ones in order of their deadline, or the abandoned ones in theirs */
    list_t place;   /* a lane's queue, or a worker's outbox or list of requests at work */
    struct service *service; /* not owned */
    struct lane *lane;       /* of who asked, not owned; NULL once abandoned */
    struct peer *worker;     /* not owned; NULL while queued */
    zmq_msg_t body;          /* first body frame */
    zmq_msg_t *rest;         /* the other body frames, or NULL */
    size_t bytes;            /* of all body frames */
    int64_t deadline;        /* monotonic ms */
    int64_t received;        /* monotonic us */
    int connection;          /* frames_t.connection of the request */
    uint32_t index;
    uint32_t generation;
    request_state_t state;
    uint8_t frames;   /* body frames, 1-16 */
    uint8_t losses;   /* workers that were lost with it */
    bool from_back;   /* asked on the back socket, else on the front */
    bool has_partial; /* a PARTIAL was passed on: cannot be done again */
    bool is_followed; /* each step is told of (story.h) */
    bool is_broken;   /* a PARTIAL could not be passed on: its FINAL must not look like success */
} request_t;

typedef struct requests requests_t;

requests_t *requests_new(void);
/* Frees what is still open as well. */
void requests_destroy(requests_t **self_p);

/* A fresh request in no list and without frames; NULL when REQUESTS_MAX are open. */
request_t *requests_take(requests_t *self);
/* False when REQUESTS_MAX are open. */
bool requests_has_room(const requests_t *self);
/* Leaves its lists, frees its frames and its place. Its address names nothing from now on. */
void requests_release(requests_t *self, request_t *request);
/* The request of an address from the wire, or NULL. */
request_t *requests_find(const requests_t *self, const void *address, size_t size);

/* Moves the body frames out of a received message, from part `first` on. */
void request_take_body(request_t *self, frames_t *frames, unsigned first);
/* Frees the body, for a request that only keeps a worker's credit. */
void request_drop_frames(request_t *self);

/* The eight bytes that name the request on the wire. */
void request_address(const request_t *self, unsigned char address[MDP_ADDRESS_SIZE]);

#endif
