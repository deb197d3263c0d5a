#include "gateway/sockets.h"

#include <sodium.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"

#define HANDSHAKE_MS 5000 /* a peer that connects and says nothing holds its place no longer */
#define LINGER_MS    2000 /* for the last replies and DISCONNECTs to leave when the program ends */
#define BACKLOG      1024 /* connections that wait for accept: all clients may come back at once */

/* The kernel finds peers whose host vanished: heartbeats of libzmq's would cost a timer and two messages for each connection. */
static void s_set_keepalive(zsock_t *self, int interval_ms)
{
    int seconds = interval_ms < 1000 ? 1 : interval_ms / 1000;
    zsock_set_tcp_keepalive(self, 1);
    zsock_set_tcp_keepalive_idle(self, seconds);
    zsock_set_tcp_keepalive_intvl(self, seconds);
    zsock_set_tcp_keepalive_cnt(self, MDP_LIVENESS);
}

/* libzmq's limit is for the frame as it is on the wire, encrypted. */
static void s_set_options(zsock_t *self, const socket_terms_t *terms, bool is_encrypted)
{
    zsock_set_router_mandatory(self, 1); /* tells us that a peer is gone */
    zsock_set_maxmsgsize(self,
                         (int)(terms->max_frame + (is_encrypted ? METER_CURVE_FRAME_BYTES : 0)));
    zsock_set_sndhwm(self, terms->send_queue);
    zsock_set_rcvhwm(self, terms->receive_queue);
    zsock_set_handshake_ivl(self, HANDSHAKE_MS);
    s_set_keepalive(self, terms->heartbeat_ms);
    zsock_set_linger(self, LINGER_MS);
    zsock_set_backlog(self, BACKLOG);
    if (strchr(terms->endpoints, '[')) /* only an IPv6 address is written in brackets */
        zsock_set_ipv6(self, 1);
}

/* Without a handler for the domain nobody gets in. */
static void s_set_security(zsock_t *self, const socket_terms_t *terms, const lex_curve_t *curve)
{
    if (!curve)
        return;
    zsock_set_zap_domain(self, terms->name);
    zsock_set_zap_enforce_domain(self, 1);
    lex_curve_apply(curve, self);
}

static bool s_bind(zsock_t *self, const socket_terms_t *terms, const char *endpoint)
{
    /* zsock_bind would read a format and its own prefixes into the endpoint. */
    if (zmq_bind(zsock_resolve(self), endpoint) == -1) {
        lex_error("%s cannot be bound to %s: %s", terms->name, endpoint, zmq_strerror(errno));
        return false;
    }
    char *bound = zsock_last_endpoint(self);
    lex_info("%s bound to %s", terms->name, bound);
    zstr_free(&bound);
    return true;
}

/* libzmq names a peer that does not name itself by a number that it counts up from one of rand(), and aborts the
 * process when another peer has taken that very name before. czmq seeds rand() with the time, which our uptime
 * tells: whoever could connect could reckon out the next name. So each socket's first is one that nobody knows. */
static void s_seed_names(void)
{
    zsys_init(); /* it seeds, the first time */
    srandom(randombytes_random());
}

zsock_t *socket_new(const socket_terms_t *terms, const lex_curve_t *curve, guard_t *guard,
                    side_t side)
{
    s_seed_names();
    zsock_t *self = zsock_new(ZMQ_ROUTER);
    s_set_options(self, terms, curve != NULL);
    s_set_security(self, terms, curve);
    if (!guard_watch(guard, side, self)) {
        zsock_destroy(&self);
        return NULL;
    }

    char *endpoints = lex_strdup(terms->endpoints);
    char *rest = endpoints;
    bool is_bound = false;
    for (char *endpoint; (endpoint = strsep(&rest, ",")) != NULL;) {
        endpoint += strspn(endpoint, " ");
        is_bound = s_bind(self, terms, endpoint);
        if (!is_bound)
            break;
    }
    free(endpoints);
    if (!is_bound) {
        guard_stop(guard);
        zsock_destroy(&self);
    }
    return self;
}
