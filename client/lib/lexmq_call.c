/* A request's way to its answer, over as many tries as the timeout allows.
 *
 *     link --not connected in CONNECT_MS--> the next gateway is connected to as well; the first to stand is asked
 *     asked --silent for an attempt--> the next gateway is asked, over a fresh connection
 *     asked --connection broken--> the same at once; after a pause when every gateway has been asked
 *     asked --busy, timeout--> asked again after the pause the server names
 *     asked --unavailable--> the next gateway, or the same one after a pause
 *     asked --any other answer--> done
 *
 * A link that was asked is listened to until the call ends: a slow answer to the first try is as
 * good as one to the last, as all carry one id. Answers with another id are late ones of earlier
 * calls. */

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/lib/lexmq_private.h"
#include "common/clock.h"
#include "common/random.h"

#define CONNECT_MS 250 /* head start of a gateway before the next is connected to as well */
#define ATTEMPT_MS                                                                                 \
    2500 /* silence after which the next gateway is asked; at most a third of the timeout */
#define ATTEMPT_MIN_MS 100
#define PAUSE_MS       100 /* between tries when the server names no time; doubles */
#define PAUSE_MAX_MS   1000
#define NONE           (-1)

typedef struct {
    lexmq_t *self;
    const char *service;
    int64_t deadline;
    int64_t attempt;     /* ms */
    int64_t wake;        /* when to go on to the next gateway */
    int64_t hold;        /* nothing is sent before */
    int64_t pause;       /* ms */
    int asked;           /* the link whose answer we wait for, or NONE */
    unsigned tries;      /* times sent */
    unsigned losses;     /* connections that broke after it was sent through them */
    lexmq_status_t last; /* the last transient answer; LEXMQ_OK: none */
} s_call_t;

lex_writer_t *lexmq_call_begin(lexmq_t *self, const char *op, size_t arguments)
{
    lex_random_id(self->id);
    lex_write_request(&self->request, self->id, op, NULL, 0, arguments);
    return &self->request;
}

lex_writer_t *lexmq_call_begin_as_user(lexmq_t *self, const char *op, size_t arguments)
{
    if (self->token_size == 0) {
        lexmq_call_fail(self, LEXMQ_UNAUTHORIZED, "You are not logged in.");
        return NULL;
    }
    lex_random_id(self->id);
    lex_write_request(&self->request, self->id, op, self->token, self->token_size, arguments);
    return &self->request;
}

static int64_t s_next_pause(s_call_t *call)
{
    int64_t pause = call->pause;
    call->pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    return pause;
}

/* True when the call is over with this status; else the next try is set up. */
static bool s_is_final(s_call_t *call, int link, lexmq_status_t status, int64_t now)
{
    lexmq_t *self = call->self;

    if (status != LEXMQ_BUSY && status != LEXMQ_TIMEOUT && status != LEXMQ_UNAVAILABLE)
        return true;
    /* Only the newest try counts: an older one may have failed where this one has not. */
    if (call->asked != NONE && call->asked != link)
        return false;
    call->last = status;
    int64_t wait = self->retry_ms > INT32_MAX ? INT32_MAX : (int64_t)self->retry_ms;
    bool elsewhere = status == LEXMQ_UNAVAILABLE && self->named_count > 1;
    if (wait == 0 || elsewhere)
        wait = s_next_pause(call);
    if (now + wait >= call->deadline)
        return true;
    call->asked = NONE;
    call->hold = now + wait;
    call->wake = elsewhere ? call->hold : call->hold + CONNECT_MS;
    self->links[link].asked = elsewhere;
    return false;
}

/* Reads what has come. True when the call is over. */
static bool s_receive(s_call_t *call, int *link, lexmq_status_t *status, int64_t now)
{
    lexmq_t *self = call->self;

    for (size_t i = 0; i < self->link_count; i++) {
        lexmq_received_t got = LEXMQ_LINK_EMPTY;
        if (self->links[i].socket)
            got = lexmq_link_receive(self, i, call->service);
        for (; got != LEXMQ_LINK_EMPTY; got = lexmq_link_receive(self, i, call->service)) {
            if (got == LEXMQ_LINK_FINAL && lexmq_answer_judge(self, call->service, status) &&
                s_is_final(call, (int)i, *status, now)) {
                *link = (int)i;
                return true;
            }
        }
    }
    return false;
}

/* Closes the connections that broke. The one whose answer we waited for makes us go on with the next gateway. */
static void s_drop_lost(s_call_t *call, int64_t now)
{
    lexmq_t *self = call->self;

    for (size_t i = self->link_count; i-- > 0;) {
        if (!lexmq_link_is_lost(self, i))
            continue;
        size_t gateway = self->links[i].gateway;
        lexmq_link_close(self, i);
        if (self->link_count == 0) {
            self->preferred = (gateway + 1) % self->gateway_count;
            call->wake = now;
        }
        if (call->asked == (int)i) {
            call->asked = NONE;
            call->hold = call->wake = now;
            if (++call->losses % self->gateway_count == 0)
                call->hold = call->wake = now + s_next_pause(call);
        } else if (call->asked > (int)i) {
            call->asked--;
        }
    }
}

/* The gateway to go on with: the next one in the ring that no connection waits for already. -1:
 * none. */
static int s_next_gateway(const lexmq_t *self)
{
    size_t last = self->link_count > 0 ? self->links[self->link_count - 1].gateway
                                       : self->preferred + self->gateway_count - 1;

    for (size_t step = 1; step <= self->gateway_count; step++) {
        size_t gateway = (last + step) % self->gateway_count;
        bool waited_for = false;
        for (size_t i = 0; i < self->link_count; i++)
            if (self->links[i].gateway == gateway && !self->links[i].asked)
                waited_for = true;
        if (!waited_for)
            return (int)gateway;
    }
    return -1;
}

static bool s_send(s_call_t *call, int64_t now)
{
    lexmq_t *self = call->self;

    for (size_t i = 0; i < self->link_count; i++) {
        if (!self->links[i].asked && lexmq_link_send(self, i, call->service)) {
            call->asked = (int)i;
            call->wake = now + call->attempt;
            /* Once round the ring: they are slow rather than dead, and more of the same would make them slower. */
            if (++call->tries % self->gateway_count == 0)
                call->attempt *= 2;
            return true;
        }
    }
    return false;
}

/* Sends and opens what is due, and returns the time to wait for, at most until the deadline. */
static int64_t s_step(s_call_t *call, int64_t now)
{
    lexmq_t *self = call->self;

    if (call->asked != NONE && now < call->wake)
        return call->wake;
    call->asked = NONE;
    if (now < call->hold)
        return call->hold;
    if (s_send(call, now))
        return call->wake;
    if (now < call->wake)
        return call->wake;
    int gateway = s_next_gateway(self);
    if (gateway < 0)
        return call->deadline;
    /* Opening may close the oldest, which moves the others: no link is being waited for here. */
    lexmq_link_open(self, (size_t)gateway);
    call->wake = now + CONNECT_MS;
    return call->wake;
}

/* Waits for input, for a connection when there is something to send, for one that breaks, for lexmq_cancel or for the
 * time. */
static void s_wait(s_call_t *call, int64_t until, int64_t now)
{
    lexmq_t *self = call->self;
    zmq_pollitem_t items[2 * LEXMQ_LINKS_MAX + 1] = {{NULL, self->wake, ZMQ_POLLIN, 0}};
    int count = 1;
    bool sending = call->asked == NONE && now >= call->hold;

    for (size_t i = 0; i < self->link_count; i++) {
        if (!self->links[i].socket)
            continue;
        items[count] = (zmq_pollitem_t){self->links[i].socket, 0, ZMQ_POLLIN, 0};
        if (sending && !self->links[i].asked)
            items[count].events |= ZMQ_POLLOUT;
        count++;
        if (self->links[i].monitor)
            items[count++] = (zmq_pollitem_t){self->links[i].monitor, 0, ZMQ_POLLIN, 0};
    }
    until = until < call->deadline ? until : call->deadline;
    zmq_poll(items, count, until > now ? (long)(until - now) : 0);
}

static lexmq_status_t s_expired(s_call_t *call)
{
    lexmq_t *self = call->self;
    double seconds = self->timeout_ms / 1000.0;

    if (call->last != LEXMQ_OK)
        return call->last;
    if (call->tries > 0)
        return lexmq_call_fail(
            self, LEXMQ_TIMEOUT,
            self->closed_early
                ? "The connection is closed without an answer, for %g s: is the gateway full?"
                : "The server did not answer within %g s.",
            seconds);
    if (self->closed_early)
        return lexmq_call_fail(
            self, LEXMQ_UNREACHABLE,
            self->insecure
                ? "%s%s: the connection is closed at once: is the gateway full, or encrypted?"
                : "%s%s: the connection is closed at once: is the gateway full, or is this not its "
                  "key?",
            self->gateways[self->preferred], self->named_count > 1 ? " and others" : "");
    return lexmq_call_fail(
        self, LEXMQ_UNREACHABLE,
        self->insecure ? "No connection to %s%s: is the gateway running, and without encryption?"
                       : "No connection to %s%s: is the gateway running, and is this its key?",
        self->gateways[self->preferred], self->named_count > 1 ? " and others" : "");
}

static lexmq_status_t s_run(s_call_t *call, int *link)
{
    lexmq_t *self = call->self;
    lexmq_status_t status = LEXMQ_OK;

    while (true) {
        int64_t now = lex_monotonic_ms();
        if (atomic_load(&self->cancelled))
            return lexmq_call_fail(self, LEXMQ_CANCELLED, "Cancelled.");
        if (s_receive(call, link, &status, now))
            return status;
        if (now >= call->deadline)
            return s_expired(call);
        s_drop_lost(call, now);
        s_wait(call, s_step(call, now), now);
    }
}

static void s_reset_cancel(lexmq_t *self)
{
    uint64_t count;
    ssize_t ignored = read(self->wake, &count, sizeof count);

    (void)ignored;
    atomic_store(&self->cancelled, 0);
}

lexmq_status_t lexmq_call_run(lexmq_t *self, const char *service)
{
    int64_t now = lex_monotonic_ms(), third = self->timeout_ms / 3;
    s_call_t call = {
        .self = self,
        .service = service,
        .deadline = now + self->timeout_ms,
        .attempt = third > ATTEMPT_MS       ? ATTEMPT_MS
                   : third < ATTEMPT_MIN_MS ? ATTEMPT_MIN_MS
                                            : third,
        .wake = self->link_count > 0 ? now + CONNECT_MS : now,
        .hold = now,
        .pause = PAUSE_MS,
        .asked = NONE,
    };
    int link = NONE;

    s_reset_cancel(self);
    self->retry_ms = 0;
    self->message[0] = '\0';
    self->closed_early = false;
    self->id_text[0] = '\0';
    lexmq_status_t status = s_run(&call, &link);
    if (status == LEXMQ_OK)
        lexmq_call_fail(self, status, "%s", "");
    if (call.tries > 0 && strncmp(service, "mmi.", 4) != 0)
        sodium_bin2hex(self->id_text, sizeof self->id_text, self->id, sizeof self->id);
    if (link != NONE)
        self->preferred = self->links[link].gateway;
    else if (status != LEXMQ_CANCELLED && self->link_count > 0)
        self->preferred = (self->links[self->link_count - 1].gateway + 1) % self->gateway_count;
    lexmq_link_close_others(self, link);
    /* It may hold a password. */
    sodium_memzero(self->request.buffer.data, self->request.buffer.size);
    return status;
}
