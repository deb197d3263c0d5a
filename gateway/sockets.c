#include "gateway/sockets.h"

#include "common/log.h"
#include "common/memory.h"

#define HANDSHAKE_MS 5000 /* a peer that connects and says nothing holds its place no longer */
#define LINGER_MS    2000 /* for the last replies and DISCONNECTs to leave when the program ends */
#define BACKLOG      1024 /* connections that wait for accept: all clients may come back at once */

static void s_set_options(zsock_t *self, const socket_terms_t *terms)
{
    zsock_set_router_mandatory(self, 1); /* tells us that a peer is gone */
    zsock_set_maxmsgsize(self, (int)terms->max_frame);
    zsock_set_sndhwm(self, terms->send_queue);
    zsock_set_handshake_ivl(self, HANDSHAKE_MS);
    zsock_set_heartbeat_ivl(self, terms->heartbeat_ms);
    zsock_set_heartbeat_timeout(self, terms->heartbeat_ms * MDP_LIVENESS);
    zsock_set_heartbeat_ttl(self, terms->heartbeat_ms * MDP_LIVENESS);
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

zsock_t *socket_new(const socket_terms_t *terms, const lex_curve_t *curve)
{
    zsock_t *self = zsock_new(ZMQ_ROUTER);
    s_set_options(self, terms);
    s_set_security(self, terms, curve);

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
    if (!is_bound)
        zsock_destroy(&self);
    return self;
}
