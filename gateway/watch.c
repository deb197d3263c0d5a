#include "gateway/watch.h"

#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log.h"

/* ---- the page ---- */

/* Names come from strangers: only those that had a worker, or that the settings name, are shown, so
 * that nobody can fill a database of metrics with inventions. */
#define s_for_each_service(self, service)                                                          \
    for (list_t *node = (self)->services.all.next; node != &(self)->services.all;                  \
         node = node->next)                                                                        \
        if (((service) = list_item(node, service_t, all))->was_served)

typedef uint64_t(s_value_fn)(const service_t *service);

static uint64_t s_requests(const service_t *service)
{
    return service->count.requests;
}

static uint64_t s_redispatched(const service_t *service)
{
    return service->count.redispatched;
}

static uint64_t s_lost(const service_t *service)
{
    return service->count.lost;
}

static uint64_t s_open(const service_t *service)
{
    return service->open;
}

static uint64_t s_queued(const service_t *service)
{
    return service->queued;
}

static uint64_t s_queued_bytes(const service_t *service)
{
    return service->queued_bytes;
}

static uint64_t s_workers(const service_t *service)
{
    return service->workers;
}

static const struct {
    const char *name, *help;
    s_value_fn *value;
    bool is_counter;
} s_families[] = {
    {"lexmq_gateway_requests_total", "Requests received.", s_requests, true},
    {"lexmq_gateway_redispatched_total", "Requests given to another worker after one was lost.",
     s_redispatched, true},
    {"lexmq_gateway_workers_lost_total", "Sessions that ended without a drain.", s_lost, true},
    {"lexmq_gateway_open_requests", "Requests in the queue or at a worker.", s_open, false},
    {"lexmq_gateway_queue_requests", "Requests that wait for a worker.", s_queued, false},
    {"lexmq_gateway_queue_bytes", "Bytes of the requests that wait.", s_queued_bytes, false},
    {"lexmq_gateway_workers", "Workers that take requests.", s_workers, false},
    {"lexmq_gateway_credit", "Requests that the workers take at once.", service_credit, false},
    {"lexmq_gateway_credit_free", "Of lexmq_gateway_credit what is free.", service_free_credit,
     false},
};

static void s_write_families(gateway_t *self, lex_metrics_t *page)
{
    for (size_t i = 0; i < sizeof s_families / sizeof *s_families; i++) {
        service_t *service;
        if (s_families[i].is_counter)
            lex_metrics_counter(page, s_families[i].name, s_families[i].help);
        else
            lex_metrics_gauge(page, s_families[i].name, s_families[i].help);
        s_for_each_service(self, service)
            lex_metrics_put(page, s_families[i].value(service), {"service", service->name});
    }
}

static void s_write_replies(gateway_t *self, lex_metrics_t *page)
{
    service_t *service;
    lex_metrics_counter(page, "lexmq_gateway_replies_total",
                        "Requests answered: by a worker (final), or by the gateway itself.");
    s_for_each_service(self, service)
    {
        const struct {
            const char *outcome;
            uint64_t count;
        } replies[] = {{"final", service->count.finals},
                       {"busy", service->count.busy},
                       {"timeout", service->count.timeouts},
                       {"unavailable", service->count.unavailable}};
        for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
            lex_metrics_put(page, replies[i].count, {"service", service->name},
                            {"outcome", replies[i].outcome});
    }
}

static void s_write_limits(gateway_t *self, lex_metrics_t *page)
{
    lex_metrics_counter(page, "lexmq_gateway_busy_total",
                        "Requests answered busy, by the limit that they met.");
    for (limit_t limit = 0; limit < LIMIT_NONE; limit++)
        lex_metrics_put(page, self->limited[limit], {"limit", limit_name(limit)});
}

static void s_write_latency(gateway_t *self, lex_metrics_t *page)
{
    service_t *service;
    lex_metrics_histogram(page, "lexmq_gateway_request_duration_seconds",
                          "Receipt to FINAL, of those that a worker answered.");
    s_for_each_service(self, service)
        lex_metrics_put_histogram(page, &service->latency, {"service", service->name});
}

static void s_counter(lex_metrics_t *page, const char *name, const char *help, uint64_t value)
{
    lex_metrics_counter(page, name, help);
    lex_metrics_put(page, value);
}

static const struct {
    const char *name, *help;
    size_t value; /* its place in guard_figures_t */
    bool is_counter;
} s_connection_families[] = {
    {"lexmq_gateway_connections_open", "Connections.", offsetof(guard_figures_t, open), false},
    {"lexmq_gateway_connections_max", "Connections that may be open.",
     offsetof(guard_figures_t, max), false},
    {"lexmq_gateway_connections_accepted_total", "Connections accepted.",
     offsetof(guard_figures_t, accepted), true},
    {"lexmq_gateway_connections_refused_total", "Connections ended because too many were open.",
     offsetof(guard_figures_t, refused), true},
    {"lexmq_gateway_connections_ended_total",
     "Connections ended because of what lay unread or unsent.", offsetof(guard_figures_t, ended),
     true},
    {"lexmq_gateway_connections_unread_bytes", "Bytes of messages that are not whole or not taken.",
     offsetof(guard_figures_t, unread), false},
    {"lexmq_gateway_connections_unsent_bytes", "Bytes of replies that clients have not taken.",
     offsetof(guard_figures_t, unsent), false},
};

static uint64_t s_figure(const guard_figures_t *figures, size_t place)
{
    return *(const uint64_t *)((const char *)figures + place);
}

static void s_write_connections(gateway_t *self, lex_metrics_t *page)
{
    guard_figures_t front, back;
    guard_figures(self->guard, SIDE_FRONT, &front);
    guard_figures(self->guard, SIDE_BACK, &back);
    for (size_t i = 0; i < sizeof s_connection_families / sizeof *s_connection_families; i++) {
        if (s_connection_families[i].is_counter)
            lex_metrics_counter(page, s_connection_families[i].name, s_connection_families[i].help);
        else
            lex_metrics_gauge(page, s_connection_families[i].name, s_connection_families[i].help);
        lex_metrics_put(page, s_figure(&front, s_connection_families[i].value), {"side", "front"});
        lex_metrics_put(page, s_figure(&back, s_connection_families[i].value), {"side", "back"});
    }
}

void watch_write(gateway_t *self, lex_metrics_t *page)
{
    s_write_families(self, page);
    s_write_replies(self, page);
    s_write_limits(self, page);
    s_write_latency(self, page);
    s_counter(page, "lexmq_gateway_bad_frames_total", "Messages that were no command.",
              self->bad_frames);
    s_counter(page, "lexmq_gateway_unroutable_total",
              "Messages whose receiver was gone or did not read.", self->unroutable);
    s_counter(page, "lexmq_gateway_late_replies_total", "Replies to nothing that is open.",
              self->late_replies);
    s_counter(page, "lexmq_gateway_refused_total",
              "Requests for a service that the peer may not ask for.", self->refused);
    s_write_connections(self, page);
    lex_metrics_gauge(page, "lexmq_gateway_draining", "1 while the gateway goes down.");
    lex_metrics_put(page, self->is_draining);
}

/* ---- readiness ---- */

void watch_inspect(gateway_t *self, lex_inspection_t *inspection)
{
    if (self->is_draining)
        lex_inspection_not_ready(inspection, "the gateway is going down");
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next) {
        const service_t *service = list_item(node, service_t, all);
        if (service->is_expected && service->workers == 0)
            lex_inspection_not_ready(inspection, "%s has no worker", service->name);
    }
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    if (page)
        watch_write(self, page);
}

/* ---- the monitor ---- */

/* On the monitor's thread. */
static void s_wake(void *arg)
{
    gateway_t *self = arg;
    static const uint64_t one = 1;
    atomic_store_explicit(&self->is_asked, true, memory_order_relaxed);
    /* Fails only when it is readable already. */
    ssize_t ignored = write(self->wake, &one, sizeof one);
    (void)ignored;
}

static void s_inspect(void *arg, lex_inspection_t *inspection)
{
    watch_inspect(arg, inspection);
}

bool watch_open(gateway_t *self)
{
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->wake == -1) {
        lex_error("eventfd: %s", strerror(errno));
        return false;
    }
    if (!self->options.metrics)
        return true;
    lex_monitor_options_t options = {.address = self->options.metrics,
                                     .program = "lexmq-gateway",
                                     .wake = s_wake,
                                     .inspect = s_inspect,
                                     .arg = self};
    self->monitor = lex_monitor_new(&options);
    return self->monitor != NULL;
}

void watch_close(gateway_t *self)
{
    lex_monitor_destroy(&self->monitor);
    if (self->wake != -1)
        close(self->wake);
    self->wake = -1;
}

void watch_answer(gateway_t *self)
{
    uint64_t count;
    ssize_t ignored = read(self->wake, &count, sizeof count);
    (void)ignored;
    atomic_store_explicit(&self->is_asked, false, memory_order_relaxed);
    lex_monitor_answer(self->monitor);
}
