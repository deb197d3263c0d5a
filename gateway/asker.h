/* Who asks: a routing id on the front or on the back, while it has requests open, and no longer. So
 * peers that are connected and silent cost nothing here. What an asker may have open is bounded
 * (admission.h), and each has its own lane in the queue of a service (lane.h). */

#ifndef GATEWAY_ASKER_H
#define GATEWAY_ASKER_H

#include <stdbool.h>
#include <stddef.h>
#include <zmq.h>

#include "gateway/list.h"
#include "gateway/table.h"

struct askers;

typedef struct {
    table_entry_t entry;
    struct askers *askers; /* where it is kept */
    list_t place;          /* askers_t.all, or askers_t.free */
    zmq_msg_t routing_id;
    list_t lanes;  /* lane_t.sibling: one for each service where it has something open */
    unsigned open; /* requests, those that wait and those at workers */
    size_t bytes;  /* of their bodies */
    bool is_back;  /* on the back socket, else on the front */
} asker_t;

typedef struct askers {
    table_t *by_id[2]; /* of the front, of the back */
    list_t all;
    list_t free; /* their memory, and that of lanes, is kept: at most REQUESTS_MAX of each */
    list_t free_lanes;
} askers_t;

/* lex_random_setup must have run. */
void askers_init(askers_t *self);
/* Forgets all and their lanes, whatever they have open. */
void askers_close(askers_t *self);

/* NULL when this peer has nothing open. The routing id stays the caller's. */
asker_t *askers_find(askers_t *self, zmq_msg_t *routing_id, bool is_back);
/* A new one, which is not known yet and has nothing open. Takes the routing id. */
asker_t *askers_add(askers_t *self, zmq_msg_t *routing_id, bool is_back);
/* Forgets one that has nothing open and no lane. */
void asker_remove(asker_t *self);
/* How many have something open. */
size_t askers_count(const askers_t *self);

#endif
