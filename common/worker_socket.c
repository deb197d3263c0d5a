/* The runtime's sockets: connecting DEALERs with every limit and interval set. */

#include "common/log.h"
#include "common/worker_private.h"

/* Pauses of libzmq between attempts to connect grow from the first to the second, and a random part of the first is added. What
 * a gateway that is back has to wait for its workers is bounded by these and by the pauses of session.c: within 1.5 s. */
#define S_RECONNECT_MS     100
#define S_RECONNECT_MAX_MS 500

/* An address that nobody answers for any more is given up, and the name asked for anew, after the first; a peer that takes the
 * connection and says nothing after the second. */
#define S_CONNECT_TIMEOUT_MS 1000
#define S_HANDSHAKE_MS       2000

/* libzmq's own heartbeats find dead connections; a gateway that hangs is found by ours. Its fields end at 6,553,599 ms. */
#define S_SILENCE_MAX_MS 600000

/* An I/O thread stands still while it looks up a host name: the sockets of one gateway must not wait for the name of another. */
static void s_use_own_thread(const lex_worker_t *self, const lex_gateway_t *gateway,
                             zsock_t *socket)
{
    int threads = zmq_ctx_get(zsys_init(), ZMQ_IO_THREADS);
    if (threads > 1) {
        zsock_set_affinity(socket, 1 << ((gateway - self->gateways) % threads));
    }
}

zsock_t *lex_worker_dealer(const lex_worker_t *self, const lex_gateway_t *gateway, unsigned key,
                           unsigned hwm)
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
    /* No bound: a full queue, a broken connection and a heartbeat make libzmq (4.3.4) end the process (gateway/interest.h). Credit
     * bounds what a gateway has for us. */
    zsock_set_rcvhwm(socket, 0);
    zsock_set_maxmsgsize(socket, LEX_FRAME_MAX);
    zsock_set_heartbeat_ivl(socket, (int)(silence / MDP_LIVENESS));
    zsock_set_heartbeat_timeout(socket, (int)silence);
    zsock_set_heartbeat_ttl(socket, (int)silence);
    zsock_set_reconnect_ivl(socket, S_RECONNECT_MS);
    zsock_set_reconnect_ivl_max(socket, S_RECONNECT_MAX_MS);
    zsock_set_connect_timeout(socket, S_CONNECT_TIMEOUT_MS);
    zsock_set_handshake_ivl(socket, S_HANDSHAKE_MS);
    s_use_own_thread(self, gateway, socket);
    lex_curve_apply_key(self->curve, socket, key);
    if (zsock_connect(socket, "%s", gateway->endpoint) != 0) {
        lex_error("worker: cannot connect to \"%s\": %s", gateway->endpoint, zmq_strerror(errno));
        zsock_destroy(&socket);
    }
    return socket;
}
