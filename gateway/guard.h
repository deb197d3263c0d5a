/* The guard: a thread that watches the connections of both sockets and ends those that go beyond the limits: too many of them, or
 * too many bytes of one, or of all, that libzmq holds unread or unsent. libzmq itself bounds neither: ROUTER takes connections
 * without end, and gathers a message of any number of parts before it gives us the first.
 *
 * It learns of connections from the monitors of the sockets (zmq_socket_monitor(3)), whose pipe to it has no high-water mark:
 * else a guard that stood still would make libzmq's I/O threads stand still. It has a thread of its own because a look at 10,000
 * connections takes some milliseconds, which the loop has not to give. A connection is ended by shutdown(2), which libzmq takes
 * for an end from the other side. */

#ifndef GATEWAY_GUARD_H
#define GATEWAY_GUARD_H

#include <czmq.h>

#include "gateway/connections.h"
#include "gateway/meter.h"

typedef struct guard guard_t;

/* Counted since the start, or as they are at the moment; read from any thread. */
typedef struct {
    uint64_t open;     /* connections */
    uint64_t max;      /* most that may be open */
    uint64_t accepted; /* since the start */
    uint64_t refused;  /* ended because there were too many */
    uint64_t ended;    /* ended for what lay unread or unsent */
    uint64_t unread;   /* bytes, at the last look */
    uint64_t unsent;
} guard_figures_t;

/* The limits of connections must leave room for the process's own descriptors (capacity.h). The meter is opened here and belongs to
 * the guard. */
guard_t *guard_new(const connections_limit_t limit[SIDES], bool is_encrypted);
void guard_destroy(guard_t **self_p);

/* Watches a socket, which must not be bound yet. False and a logged error when it cannot. */
bool guard_watch(guard_t *self, side_t side, zsock_t *socket);
/* Starts the thread, once both are watched. */
void guard_start(guard_t *self);
/* Ends it; before the sockets are destroyed. Harmless when it was not started. */
void guard_stop(guard_t *self);

meter_t *guard_meter(guard_t *self);
void guard_figures(guard_t *self, side_t side, guard_figures_t *figures);

#endif
