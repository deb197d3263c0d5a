/* The worker as the outside may look at it: its monitor, whether it would serve, and the page of numbers. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_counts.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* ---- readiness ---- */

static bool s_is_up(const lex_session_t *session)
{
    bool open = session->state == LEX_SESSION_OPEN || session->state == LEX_SESSION_DRAINING;
    return open && session->welcome;
}

static bool s_is_served(const lex_worker_t *worker, const lex_served_t *service)
{
    for (unsigned i = 0; i < worker->session_count; i++)
        if (worker->sessions[i].service == service && s_is_up(&worker->sessions[i]))
            return true;
    return false;
}

static void s_check_ready(const lex_worker_t *worker, lex_inspection_t *inspection)
{
    if (atomic_load(&worker->draining))
        lex_inspection_not_ready(inspection, "draining");
    for (unsigned i = 0; i < worker->service_count; i++)
        if (!s_is_served(worker, &worker->services[i]))
            lex_inspection_not_ready(inspection, "no gateway takes requests of %s",
                                     worker->services[i].name);
}

/* ---- the page ---- */

static void s_put_services(const lex_worker_t *worker, lex_metrics_t *page)
{
    lex_metrics_counter(page, "lexmq_requests_total", "Requests answered.");
    for (unsigned i = 0; i < worker->service_count; i++)
        lex_service_counts_put_requests(worker->services[i].counts, page);
    lex_metrics_histogram(page, "lexmq_request_duration_seconds",
                          "From the receipt of a request to its reply.");
    for (unsigned i = 0; i < worker->service_count; i++)
        lex_service_counts_put_durations(worker->services[i].counts, page);
    lex_metrics_gauge(page, "lexmq_requests_open", "Requests received and not answered.");
    for (unsigned i = 0; i < worker->service_count; i++)
        lex_service_counts_put_open(worker->services[i].counts, page);
    lex_metrics_gauge(page, "lexmq_credit", "How many requests a gateway may have open here.");
    for (unsigned i = 0; i < worker->service_count; i++)
        lex_metrics_put(page, worker->services[i].credit, {"service", worker->services[i].name});
}

static void s_put_sessions(const lex_worker_t *worker, lex_metrics_t *page)
{
    lex_metrics_gauge(page, "lexmq_session_up", "1 with a session at that gateway.");
    for (unsigned i = 0; i < worker->session_count; i++) {
        const lex_session_t *session = &worker->sessions[i];
        lex_metrics_put(page, s_is_up(session), {"service", session->service->name},
                        {"gateway", session->gateway->endpoint});
    }
}

static void s_put_calls(const lex_worker_t *worker, lex_metrics_t *page)
{
    lex_metrics_counter(page, "lexmq_calls_total", "Calls to other services, by their outcome.");
    for (const lex_called_t *called = worker->watch.called; called; called = called->next)
        for (lex_code_t code = LEX_OK; code < LEX_CODE_COUNT; code++)
            if (called->codes[code] > 0 || code == LEX_OK)
                lex_metrics_put(page, called->codes[code], {"service", called->service},
                                {"code", lex_code_name(code)});
    lex_metrics_histogram(page, "lexmq_call_duration_seconds",
                          "From a call to another service to its outcome.");
    for (const lex_called_t *called = worker->watch.called; called; called = called->next)
        lex_metrics_put_histogram(page, &called->durations, {"service", called->service});
    lex_metrics_gauge(page, "lexmq_calls_open", "Calls to other services without an outcome.");
    lex_metrics_put(page, worker->calls.count);
}

static void s_put_loop(const lex_worker_t *worker, lex_metrics_t *page)
{
    const lex_watch_t *watch = &worker->watch;
    lex_metrics_gauge(page, "lexmq_pool_queued", "Requests that wait for a thread.");
    lex_metrics_put(page, worker->pool ? lex_pool_queued(worker->pool) : 0);
    lex_metrics_counter(page, "lexmq_bad_frames_total", "Frames that were no command.");
    lex_metrics_put(page, watch->bad_frames);
    lex_metrics_counter(page, "lexmq_replies_dropped_total", "Replies whose session was gone.");
    lex_metrics_put(page, watch->dropped_replies);
    lex_metrics_counter(page, "lexmq_loop_stalls_total",
                        "Times that the loop stood still for a heartbeat.");
    lex_metrics_put(page, watch->stalls);
}

static void s_put_page(const lex_worker_t *worker, lex_metrics_t *page)
{
    s_put_services(worker, page);
    s_put_sessions(worker, page);
    s_put_calls(worker, page);
    s_put_loop(worker, page);
    lex_db_counts_put(page);
}

/* ---- the monitor ---- */

static void s_inspect(void *arg, lex_inspection_t *inspection)
{
    lex_worker_t *worker = arg;
    lex_watch_t *watch = &worker->watch;
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    s_check_ready(worker, inspection);
    if (page)
        s_put_page(worker, page);
    for (unsigned i = 0; i < watch->inspector_count; i++)
        watch->inspectors[i].run(watch->inspectors[i].arg, inspection);
}

static void s_answer(void *arg)
{
    lex_worker_t *worker = arg;
    lex_monitor_answer(worker->watch.monitor);
}

static void s_wake(void *arg)
{
    lex_worker_post(arg, s_answer, arg);
}

int lex_watch_start(lex_worker_t *worker, const char *address, const char *program)
{
    if (!address)
        return 0;
    worker->watch.monitor =
        lex_monitor_new(&(lex_monitor_options_t){.address = address,
                                                 .program = program ? program : "lexmq-worker",
                                                 .wake = s_wake,
                                                 .inspect = s_inspect,
                                                 .arg = worker});
    return worker->watch.monitor ? 0 : -1;
}

void lex_watch_end(lex_worker_t *worker)
{
    lex_watch_t *watch = &worker->watch;
    lex_monitor_destroy(&watch->monitor);
    while (watch->called) {
        lex_called_t *called = watch->called;
        watch->called = called->next;
        free(called->service);
        free(called);
    }
}

lex_called_t *lex_watch_called(lex_worker_t *worker, const char *service)
{
    lex_called_t **place = &worker->watch.called;
    while (*place && strcmp((*place)->service, service) != 0)
        place = &(*place)->next;
    if (!*place) {
        *place = lex_calloc(1, sizeof **place);
        (*place)->service = lex_strdup(service);
        (*place)->durations.bounds = &lex_bounds_duration;
    }
    return *place;
}

void lex_worker_inspect(lex_worker_t *self, lex_inspect_fn *inspect, void *arg)
{
    lex_watch_t *watch = &self->watch;
    assert(watch->inspector_count < LEX_INSPECTORS_MAX);
    watch->inspectors[watch->inspector_count++] = (lex_inspector_t){.run = inspect, .arg = arg};
}

uint16_t lex_worker_metrics_port(const lex_worker_t *self)
{
    return self->watch.monitor ? lex_monitor_port(self->watch.monitor) : 0;
}
