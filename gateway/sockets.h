/* The two ROUTER sockets: every option that decides what a slow, silent or hostile peer can cost.
 */

#ifndef GATEWAY_SOCKETS_H
#define GATEWAY_SOCKETS_H

#include <czmq.h>

#include "common/curve.h"
#include "common/mdp.h"
#include "gateway/guard.h"

/* Messages to one peer that may wait in libzmq, which learns of room only after half of them have
 * left: so half is what a peer can count on. A client: replies to that many requests open at once,
 * or PARTIALs of that many pages. A worker: its credit, one message each at worst, and as much
 * again for heartbeats and callers' replies. */
#define SOCKET_FRONT_QUEUE 4096
#define SOCKET_BACK_QUEUE  (4 * MDP_CREDIT_MAX)

/* Whole messages of one peer that may lie unread in libzmq; then its TCP waits. So a client that sends faster than the loop reads
 * is slowed down and not ended: its messages of one frame never come to more than half of --connection-bytes, which leaves the
 * other half for the one that is under way. Measured, 256 and 64 cost what 1,000 do, 32 a twentieth more for each request. The
 * back's peers are known; a worker's replies must never wait for those of another. */
#define SOCKET_FRONT_UNREAD 64
#define SOCKET_BACK_UNREAD  1000

typedef struct {
    const char *name;      /* "front" or "back": for the log, and the ZAP domain */
    const char *endpoints; /* comma-separated */
    int64_t max_frame;     /* bytes; libzmq closes a connection that sends a larger one */
    int send_queue;        /* messages to one peer that wait in libzmq */
    int receive_queue;     /* messages of one peer that wait in libzmq; then its TCP waits */
    int heartbeat_ms;      /* of the connection, below MDP: the kernel's keepalive */
} socket_terms_t;

/* Watched by the guard, and bound to all endpoints, which are logged with their real ports. `curve` NULL: plaintext, nobody
 * is asked who he is. NULL and a logged error when an endpoint cannot be bound. */
zsock_t *socket_new(const socket_terms_t *terms, const lex_curve_t *curve, guard_t *guard,
                    side_t side);

#endif
