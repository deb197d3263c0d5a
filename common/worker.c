/* The worker: construction, registration, and what may be called from any thread. */

#include "common/worker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/calls.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* Splits the comma-separated endpoints. -1 and a logged error when there is none or there are too
 * many. */
static int s_set_gateways(lex_worker_t *self, const char *endpoints)
{
    const char *at = endpoints ? endpoints : "";
    while (*at) {
        size_t size = strcspn(at, ",");
        const char *next = at[size] ? at + size + 1 : at + size;
        size_t blanks = strspn(at, " ");
        if (blanks < size) {
            at += blanks;
            size -= blanks;
            while (at[size - 1] == ' ') {
                size--;
            }
            if (self->gateway_count == LEX_GATEWAYS_MAX) {
                lex_error("worker: more than %d gateways", LEX_GATEWAYS_MAX);
                return -1;
            }
            self->gateways[self->gateway_count++].endpoint = lex_strndup(at, size);
        }
        at = next;
    }
    if (self->gateway_count == 0) {
        lex_error("worker: no gateway is given");
        return -1;
    }
    return 0;
}

static int s_set_curve(lex_worker_t *self, const lex_worker_options_t *options)
{
    if (options->insecure) {
        lex_warning("INSECURE: plaintext, and whoever is at a gateway's address is taken for it");
        return 0;
    }
    if (!options->certificate || !options->gateway_certificate) {
        lex_error("worker: needs a certificate and the gateway's certificate, or --insecure");
        return -1;
    }
    self->curve = lex_curve_new(options->certificate, options->gateway_certificate);
    return self->curve ? 0 : -1;
}

lex_worker_t *lex_worker_new(const lex_worker_options_t *options)
{
    zsys_handler_set(NULL); /* signals are ours, not czmq's */
    lex_worker_t *self = lex_calloc(1, sizeof(*self));
    lex_mailbox_init(&self->mailbox);
    lex_open_calls_init(&self->calls);
    self->heartbeat_ms = options->heartbeat_ms > 0 ? options->heartbeat_ms : MDP_HEARTBEAT_MS;
    self->drain_ms = options->drain_ms;
    self->threads = options->threads;
    self->queue = options->queue > 0 ? options->queue : LEX_DEFAULT_POOL_QUEUE;
    self->signals.fd = -1;
    self->loop_thread = pthread_self();
    self->call_body = lex_body_new();
    if (s_set_gateways(self, options->gateways) != 0 || s_set_curve(self, options) != 0 ||
        lex_watch_start(self, options->metrics, options->program) != 0) {
        lex_worker_destroy(&self);
    }
    return self;
}

void lex_worker_destroy(lex_worker_t **self_p)
{
    assert(self_p);
    lex_worker_t *self = *self_p;
    if (!self) {
        return;
    }
    assert(!self->running);
    lex_watch_end(self);
    lex_requests_destroy(self);
    lex_open_calls_close(&self->calls);
    lex_mailbox_close(&self->mailbox);
    for (unsigned i = 0; i < self->gateway_count; i++) {
        free(self->gateways[i].endpoint);
    }
    for (unsigned i = 0; i < self->service_count; i++) {
        lex_service_counts_destroy(&self->services[i].counts);
        free(self->services[i].name);
    }
    free(self->sessions);
    free(self->timers);
    free(self->rounds);
    lex_body_destroy(&self->call_body);
    lex_curve_destroy(&self->curve);
    free(self);
    *self_p = NULL;
}

void lex_worker_serve(lex_worker_t *self, const lex_service_t *service, void *context)
{
    assert(!self->sessions && self->service_count < LEX_SERVICES_MAX);
    assert(service->ops && strlen(service->name) - 1 < MDP_SERVICE_MAX);
    assert(service->credit >= 1 && service->credit <= MDP_CREDIT_MAX);
    assert(service->batch <= MDP_BATCH_MAX);
    lex_served_t *served = &self->services[self->service_count++];
    *served = (lex_served_t){.name = lex_strdup(service->name),
                             .ops = service->ops,
                             .credit = service->credit,
                             .batch = service->batch,
                             .context = context};
    served->counts = lex_service_counts_new(served->name, served->ops);
}

void lex_worker_set_verifier(lex_worker_t *self, lex_verifier_t *verifier)
{
    self->verifier = verifier;
}

void lex_worker_open_when(lex_worker_t *self, lex_ready_fn *ready, void *arg)
{
    assert(!self->sessions);
    self->ready = ready;
    self->ready_arg = arg;
}

bool lex_worker_is_ready(lex_worker_t *self)
{
    if (self->ready && self->ready(self->ready_arg)) {
        self->ready = NULL;
    }
    return !self->ready;
}

bool lex_worker_is_on_loop(const lex_worker_t *self)
{
    return pthread_equal(self->loop_thread, pthread_self());
}

void lex_worker_stop(lex_worker_t *self)
{
    atomic_store(&self->stop, true);
    lex_mailbox_wake(&self->mailbox);
}

void lex_worker_post(lex_worker_t *self, lex_loop_fn *fn, void *arg)
{
    lex_mailbox_post(&self->mailbox, fn, arg);
}

void lex_worker_every(lex_worker_t *self, unsigned interval_ms, lex_loop_fn *fn, void *arg)
{
    assert(interval_ms > 0);
    self->timers = lex_realloc(self->timers, (self->timer_count + 1) * sizeof(*self->timers));
    self->timers[self->timer_count++] = (lex_timer_t){
        .interval = interval_ms, .next = lex_monotonic_ms() + interval_ms, .run = fn, .arg = arg};
}

void lex_worker_after_round(lex_worker_t *self, lex_loop_fn *fn, void *arg)
{
    self->rounds = lex_realloc(self->rounds, (self->round_count + 1) * sizeof(*self->rounds));
    self->rounds[self->round_count++] = (lex_timer_t){.run = fn, .arg = arg};
}

void lex_worker_hold(lex_worker_t *self)
{
    atomic_fetch_add(&self->holds, 1);
}

void lex_worker_release(lex_worker_t *self)
{
    unsigned before = atomic_fetch_sub(&self->holds, 1);
    assert(before > 0);
    if (before == 1 && atomic_load(&self->draining)) {
        lex_mailbox_wake(&self->mailbox);
    }
}

bool lex_worker_is_draining(const lex_worker_t *self)
{
    return atomic_load(&self->draining);
}
