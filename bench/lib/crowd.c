#include "bench/lib/crowd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "bench/lib/wire.h"
#include "common/memory.h"
#include "common/random.h"

/* Of the connection, as liblexmq sets them (client/lib/lexmq_link.c). */
#define HEARTBEAT_MS      3000
#define HEARTBEAT_LOST_MS 9000

#define CONNECT_AT_ONCE 50     /* handshakes under way at a time */
#define CONNECT_MS      120000 /* for all of them */
#define ASK_AGAIN_MS    5000   /* a connection that broke has taken its request with it */
#define EVENTS_AT_ONCE  256
#define TICKET_SIZE     16
_Static_assert(TICKET_SIZE == 16, "a ticket is a request id");
#define NS_IN_MS UINT64_C(1000000)

typedef struct {
    void *socket;
    uint64_t sent; /* when the open request went out; 0: none is open */
    unsigned char ticket[TICKET_SIZE];
} s_member_t;

struct crowd {
    crowd_options_t options;
    void *context;
    int epoll;
    s_member_t *members;
    wire_frames_t frames;
    unsigned open; /* members with an open request */
    crowd_result_t *result;
    uint64_t again_until; /* an answer is followed by the next request before that; 0: never */
};

static uint64_t s_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void s_set_heartbeat(void *socket)
{
    int interval = HEARTBEAT_MS, lost = HEARTBEAT_LOST_MS;
    expect(zmq_setsockopt(socket, ZMQ_HEARTBEAT_IVL, &interval, sizeof interval) == 0 &&
               zmq_setsockopt(socket, ZMQ_HEARTBEAT_TIMEOUT, &lost, sizeof lost) == 0,
           "heartbeat");
}

/* libzmq tells by an edge-triggered descriptor that it may be worth asking it. */
static void s_watch(crowd_t *self, s_member_t *member)
{
    int fd;
    size_t size = sizeof fd;
    expect(zmq_getsockopt(member->socket, ZMQ_FD, &fd, &size) == 0, "descriptor");
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = member};
    expect(epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll");
}

static void s_ask(crowd_t *self, s_member_t *member, const char *service, uint64_t now)
{
    unsigned char body[LOAD_REQUEST_SIZE] = {0};
    lex_random_id(member->ticket);
    memcpy(body, member->ticket, TICKET_SIZE);
    wire_request(member->socket, service, body, sizeof body);
    member->sent = now;
    self->open++;
}

/* Anything that is no echo of the open request is the gateway's own answer. */
static void s_count(crowd_t *self, s_member_t *member, uint64_t now)
{
    wire_frames_t *frames = &self->frames;
    const zmq_msg_t *body = &frames->parts[frames->count - 1];
    if (zmq_msg_size(body) == LOAD_REPLY_SIZE &&
        memcmp(zmq_msg_data((zmq_msg_t *)body), member->ticket, TICKET_SIZE) == 0) {
        self->result->answered++;
        histogram_add(&self->result->latency, now - member->sent);
    } else
        self->result->refused++;
}

static bool s_is_readable(void *socket)
{
    int events;
    size_t size = sizeof events;
    expect(zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0, "events");
    return events & ZMQ_POLLIN;
}

static void s_read(crowd_t *self, s_member_t *member)
{
    while (s_is_readable(member->socket)) {
        expect(wire_receive(member->socket, &self->frames), "receive");
        uint64_t now = s_now();
        if (!member->sent)
            continue; /* late: its run is over */
        s_count(self, member, now);
        member->sent = 0;
        self->open--;
        if (now < self->again_until)
            s_ask(self, member, self->options.service, now);
    }
}

static void s_wait(crowd_t *self, int wait_ms)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(self->epoll, events, EVENTS_AT_ONCE, wait_ms);
    expect(count >= 0 || errno == EINTR, "epoll");
    for (int i = 0; i < count; i++)
        s_read(self, events[i].data.ptr);
}

/* Sending takes edges from the descriptor, so what came meanwhile must be asked for. */
static void s_ask_and_read(crowd_t *self, s_member_t *member, const char *service)
{
    s_ask(self, member, service, s_now());
    s_read(self, member);
}

static void s_await_answers(crowd_t *self, unsigned open)
{
    uint64_t end = s_now() + WIRE_SILENCE_MS * NS_IN_MS;
    while (self->open > open && s_now() < end)
        s_wait(self, 10);
}

/* The first question of a connection, until at most `open` are without an answer. */
static void s_await_first_answers(crowd_t *self, unsigned open)
{
    uint64_t end = s_now() + CONNECT_MS * NS_IN_MS, again = s_now() + ASK_AGAIN_MS * NS_IN_MS;
    for (uint64_t now; self->open > open && (now = s_now()) < end;) {
        s_wait(self, 10);
        for (unsigned i = 0; now > again && i < self->options.connections; i++) {
            s_member_t *member = &self->members[i];
            if (member->sent && member->sent + ASK_AGAIN_MS * NS_IN_MS < now) {
                self->open--;
                s_ask_and_read(self, member, "mmi.service");
            }
        }
        if (now > again)
            again = now + ASK_AGAIN_MS * NS_IN_MS;
    }
}

static void s_connect(crowd_t *self)
{
    crowd_result_t *ignored = lex_calloc(1, sizeof *ignored);
    wire_keys_t keys;
    wire_client_keys(&keys, NULL, self->options.server);
    self->result = ignored;
    for (unsigned i = 0; i < self->options.connections; i++) {
        s_member_t *member = &self->members[i];
        member->socket = wire_dealer(self->context, &keys);
        s_set_heartbeat(member->socket);
        expect(zmq_connect(member->socket, self->options.endpoint) == 0, self->options.endpoint);
        s_watch(self, member);
        s_ask_and_read(self, member, "mmi.service");
        s_await_first_answers(self, CONNECT_AT_ONCE);
    }
    s_await_first_answers(self, 0);
    if (self->open > 0)
        fail("%u of %u connections have no answer within %d ms", self->open,
             self->options.connections, CONNECT_MS);
    free(ignored);
}

crowd_t *crowd_new(const crowd_options_t *options)
{
    crowd_t *self = lex_calloc(1, sizeof *self);
    self->options = *options;
    self->context = zmq_ctx_new();
    expect(zmq_ctx_set(self->context, ZMQ_MAX_SOCKETS, (int)options->connections + 1) == 0,
           "number of sockets");
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    expect(self->epoll != -1, "epoll");
    self->members = lex_calloc(options->connections, sizeof *self->members);
    s_connect(self);
    return self;
}

void crowd_destroy(crowd_t **self_p)
{
    crowd_t *self = *self_p;
    for (unsigned i = 0; i < self->options.connections; i++)
        zmq_close(self->members[i].socket);
    wire_close_frames(&self->frames);
    zmq_ctx_term(self->context);
    close(self->epoll);
    free(self->members);
    free(self);
    *self_p = NULL;
}

static void s_run_back_to_back(crowd_t *self, uint64_t end)
{
    self->again_until = end;
    for (unsigned i = 0; i < self->options.connections; i++)
        s_ask_and_read(self, &self->members[i], self->options.service);
    while (s_now() < end)
        s_wait(self, 1);
    self->again_until = 0;
}

/* Beat number k is member k's, modulo their number, at k steps after the begin. */
static void s_run_paced(crowd_t *self, uint64_t begin, uint64_t end, uint64_t step)
{
    uint64_t beat = 0;
    for (uint64_t now; (now = s_now()) < end;) {
        while (begin + beat * step <= now) {
            s_member_t *member = &self->members[beat++ % self->options.connections];
            if (member->sent)
                self->result->skipped++;
            else
                s_ask_and_read(self, member, self->options.service);
        }
        s_wait(self, 1);
    }
}

void crowd_run(crowd_t *self, unsigned interval_ms, unsigned measure_ms, crowd_result_t *result)
{
    memset(result, 0, sizeof *result);
    self->result = result;
    uint64_t begin = s_now(), end = begin + measure_ms * NS_IN_MS;
    if (interval_ms)
        s_run_paced(self, begin, end, interval_ms * NS_IN_MS / self->options.connections);
    else
        s_run_back_to_back(self, end);
    result->elapsed_ns = s_now() - begin;
    s_await_answers(self, 0);
    for (unsigned i = 0; i < self->options.connections; i++) {
        result->unanswered += self->members[i].sent != 0;
        self->members[i].sent = 0;
    }
    self->open = 0;
}
