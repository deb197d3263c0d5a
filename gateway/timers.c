#include "gateway/timers.h"

#include <assert.h>

#include "common/clock.h"
#include "common/log.h"
#include "gateway/dispatch.h"
#include "gateway/reply.h"
#include "gateway/worker.h"

#define TICK_MIN_MS                                                                                \
    10 /* thousands of workers are looked at together, not each at its own moment  \
                        */
#define TICK_MAX_MS 1000 /* how soon a withdrawn certificate counts */

/* The next request of a list by `arrival`, or NULL. */
static request_t *s_first(const list_t *list)
{
    return list_is_empty(list) ? NULL : list_item(list->next, request_t, arrival);
}

static void s_expire(gateway_t *self, request_t *request)
{
    service_t *service = request->service;
    if (request->state == REQUEST_QUEUED) {
        if (service->workers) {
            service->count.timeouts++;
            reply_error(self, request, LEX_TIMEOUT, "no worker was free in time", 0);
        } else {
            service->count.unavailable++;
            reply_error(self, request, LEX_UNAVAILABLE, "no worker serves this", 0);
        }
        dispatch_finish(self, request);
        return;
    }
    assert(request->state == REQUEST_SENT);
    peer_t *worker = request->worker;
    service->count.timeouts++;
    reply_error(self, request, LEX_TIMEOUT, "the worker did not answer in time", 0);
    dispatch_abandon(self, request);
    dispatch_end_drain(self, worker);
}

/* Lanes are held until requests of theirs are answered; or, when those have expired or their worker
 * answers nothing any more, until this. */
static void s_check_held(gateway_t *self)
{
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next) {
        service_t *service = list_item(node, service_t, all);
        service_seen(service, self->now);
        dispatch_service(self, service);
    }
}

static void s_run_deadlines(gateway_t *self)
{
    request_t *request;
    bool has_expired = false;
    /* One in an outbox was given to a worker in this very moment, when another ended here: it is
     * sent first and has its turn in the next round. */
    while ((request = s_first(&self->arrivals)) && request->deadline <= self->now &&
           request->state != REQUEST_OUTBOX) {
        s_expire(self, request);
        has_expired = true;
    }
    /* Not before all have: a worker must not be given what has expired as well. */
    if (has_expired)
        s_check_held(self);
    while ((request = s_first(&self->abandoned)) && request->deadline <= self->now)
        dispatch_finish(self, request);
}

/* When this worker is to be looked at again, or 0 when it was lost. */
static int64_t s_check_worker(gateway_t *self, peer_t *worker)
{
    int64_t interval = self->options.heartbeat_ms;
    if (self->now - worker->seen >= MDP_LIVENESS * interval) {
        dispatch_disconnect(self, worker, "it fell silent");
        return 0;
    }
    if (self->now - worker->spoken >= interval) {
        /* A full pipe is no reason: a worker that does not read will soon be silent as well. */
        if (reply_worker(self, &worker->routing_id, MDPW_HEARTBEAT) == -1 && errno != EAGAIN) {
            dispatch_lose(self, worker, "its connection is gone");
            return 0;
        }
        worker->spoken = self->now;
    }
    int64_t silent_at = worker->seen + MDP_LIVENESS * interval;
    int64_t speak_at = worker->spoken + interval;
    return silent_at < speak_at ? silent_at : speak_at;
}

/* When this process was stopped for a while (a debugger, a suspended machine), so were the ears
 * with which it would have heard the workers: that time does not count against them. */
static void s_forgive(gateway_t *self, int64_t late)
{
    lex_warning("loop stood still for %lld ms", (long long)late);
    for (list_t *node = self->peers.all.next; node != &self->peers.all; node = node->next) {
        peer_t *worker = list_item(node, peer_t, all);
        worker->seen = lex_heard_after_gap(worker->seen, late, self->now);
    }
}

static void s_tick(gateway_t *self)
{
    int64_t late = self->now - self->tick_at;
    story_tick(self);
    if (late > self->options.heartbeat_ms)
        s_forgive(self, late);
    if (self->certificates && certificates_refresh(self->certificates)) {
        lex_info("certificates read again: %zu workers", certificates_count(self->certificates));
        worker_recheck(self);
    }
    int64_t next = self->now + TICK_MAX_MS;
    for (list_t *node = self->peers.all.next, *after; node != &self->peers.all; node = after) {
        after = node->next;
        int64_t due = s_check_worker(self, list_item(node, peer_t, all));
        if (due && due < next)
            next = due;
    }
    s_check_held(self);
    self->tick_at = next < self->now + TICK_MIN_MS ? self->now + TICK_MIN_MS : next;
}

/* The drain's time is up: whoever still waits may ask the next gateway. */
static void s_answer_all(gateway_t *self)
{
    request_t *request;
    while ((request = s_first(&self->arrivals))) {
        request->service->count.unavailable++;
        reply_error(self, request, LEX_UNAVAILABLE, "the gateway is going down", RETRY_DRAIN_MS);
        dispatch_finish(self, request);
    }
}

static void s_end_drain(gateway_t *self)
{
    lex_info("drain ends: %u open requests", self->open);
    s_answer_all(self);
    self->is_done = true; /* what ends now is not lost */
    while (!list_is_empty(&self->peers.all))
        dispatch_disconnect(self, list_item(self->peers.all.next, peer_t, all),
                            "the gateway is going down");
}

void timers_run(gateway_t *self)
{
    s_run_deadlines(self);
    if (self->now >= self->tick_at)
        s_tick(self);
    if (self->is_draining && (self->open == 0 || self->now >= self->drain_until))
        s_end_drain(self);
}

static int64_t s_earlier(int64_t time, const request_t *request)
{
    return request && request->deadline < time ? request->deadline : time;
}

int64_t timers_wait(const gateway_t *self)
{
    int64_t next = self->tick_at;
    next = s_earlier(next, s_first(&self->arrivals));
    next = s_earlier(next, s_first(&self->abandoned));
    if (self->is_draining && self->drain_until < next)
        next = self->drain_until;
    return next > self->now ? next - self->now : 0;
}
