/* A worker's session, from READY to DISCONNECT or loss, and the table of all of them by routing id.
 */

#ifndef GATEWAY_PEER_H
#define GATEWAY_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/frames.h"
#include "gateway/list.h"
#include "gateway/table.h"

struct service;

#define PEER_KEY_SIZE  41 /* a CURVE public key in Z85, with its NUL */
#define PEER_NAME_SIZE 65 /* what a worker calls itself, with its NUL */

typedef struct peer {
    table_entry_t entry;
    list_t all;   /* peers_t.all */
    list_t dirty; /* gateway_t.dirty while the outbox holds something */
    zmq_msg_t routing_id;
    char key[PEER_KEY_SIZE];   /* "" without CURVE */
    char name[PEER_NAME_SIZE]; /* of its READY, else "#" and its number */
    struct service *service;   /* not owned */
    list_t outbox;             /* requests that go out at the end of the round */
    list_t at_work;            /* requests that are at the worker, abandoned ones as well */
    unsigned credit;           /* READY options */
    unsigned batch;
    unsigned held;   /* credit in use: all of outbox and at_work */
    unsigned open;   /* of those, the ones whose client still waits */
    unsigned place;  /* in its service's heap of workers */
    uint64_t turn;   /* when it last was given a request: the longest ago goes first among equals */
    uint64_t finals; /* answered */
    int64_t ready_at; /* monotonic ms of its READY */
    int64_t seen;     /* monotonic ms of the last message from it */
    int64_t spoken;   /* and of the last to it */
    bool is_extended; /* READY had options: it may send BATCH and DRAIN */
    bool is_draining; /* gets nothing more; in no heap */
    bool is_leaving;  /* it said DISCONNECT */
} peer_t;

typedef struct {
    table_t *by_id;
    list_t all;
    uint64_t number; /* of the one added last */
} peers_t;

void peers_init(peers_t *self);
void peers_close(peers_t *self);
/* The session of a routing id, or NULL. */
peer_t *peers_find(peers_t *self, zmq_msg_t *routing_id);
/* A new session under a copy of the routing id, which has none yet; credit 1, no batch, its number for a name. */
peer_t *peers_add(peers_t *self, zmq_msg_t *routing_id);
/* Forgets the session, which holds no request and is in no heap any more. */
void peers_remove(peers_t *self, peer_t **peer_p);
size_t peers_count(const peers_t *self);

static inline unsigned peer_free_credit(const peer_t *self)
{
    return self->credit - self->held;
}

#endif
