/* The runtime's sockets: connecting DEALERs with every limit and interval set. */

#include "common/log.h"
#include "common/worker_private.h"

/* Pauses of libzmq between attempts to connect grow from the first to the second. */
#define S_RECONNECT_MS     100
#define S_RECONNECT_MAX_MS 2000

#define S_CONNECT_TIMEOUT_MS 5000
#define S_HANDSHAKE_MS       5000

/* libzmq's own heartbeats find dead connections; a gateway that hangs is found by ours. Its fields end at 6,553,599 ms. */
#define S_SILENCE_MAX_MS 600000

zsock_t *lex_worker_dealer(const lex_worker_t *self, const char *endpoint, unsigned hwm)
{
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    if (!socket) {
        lex_error("worker: cannot create a socket: %s", zmq_strerror(errno));
        return NULL;
    }
    unsigned silence = self->heartbeat_ms * MDP_LIVENESS;
    if (self->heartbeat_ms > S_SILENCE_MAX_MS / MDP_LIVENESS) {
        silence = S_SILENCE_MAX_MS;
    }
    /* Nothing is queued for a gateway that is not there: a stale READY or call would do harm later.
     */
    zsock_set_immediate(socket, 1);
    zsock_set_linger(socket, 0);
    zsock_set_sndhwm(socket, (int)hwm);
    zsock_set_rcvhwm(socket, (int)hwm);
    zsock_set_maxmsgsize(socket, LEX_FRAME_MAX);
    zsock_set_heartbeat_ivl(socket, (int)(silence / MDP_LIVENESS));
    zsock_set_heartbeat_timeout(socket, (int)silence);
    zsock_set_heartbeat_ttl(socket, (int)silence);
    zsock_set_reconnect_ivl(socket, S_RECONNECT_MS);
    zsock_set_reconnect_ivl_max(socket, S_RECONNECT_MAX_MS);
    zsock_set_connect_timeout(socket, S_CONNECT_TIMEOUT_MS);
    zsock_set_handshake_ivl(socket, S_HANDSHAKE_MS);
    lex_curve_apply(self->curve, socket);
    if (zsock_connect(socket, "%s", endpoint) != 0) {
        lex_error("worker: cannot connect to \"%s\": %s", endpoint, zmq_strerror(errno));
        zsock_destroy(&socket);
    }
    return socket;
}
