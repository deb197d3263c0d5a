/* One MDP/0.2 session: a service of ours at one gateway. Every session has a socket of its own, so
 * that the gateway sees a fresh routing id each time, and the loss of one gateway touches nobody
 * else's. */

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "common/calls.h"
#include "common/log.h"
#include "common/random.h"
#include "common/worker_private.h"

/* Pauses before a fresh socket double from the first to the last of these, plus or minus half. A gateway that drains sends us
 * away until it is gone: a longer last pause would keep us from the one that follows it. */
#define S_PAUSE_MIN_MS 50
#define S_PAUSE_MAX_MS 600

#define S_NAME_SIZE 64 /* most bytes of a name in READY */

/* A gateway that is not there is spoken of after this many heartbeat intervals. */
#define S_PATIENCE 3

void lex_session_init(lex_session_t *self, lex_worker_t *worker, lex_gateway_t *gateway,
                      const lex_served_t *service)
{
    *self = (lex_session_t){.worker = worker,
                            .gateway = gateway,
                            .service = service,
                            .state = LEX_SESSION_PAUSED,
                            .reopen_at = INT64_MAX,
                            .pause_ms = S_PAUSE_MIN_MS};
}

int lex_session_open(lex_session_t *self)
{
    assert(!self->socket);
    lex_worker_t *worker = self->worker;
    unsigned hwm = self->service->credit + 1000;
    self->socket = lex_worker_dealer(worker, self->gateway, self->key, hwm);
    if (!self->socket) {
        self->reopen_at = worker->now + S_PAUSE_MAX_MS;
        return -1;
    }
    self->handle = zsock_resolve(self->socket);
    self->state = LEX_SESSION_CONNECTING;
    self->opened_at = worker->now;
    self->epoch++;
    self->open = 0;
    self->writable = false;
    self->welcome = false;
    return 0;
}

void lex_session_close(lex_session_t *self, int linger)
{
    if (self->socket) {
        zsock_set_linger(self->socket, linger);
        zsock_destroy(&self->socket);
    }
    self->handle = NULL;
    self->epoch++;
    self->open = 0;
    lex_session_forget_outgoing(self);
}

/* `interval` give or take a half, so that workers that lost the same gateway do not come back all
 * at once. */
static unsigned s_jitter(unsigned interval)
{
    uint32_t random;
    lex_random_bytes(&random, sizeof(random));
    return interval / 2 + random % (interval + 1);
}

void lex_session_restart(lex_session_t *self, int linger)
{
    lex_session_close(self, linger);
    if (atomic_load(&self->worker->draining)) {
        self->state = LEX_SESSION_DONE;
        return;
    }
    self->state = LEX_SESSION_PAUSED;
    self->reopen_at = self->worker->now + s_jitter(self->pause_ms);
    if (self->reopen_at < self->worker->upkeep_at) {
        self->worker->upkeep_at = self->reopen_at;
    }
    self->pause_ms = self->pause_ms * 2 < S_PAUSE_MAX_MS ? self->pause_ms * 2 : S_PAUSE_MAX_MS;
}

bool lex_session_has_options(const lex_session_t *self)
{
    return self->service->credit > 1 || self->service->batch > 0;
}

/* Who we are, for people who look at the gateway: host and process. */
static void s_put_name(lex_writer_t *options)
{
    char name[S_NAME_SIZE + 1], host[S_NAME_SIZE - 10] = "";
    gethostname(host, sizeof(host) - 1);
    for (char *at = host; *at; at++) {
        *at = *at > ' ' && *at <= '~' ? *at : '?';
    }
    snprintf(name, sizeof(name), "%s:%d", host, (int)getpid());
    lex_put_text(options, "name", name);
}

void lex_session_ready(lex_session_t *self)
{
    const lex_served_t *service = self->service;
    uint8_t command = MDPW_READY;
    bool has_options = lex_session_has_options(self);
    if (lex_send_part(self->handle, MDP_WORKER, MDP_HEADER_SIZE, ZMQ_DONTWAIT | ZMQ_SNDMORE) != 0) {
        return;
    }
    lex_send_part(self->handle, &command, 1, ZMQ_SNDMORE);
    lex_send_part(self->handle, service->name, strlen(service->name),
                  has_options ? ZMQ_SNDMORE : 0);
    if (has_options) {
        lex_writer_t options;
        lex_writer_init(&options);
        lex_write_map(&options, 3);
        lex_put_uint(&options, "credit", service->credit);
        lex_put_uint(&options, "batch", service->batch);
        s_put_name(&options);
        lex_send_part(self->handle, options.buffer.data, options.buffer.size, 0);
        lex_writer_close(&options);
    }
    self->state = LEX_SESSION_OPEN;
    self->writable = true;
    self->heard_at = self->sent_at = self->worker->now;
    self->keys_tried = 0;
    lex_calls_use_key(self->worker, self->gateway, self->key);
    lex_info("worker: ready for %s at %s", service->name, self->gateway->endpoint);
}

void lex_session_heard(lex_session_t *self, bool welcome)
{
    if (welcome) {
        self->welcome = true;
        self->pause_ms = S_PAUSE_MIN_MS;
    }
    self->heard_at = self->worker->now;
    self->gateway->silent = false;
    self->gateway->complained = false;
}

static void s_complain(lex_session_t *self, const char *what)
{
    if (!self->gateway->complained) {
        self->gateway->complained = true;
        lex_warning("worker: gateway %s %s, trying on", self->gateway->endpoint, what);
    }
}

void lex_session_back(lex_session_t *self)
{
    self->writable = true;
    lex_session_command(self, MDPW_HEARTBEAT);
}

static void s_upkeep_open(lex_session_t *self)
{
    lex_worker_t *worker = self->worker;
    if (worker->now - self->heard_at >= (int64_t)worker->heartbeat_ms * MDP_LIVENESS) {
        self->gateway->silent = true;
        s_complain(self, "is silent");
        lex_session_restart(self, 0);
        return;
    }
    /* The loop then waits for it to be so again, and calls lex_session_back. */
    if (!(zsock_events(self->socket) & ZMQ_POLLOUT)) {
        self->writable = false;
    }
    /* Half an upkeep early rather than one late. */
    int64_t due = self->sent_at + worker->heartbeat_ms - worker->heartbeat_ms / 8;
    if (worker->now >= due) {
        lex_session_command(self, MDPW_HEARTBEAT);
    }
}

/* While a gateway changes its key it has one of several: a socket that does not come to stand for a heartbeat's time gives way to
 * one with the next. False when there is but one. */
static bool s_try_keys(lex_session_t *self)
{
    lex_worker_t *worker = self->worker;
    unsigned keys = lex_curve_server_keys(worker->curve);
    if (keys < 2) {
        return false;
    }
    if (worker->now - self->opened_at >= (int64_t)worker->heartbeat_ms) {
        if (++self->keys_tried % (keys * S_PATIENCE) == 0) {
            s_complain(self, "is not there, or has none of its keys");
        }
        self->key = (self->key + 1) % keys;
        lex_session_close(self, 0);
        self->state = LEX_SESSION_PAUSED;
        lex_session_open(self);
    }
    return true;
}

void lex_session_upkeep(lex_session_t *self)
{
    lex_worker_t *worker = self->worker;
    switch (self->state) {
    case LEX_SESSION_PAUSED:
        if (worker->now >= self->reopen_at && lex_worker_is_ready(worker)) {
            lex_session_open(self);
        }
        break;
    case LEX_SESSION_CONNECTING:
        if (!s_try_keys(self) &&
            worker->now - self->opened_at >= (int64_t)worker->heartbeat_ms * S_PATIENCE) {
            s_complain(self, "is not there");
        }
        break;
    case LEX_SESSION_OPEN:
    case LEX_SESSION_DRAINING:
        s_upkeep_open(self);
        break;
    case LEX_SESSION_DONE:
        break;
    }
}
