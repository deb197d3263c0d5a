#include "client/top_figures.h"

#include <stdlib.h>
#include <string.h>

#include "client/text_clean.h"
#include "common/memory.h"

/* A counter that is lower than before has begun anew. */
static uint64_t s_difference(uint64_t before, uint64_t now)
{
    return now >= before ? now - before : now;
}

int64_t top_quantile(const uint64_t *bounds, size_t bound_count, const uint64_t *before,
                     const uint64_t *now, double q)
{
    double all = 0, below = 0;

    for (size_t i = 0; i <= bound_count; i++)
        all += (double)s_difference(before ? before[i] : 0, now[i]);
    if (all == 0 || bound_count == 0)
        return -1;
    for (size_t i = 0; i < bound_count; i++) {
        double here = (double)s_difference(before ? before[i] : 0, now[i]);
        if (here > 0 && below + here >= q * all) {
            double lower = i > 0 ? (double)bounds[i - 1] : 0;
            return (int64_t)(lower + (q * all - below) / here * ((double)bounds[i] - lower));
        }
        below += here;
    }
    return (int64_t)bounds[bound_count - 1];
}

static const lexmq_service_t *s_service_before(const lexmq_gateway_status_t *before,
                                               const char *service)
{
    for (size_t i = 0; before && i < before->service_count; i++)
        if (strcmp(before->services[i].service, service) == 0)
            return &before->services[i];
    return NULL;
}

static bool s_have_same_bounds(const lexmq_gateway_status_t *a, const lexmq_gateway_status_t *b)
{
    return a->latency_bound_count == b->latency_bound_count &&
           (a->latency_bound_count == 0 ||
            memcmp(a->latency_bounds_us, b->latency_bounds_us,
                   a->latency_bound_count * sizeof *a->latency_bounds_us) == 0);
}

static void s_take_latency(top_service_t *out, const lexmq_gateway_status_t *before,
                           const lexmq_service_t *old, const lexmq_gateway_status_t *now,
                           const lexmq_service_t *service)
{
    const uint64_t *earlier = old ? old->latency : NULL;

    out->p50_us = out->p99_us = -1;
    if (!before || !service->latency || !s_have_same_bounds(before, now))
        return;
    out->p50_us = top_quantile(now->latency_bounds_us, now->latency_bound_count, earlier,
                               service->latency, 0.50);
    out->p99_us = top_quantile(now->latency_bounds_us, now->latency_bound_count, earlier,
                               service->latency, 0.99);
}

static top_service_t s_service(const lexmq_gateway_status_t *before,
                               const lexmq_gateway_status_t *now, const lexmq_service_t *service,
                               double seconds)
{
    static const lexmq_service_t nothing = {0};
    const lexmq_service_t *found = s_service_before(before, service->service);
    const lexmq_service_t *old = found ? found : &nothing;
    top_service_t out = {
        .name = text_clean(service->service, false),
        .workers = service->workers,
        .open = service->open,
        .queued = service->queued,
        .free = service->free,
        .credit = service->credit,
        .redispatched = service->redispatched,
        .lost = service->lost,
    };

    s_take_latency(&out, before, found, now, service);
    if (before) {
        out.requests = (double)s_difference(old->requests, service->requests) / seconds;
        out.replies = (double)s_difference(old->finals, service->finals) / seconds;
        out.busy = (double)s_difference(old->busy, service->busy) / seconds;
        out.timeouts = (double)s_difference(old->timeouts, service->timeouts) / seconds;
        out.unavailable = (double)s_difference(old->unavailable, service->unavailable) / seconds;
    }
    return out;
}

/* A session that is older than the time since then was there. */
static const lexmq_worker_t *s_worker_before(const lexmq_workers_t *before,
                                             const lexmq_worker_t *worker)
{
    for (size_t i = 0; before && i < before->count; i++) {
        const lexmq_worker_t *old = &before->list[i];
        if (old->ready_ms <= worker->ready_ms && strcmp(old->name, worker->name) == 0 &&
            strcmp(old->service, worker->service) == 0)
            return old;
    }
    return NULL;
}

static top_worker_t s_worker(const lexmq_workers_t *before, const lexmq_worker_t *worker)
{
    const lexmq_worker_t *old = s_worker_before(before, worker);
    uint64_t ms = worker->ready_ms - (old ? old->ready_ms : 0);
    uint64_t finals = s_difference(old ? old->finals : 0, worker->finals);

    return (top_worker_t){
        .name = text_clean(worker->name, false),
        .service = text_clean(worker->service, false),
        .open = worker->open,
        .credit = worker->credit,
        .finals = before && ms > 0 ? (double)finals * 1000 / (double)ms : 0,
        .ready_ms = worker->ready_ms,
        .silent_ms = worker->silent_ms,
        .draining = worker->draining,
    };
}

top_figures_t *top_figures_new(const lexmq_gateway_status_t *before,
                               const lexmq_workers_t *workers_before,
                               const lexmq_gateway_status_t *now, const lexmq_workers_t *workers)
{
    top_figures_t *self = lex_calloc(1, sizeof *self);

    /* By the gateway's own clock, so that how long the answers were on their way does not matter. */
    if (before && before->uptime_ms >= now->uptime_ms)
        before = NULL;
    double seconds = before ? (double)(now->uptime_ms - before->uptime_ms) / 1000 : 1;
    self->has_rates = before != NULL;
    self->version = text_clean(now->version, false);
    self->uptime_ms = now->uptime_ms;
    self->open = now->open;
    self->bad_frames = now->bad_frames;
    self->unroutable = now->unroutable;
    self->refused = now->refused;
    self->draining = now->draining;
    self->services = lex_calloc(now->service_count + 1, sizeof *self->services);
    for (; self->service_count < now->service_count; self->service_count++) {
        top_service_t *service = &self->services[self->service_count];
        *service = s_service(before, now, &now->services[self->service_count], seconds);
        self->requests += service->requests;
    }
    size_t count = workers ? workers->count : 0;
    self->workers = lex_calloc(count + 1, sizeof *self->workers);
    for (; self->worker_count < count; self->worker_count++)
        self->workers[self->worker_count] =
            s_worker(before ? workers_before : NULL, &workers->list[self->worker_count]);
    return self;
}

void top_figures_destroy(top_figures_t **self_p)
{
    top_figures_t *self = *self_p;

    if (!self)
        return;
    for (size_t i = 0; i < self->service_count; i++)
        free(self->services[i].name);
    for (size_t i = 0; i < self->worker_count; i++) {
        free(self->workers[i].name);
        free(self->workers[i].service);
    }
    free(self->services);
    free(self->workers);
    free(self->version);
    free(self);
    *self_p = NULL;
}

/* ---- order ---- */

static int s_falling(double a, double b)
{
    return (a < b) - (a > b);
}

static int s_services_by_name(const void *a, const void *b)
{
    return strcmp(((const top_service_t *)a)->name, ((const top_service_t *)b)->name);
}

static int s_services_by_load(const void *a, const void *b)
{
    const top_service_t *one = a, *other = b;
    int order = s_falling(one->requests, other->requests);

    order = order ? order : s_falling((double)one->open, (double)other->open);
    return order ? order : s_services_by_name(a, b);
}

static int s_services_by_wait(const void *a, const void *b)
{
    const top_service_t *one = a, *other = b;
    int order = s_falling((double)one->p99_us, (double)other->p99_us);

    return order ? order : s_services_by_load(a, b);
}

static int s_workers_by_name(const void *a, const void *b)
{
    const top_worker_t *one = a, *other = b;
    int order = strcmp(one->service, other->service);

    return order ? order : strcmp(one->name, other->name);
}

static int s_workers_by_load(const void *a, const void *b)
{
    const top_worker_t *one = a, *other = b;
    int order = s_falling(one->finals, other->finals);

    order = order ? order : s_falling((double)one->open, (double)other->open);
    return order ? order : s_workers_by_name(a, b);
}

static int s_workers_by_wait(const void *a, const void *b)
{
    const top_worker_t *one = a, *other = b;
    int order = s_falling((double)one->silent_ms, (double)other->silent_ms);

    return order ? order : s_workers_by_load(a, b);
}

static const struct {
    const char *name;
    int (*services)(const void *a, const void *b);
    int (*workers)(const void *a, const void *b);
} s_orders[TOP_ORDERS] = {
    [TOP_BY_LOAD] = {"load", s_services_by_load, s_workers_by_load},
    [TOP_BY_NAME] = {"name", s_services_by_name, s_workers_by_name},
    [TOP_BY_WAIT] = {"wait", s_services_by_wait, s_workers_by_wait},
};

void top_figures_sort(top_figures_t *self, top_order_t order)
{
    qsort(self->services, self->service_count, sizeof *self->services, s_orders[order].services);
    qsort(self->workers, self->worker_count, sizeof *self->workers, s_orders[order].workers);
}

const char *top_order_name(top_order_t order)
{
    return s_orders[order].name;
}
