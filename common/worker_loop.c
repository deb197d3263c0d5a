/* The loop: waits on every socket at once, then does one round of everything. */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "common/calls.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* Sessions are looked after this many times per heartbeat interval. */
#define S_UPKEEP_PER_HEARTBEAT 4

#define S_FIXED_ITEMS 2 /* mailbox and signals come first in the poll set */

typedef struct {
    zmq_pollitem_t *items;
    int count;
    int *callers; /* item of each gateway's caller, which its monitor's follows; or -1 */
} s_poll_t;

static unsigned s_upkeep_interval(const lex_worker_t *self)
{
    unsigned interval = self->heartbeat_ms / S_UPKEEP_PER_HEARTBEAT;
    return interval > 0 ? interval : 1;
}

/* ---- one round ---- */

static void s_take_replies(lex_outgoing_t *item)
{
    while (item) {
        lex_outgoing_t *next = item->next;
        lex_session_queue(item);
        item = next;
    }
}

static void s_read_mailbox(lex_worker_t *self)
{
    lex_posted_t *posted;
    s_take_replies(lex_mailbox_take(&self->mailbox, &posted));
    while (posted) {
        lex_posted_t *next = posted->next;
        posted->run(posted->arg);
        free(posted);
        posted = next;
    }
}

static void s_read_sockets(lex_worker_t *self, const s_poll_t *poll)
{
    for (unsigned i = 0; i < self->session_count; i++) {
        lex_session_t *session = &self->sessions[i];
        short events = poll->items[S_FIXED_ITEMS + i].revents;
        if (session->state == LEX_SESSION_CONNECTING && (events & ZMQ_POLLOUT)) {
            lex_session_ready(session);
        } else if (!session->writable && (events & ZMQ_POLLOUT)) {
            lex_session_back(session);
        }
        if (events & ZMQ_POLLIN) {
            lex_session_input(session);
        }
    }
    for (unsigned i = 0; i < self->gateway_count; i++) {
        if (poll->callers[i] < 0) {
            continue;
        }
        const zmq_pollitem_t *item = &poll->items[poll->callers[i]];
        if (item[0].revents & ZMQ_POLLIN) {
            lex_calls_input(self, i);
        }
        if (item[1].socket && (item[1].revents & ZMQ_POLLIN)) {
            lex_calls_monitor(self, i);
        }
    }
    if (self->calls.unsent > 0) {
        lex_calls_send_waiting(self);
    }
}

/* Timers may add timers, which moves the array: hence the index. */
static void s_run_timers(lex_worker_t *self)
{
    unsigned count = self->timer_count;
    for (unsigned i = 0; i < count; i++) {
        if (self->timers[i].next <= self->now) {
            lex_timer_t timer = self->timers[i];
            self->timers[i].next = self->now + timer.interval;
            timer.run(timer.arg);
        }
    }
}

static void s_finish_round(lex_worker_t *self)
{
    unsigned count = self->round_count;
    for (unsigned i = 0; i < count; i++) {
        lex_timer_t round = self->rounds[i];
        round.run(round.arg);
    }
    s_take_replies(lex_mailbox_take(&self->mailbox, NULL));
    self->now_us = lex_monotonic_us();
    for (unsigned i = 0; i < self->session_count; i++) {
        lex_session_flush(&self->sessions[i]);
    }
}

/* Time in which the loop itself stood still is nobody's silence: what the gateways said meanwhile
 * may not even have reached libzmq's queues. */
static void s_forgive_stall(lex_worker_t *self)
{
    int64_t gap = self->now - self->upkept_at;
    if (gap <= (int64_t)self->heartbeat_ms) {
        return;
    }
    self->watch.stalls++;
    lex_warning("worker: the loop stood still for %lld ms", (long long)gap);
    for (unsigned i = 0; i < self->session_count; i++) {
        lex_session_t *session = &self->sessions[i];
        session->heard_at = lex_heard_after_gap(session->heard_at, gap, self->now);
    }
}

static void s_upkeep(lex_worker_t *self)
{
    /* Read again: the round may have taken long, and its end is what counts from here on. */
    self->now = lex_monotonic_ms();
    if (self->now < self->upkeep_at) {
        return;
    }
    s_forgive_stall(self);
    for (unsigned i = 0; i < self->session_count; i++) {
        lex_session_upkeep(&self->sessions[i]);
    }
    lex_story_upkeep(self);
    self->upkept_at = self->now;
    self->upkeep_at = self->now + s_upkeep_interval(self);
    for (unsigned i = 0; i < self->session_count; i++) {
        const lex_session_t *session = &self->sessions[i];
        if (session->state == LEX_SESSION_PAUSED && session->reopen_at < self->upkeep_at) {
            self->upkeep_at = session->reopen_at;
        }
    }
}

static void s_round(lex_worker_t *self, const s_poll_t *poll)
{
    self->now_us = lex_monotonic_us();
    self->now = self->now_us / 1000;
    self->utc = lex_utc_ms();
    s_read_mailbox(self);
    s_read_sockets(self, poll);
    s_run_timers(self);
    if (self->calls.next_deadline <= self->now) {
        lex_calls_expire(self);
    }
    s_finish_round(self);
    s_upkeep(self);
}

/* ---- waiting ---- */

static long s_wait_ms(const lex_worker_t *self)
{
    int64_t next = self->upkeep_at;
    for (unsigned i = 0; i < self->timer_count; i++) {
        next = self->timers[i].next < next ? self->timers[i].next : next;
    }
    next = self->calls.next_deadline < next ? self->calls.next_deadline : next;
    if (atomic_load(&self->draining) && self->drain_deadline < next) {
        next = self->drain_deadline;
    }
    return next > self->now ? (long)(next - self->now) : 0;
}

static void s_fill_poll(lex_worker_t *self, s_poll_t *poll)
{
    poll->items[0] = (zmq_pollitem_t){.fd = self->mailbox.wake, .events = ZMQ_POLLIN};
    /* Without signals of our own the mailbox simply stands there twice: a negative descriptor is
     * not for zmq_poll. */
    int signals = self->signals.fd >= 0 ? self->signals.fd : self->mailbox.wake;
    poll->items[1] = (zmq_pollitem_t){.fd = signals, .events = ZMQ_POLLIN};
    poll->count = S_FIXED_ITEMS;
    for (unsigned i = 0; i < self->session_count; i++) {
        const lex_session_t *session = &self->sessions[i];
        zmq_pollitem_t *item = &poll->items[poll->count++];
        *item = (zmq_pollitem_t){.socket = session->handle, .fd = self->mailbox.wake};
        if (session->handle) {
            bool sends = session->state == LEX_SESSION_CONNECTING || session->waiting > 0 ||
                         !session->writable;
            item->events = (short)(ZMQ_POLLIN | (sends ? ZMQ_POLLOUT : 0));
        }
    }
    for (unsigned i = 0; i < self->gateway_count; i++) {
        const lex_gateway_t *gateway = &self->gateways[i];
        poll->callers[i] = -1;
        if (gateway->caller) {
            bool sends =
                self->calls.unsent > 0 && !gateway->silent && self->now >= gateway->broken_until;
            poll->callers[i] = poll->count;
            poll->items[poll->count++] =
                (zmq_pollitem_t){.socket = zsock_resolve(gateway->caller),
                                 .events = (short)(ZMQ_POLLIN | (sends ? ZMQ_POLLOUT : 0))};
            /* Without a monitor the mailbox stands there again. */
            poll->items[poll->count++] = (zmq_pollitem_t){
                .socket = gateway->monitor ? zsock_resolve(gateway->monitor) : NULL,
                .fd = self->mailbox.wake,
                .events = ZMQ_POLLIN};
        }
    }
}

/* After a signal nothing is known of the sockets: the round then does without them. -1 and a logged
 * error on a fault. */
static int s_wait(lex_worker_t *self, s_poll_t *poll)
{
    s_fill_poll(self, poll);
    if (zmq_poll(poll->items, poll->count, s_wait_ms(self)) >= 0) {
        return 0;
    }
    if (errno != EINTR) {
        lex_error("worker: cannot wait: %s", zmq_strerror(errno));
        return -1;
    }
    for (int i = 0; i < poll->count; i++) {
        poll->items[i].revents = 0;
    }
    return 0;
}

/* ---- running ---- */

static int s_start(lex_worker_t *self)
{
    self->loop_thread = pthread_self();
    self->running = true;
    self->now = self->upkept_at = self->upkeep_at = lex_monotonic_ms();
    self->utc = lex_utc_ms();
    if (self->threads > 0) {
        self->pool = lex_pool_new(self->threads, self->queue);
    }
    self->session_count = self->gateway_count * self->service_count;
    self->sessions = lex_calloc(self->session_count + 1, sizeof(*self->sessions));
    for (unsigned i = 0; i < self->session_count; i++) {
        lex_session_t *session = &self->sessions[i];
        lex_session_init(session, self, &self->gateways[i / self->service_count],
                         &self->services[i % self->service_count]);
    }
    for (unsigned i = 0; i < self->session_count; i++) {
        if (self->ready) {
            lex_session_restart(&self->sessions[i], 0);
        } else if (lex_session_open(&self->sessions[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Ends with nobody else at work: queued jobs are dropped, running ones are waited for. */
static void s_finish(lex_worker_t *self)
{
    atomic_store(&self->ended, true);
    lex_calls_end(self);
    s_finish_round(self);
    lex_drain_end(self);
    lex_mailbox_end(&self->mailbox);
    lex_pool_destroy(&self->pool);
    s_take_replies(lex_mailbox_take(&self->mailbox, NULL));
    lex_story_end(self);
    self->running = false;
}

static int s_loop(lex_worker_t *self, s_poll_t *poll)
{
    for (;;) {
        if (s_wait(self, poll) != 0) {
            return -1;
        }
        unsigned signals = lex_signals_take(&self->signals);
        if (signals > 1 || (signals == 1 && atomic_load(&self->draining))) {
            lex_warning("worker: told twice to stop, leaving at once");
            return 0;
        }
        s_round(self, poll);
        if ((signals > 0 || atomic_load(&self->stop)) && !atomic_load(&self->draining)) {
            lex_drain_begin(self);
        }
        if (atomic_load(&self->draining) && lex_drain_is_over(self)) {
            return 0;
        }
    }
}

int lex_worker_run(lex_worker_t *self)
{
    assert(!self->sessions && "a worker runs once");
    lex_signals_catch(&self->signals);
    int rc = s_start(self);
    size_t items = S_FIXED_ITEMS + self->session_count + 2 * (size_t)self->gateway_count;
    s_poll_t poll = {.items = lex_calloc(items, sizeof(zmq_pollitem_t)),
                     .callers = lex_calloc(self->gateway_count, sizeof(int))};
    if (rc == 0) {
        rc = s_loop(self, &poll);
    }
    s_finish(self);
    lex_signals_restore(&self->signals);
    free(poll.items);
    free(poll.callers);
    return rc;
}
