/* The two ROUTER sockets: every option that decides what a slow, silent or hostile peer can cost.
 */

#ifndef GATEWAY_SOCKETS_H
#define GATEWAY_SOCKETS_H

#include <czmq.h>

#include "common/curve.h"
#include "common/mdp.h"

/* Messages to one peer that may wait in libzmq, which learns of room only after half of them have
 * left: so half is what a peer can count on. A client: replies to that many requests open at once,
 * or PARTIALs of that many pages. A worker: its credit, one message each at worst, and as much
 * again for heartbeats and callers' replies. */
#define SOCKET_FRONT_QUEUE 4096
#define SOCKET_BACK_QUEUE  (4 * MDP_CREDIT_MAX)

typedef struct {
    const char *name;      /* "front" or "back": for the log, and the ZAP domain */
    const char *endpoints; /* comma-separated */
    int64_t max_frame;     /* bytes; libzmq closes a connection that sends a larger one */
    int send_queue;        /* messages to one peer that wait in libzmq */
    int heartbeat_ms;      /* of the connection, below MDP */
} socket_terms_t;

/* Bound to all endpoints, which are logged with their real ports. `curve` NULL: plaintext, nobody
 * is asked who he is. NULL and a logged error when an endpoint cannot be bound. */
zsock_t *socket_new(const socket_terms_t *terms, const lex_curve_t *curve);

#endif
