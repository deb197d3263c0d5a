/* A lane: what one asker has open at one service. Its requests wait in the order they came, and the
 * lanes of a service take turns (service_queue.c), so that nobody waits behind what another has
 * piled up. A lane lives while the asker has requests open at the service. */

#ifndef GATEWAY_LANE_H
#define GATEWAY_LANE_H

#include <stdbool.h>

#include "gateway/asker.h"
#include "gateway/heap.h"
#include "gateway/list.h"

struct service;

typedef struct lane {
    list_t sibling;          /* asker_t.lanes, or askers_t.free_lanes */
    list_t turn;             /* service_t.turns or service_t.held while requests wait, else none */
    list_t queue;            /* requests by `place`, first come first served */
    asker_t *asker;          /* not owned */
    struct service *service; /* not owned */
    unsigned at_work;        /* requests that workers have, for which the asker still waits */
    bool is_held;            /* its `turn` is in service_t.held */
    heap_node_t waiting;     /* in service_t.by_requests: how many wait */
    heap_node_t bytes;       /* in service_t.by_bytes: of the bodies of those */
} lane_t;

/* The asker's lane at the service; NULL when it has none. A walk over its lanes: mostly one, at
 * most SERVICES_MAX. */
lane_t *lane_find(const asker_t *asker, const struct service *service);
/* A new one; there is none yet. */
lane_t *lane_add(asker_t *asker, struct service *service);
/* Forgets one with nothing open. */
void lane_remove(lane_t *self);

static inline unsigned lane_waiting(const lane_t *self)
{
    return (unsigned)self->waiting.weight;
}

#endif
