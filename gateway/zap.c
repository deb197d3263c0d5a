#include "gateway/zap.h"

#include "common/log.h"
#include "gateway/actor.h"

#define ZAP_ENDPOINT   "inproc://zeromq.zap.01"
#define ZAP_VERSION    "1.0"
#define ZAP_KEY_BYTES  32
#define REFUSAL_LOG_MS 1000 /* at most one line about a refused peer in this time */

const char *zap_decide(certificates_t *certificates, const char *domain, const char *mechanism,
                       const void *credentials, size_t size, char user[ZAP_KEY_SIZE])
{
    user[0] = '\0';
    if (!streq(mechanism, "CURVE") || size != ZAP_KEY_BYTES)
        return "400";
    zmq_z85_encode(user, credentials, ZAP_KEY_BYTES);
    if (streq(domain, ZAP_FRONT))
        return "200";
    if (streq(domain, ZAP_BACK)) {
        certificates_refresh(certificates);
        if (certificates_know(certificates, user))
            return "200";
    }
    return "400";
}

typedef struct {
    char *version, *id, *domain, *address, *identity, *mechanism;
    zframe_t *credentials;
} zap_request_t;

static void s_request_close(zap_request_t *self)
{
    zstr_free(&self->version);
    zstr_free(&self->id);
    zstr_free(&self->domain);
    zstr_free(&self->address);
    zstr_free(&self->identity);
    zstr_free(&self->mechanism);
    zframe_destroy(&self->credentials);
}

/* The request comes from libzmq in this process, yet its routing id and address are a stranger's:
 * odd bytes may be in them. */
static bool s_request_read(zap_request_t *self, zsock_t *handler)
{
    zmsg_t *message = zmsg_recv(handler);
    if (!message)
        return false;
    self->version = zmsg_popstr(message);
    self->id = zmsg_popstr(message);
    self->domain = zmsg_popstr(message);
    self->address = zmsg_popstr(message);
    self->identity = zmsg_popstr(message);
    self->mechanism = zmsg_popstr(message);
    self->credentials = zmsg_pop(message);
    zmsg_destroy(&message);
    return self->credentials && streq(self->version, ZAP_VERSION);
}

/* REP: whatever was received, something must be answered before the next. */
static void s_handle(zsock_t *handler, certificates_t *certificates)
{
    static int64_t logged;
    zap_request_t request = {0};
    char user[ZAP_KEY_SIZE] = "";
    const char *status = "500";
    if (s_request_read(&request, handler))
        status =
            zap_decide(certificates, request.domain, request.mechanism,
                       zframe_data(request.credentials), zframe_size(request.credentials), user);
    bool is_allowed = streq(status, "200");
    if (!is_allowed && lex_log_due(&logged, REFUSAL_LOG_MS))
        lex_warning("peer refused on the %s from %s: key %s has no certificate",
                    request.domain ? request.domain : "?", request.address ? request.address : "?",
                    user);
    zstr_sendx(handler, ZAP_VERSION, request.id ? request.id : "", status,
               is_allowed ? "OK" : "No access", is_allowed ? user : "", "", NULL);
    s_request_close(&request);
}

/* True when the actor is told to end. */
static bool s_is_told_to_end(zsock_t *pipe)
{
    char *command = zstr_recv(pipe);
    bool end = !command || streq(command, "$TERM");
    zstr_free(&command);
    return end;
}

static void s_actor(zsock_t *pipe, void *arg)
{
    certificates_t *certificates = certificates_new(arg);
    zsock_t *handler = zsock_new(ZMQ_REP);
    bool is_good = certificates && zsock_bind(handler, ZAP_ENDPOINT) != -1;
    zpoller_t *poller = zpoller_new(pipe, handler, NULL);
    zsock_signal(pipe, 0);
    zstr_send(pipe, is_good ? "READY" : "FAILED");
    for (bool end = false; !end;) {
        void *ready = zpoller_wait(poller, -1);
        if (ready == handler)
            s_handle(handler, certificates);
        else
            end = !ready || s_is_told_to_end(pipe);
    }
    zpoller_destroy(&poller);
    zsock_destroy(&handler);
    certificates_destroy(&certificates);
}

zactor_t *zap_new(const char *workers)
{
    zactor_t *self = actor_new(s_actor, (void *)workers);
    char *state = zstr_recv(self);
    if (!streq(state, "READY")) {
        lex_error("authentication cannot be set up");
        actor_destroy(&self);
    }
    zstr_free(&state);
    return self;
}
