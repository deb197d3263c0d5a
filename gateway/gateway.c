#include "gateway/gateway.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/curve.h"
#include "common/log.h"
#include "common/memory.h"
#include "gateway/actor.h"
#include "gateway/capacity.h"
#include "gateway/client.h"
#include "gateway/dispatch.h"
#include "gateway/interest.h"
#include "gateway/sockets.h"
#include "gateway/state.h"
#include "gateway/timers.h"
#include "gateway/watch.h"
#include "gateway/worker.h"
#include "gateway/zap.h"

/* Messages taken from one socket before the other has its turn. Large enough that a round fills
 * BATCH frames, small enough that neither side waits long. */
#define ROUND_MESSAGES 256

/* Requests refused in a round before the front has a rest: until something comes from the back, or
 * for so long. Whoever floods is answered no faster than that and waits in its own connection,
 * while the others, which libzmq reads in turn, are still read in each round. */
#define ROUND_REFUSALS 8
#define REST_MS        1

#define BACK_FRAME_MAX (16 << 20) /* docs/protocol.md section 4 */

/* What libzmq may hold for a worker, and for all of them: twice the largest message, and four such. */
#define BACK_CONNECTION_BYTES (UINT64_C(2) * MDP_BODY_FRAMES_MAX * BACK_FRAME_MAX)
#define BACK_TOTAL_BYTES      (4 * BACK_CONNECTION_BYTES)

/* Connection heartbeats find peers whose host vanished. Clients have no others; workers have those
 * of MDP as well. */
#define FRONT_HEARTBEAT_MS 10000
#define BACK_HEARTBEAT_MS  5000

static int s_open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static guard_t *s_guard(const gateway_options_t *options)
{
    unsigned connections[SIDES];
    capacity_claim(options->max_connections, connections);
    connections_limit_t limit[SIDES] = {
        [SIDE_FRONT] = {connections[SIDE_FRONT], options->connection_bytes, options->total_bytes},
        [SIDE_BACK] = {connections[SIDE_BACK], BACK_CONNECTION_BYTES, BACK_TOTAL_BYTES}};
    return guard_new(limit, !options->insecure);
}

static int s_front_unread(const gateway_options_t *options)
{
    uint64_t fitting = options->connection_bytes / 2 / (uint64_t)options->max_request;
    return fitting < 1 ? 1 : fitting < SOCKET_FRONT_UNREAD ? (int)fitting : SOCKET_FRONT_UNREAD;
}

static bool s_open_sockets(gateway_t *self, const lex_curve_t *curve)
{
    socket_terms_t front = {"front",
                            self->options.front,
                            self->options.max_request,
                            SOCKET_FRONT_QUEUE,
                            s_front_unread(&self->options),
                            FRONT_HEARTBEAT_MS};
    socket_terms_t back = {
        "back",           self->options.back, BACK_FRAME_MAX, SOCKET_BACK_QUEUE, SOCKET_BACK_UNREAD,
        BACK_HEARTBEAT_MS};
    self->guard = s_guard(&self->options);
    self->meter = guard_meter(self->guard);
    self->back_socket = socket_new(&back, curve, self->guard, SIDE_BACK);
    self->front_socket =
        self->back_socket ? socket_new(&front, curve, self->guard, SIDE_FRONT) : NULL;
    if (!self->front_socket)
        return false;
    if (!interest_is_ours())
        lex_warning(
            "this libzmq does not poll as ours does: a peer can end it (gateway/interest.h)");
    guard_start(self->guard);
    self->front = zsock_resolve(self->front_socket);
    self->back = zsock_resolve(self->back_socket);
    return true;
}

/* Both units, so that nobody has to divide where only one is wanted. */
static void s_read_clock(gateway_t *self)
{
    self->now_us = lex_monotonic_us();
    self->now = self->now_us / 1000;
}

static bool s_open_services(gateway_t *self)
{
    const gateway_options_t *options = &self->options;
    if (options->insecure) {
        lex_warning("INSECURE: plaintext, and any peer may serve and call anything");
        return s_open_sockets(self, NULL);
    }
    lex_curve_t *curve = lex_curve_new_server(options->certificate);
    self->certificates = curve ? certificates_new(options->workers) : NULL;
    self->zap = self->certificates ? zap_new(options->workers) : NULL;
    bool is_open = self->zap && s_open_sockets(self, curve);
    lex_curve_destroy(&curve);
    return is_open;
}

static bool s_open(gateway_t *self)
{
    const char *expected = self->options.ready_services ? self->options.ready_services : "";
    if (!services_expect(&self->services, expected)) {
        lex_error("ready-services: \"%s\" is no list of at most %d service names", expected,
                  SERVICES_EXPECTED_MAX);
        return false;
    }
    self->signals = s_open_signals();
    return self->signals != -1 && s_open_services(self) && watch_open(self);
}

gateway_t *gateway_new(const gateway_options_t *options)
{
    gateway_t *self = lex_calloc(1, sizeof *self);
    self->options = *options;
    self->signals = -1;
    self->wake = -1;
    services_init(&self->services);
    peers_init(&self->peers);
    askers_init(&self->askers);
    self->requests = requests_new();
    list_init(&self->arrivals);
    list_init(&self->abandoned);
    list_init(&self->dirty);
    lex_writer_init(&self->writer);
    self->body = lex_body_new();
    s_read_clock(self);
    self->started = self->tick_at = self->now;
    if (!s_open(self))
        gateway_destroy(&self);
    return self;
}

/* Sessions that a cut drain left; nobody is told any more. */
static void s_forget_sessions(gateway_t *self)
{
    for (list_t *node = self->peers.all.next; node != &self->peers.all; node = node->next) {
        peer_t *worker = list_item(node, peer_t, all);
        list_init(&worker->outbox);
        list_init(&worker->at_work);
    }
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next) {
        service_t *service = list_item(node, service_t, all);
        service->sessions = 0;
        service->open = 0;
    }
}

void gateway_destroy(gateway_t **self_p)
{
    gateway_t *self = *self_p;
    if (!self)
        return;
    watch_close(self);
    if (self->guard)
        guard_stop(self->guard);
    zsock_destroy(&self->front_socket);
    zsock_destroy(&self->back_socket);
    actor_destroy(&self->zap);
    guard_destroy(&self->guard);
    certificates_destroy(&self->certificates);
    s_forget_sessions(self);
    requests_destroy(&self->requests);
    askers_close(&self->askers);
    peers_close(&self->peers);
    services_close(&self->services);
    lex_writer_close(&self->writer);
    lex_body_destroy(&self->body);
    if (self->signals != -1)
        close(self->signals);
    free(self);
    *self_p = NULL;
}

static void s_message(gateway_t *self, void *socket)
{
    frames_t *frames = &self->frames;
    if (socket == self->front)
        client_message(self, frames, false);
    else if (frames->count > 1 && frames_equal(frames, 1, MDP_WORKER, MDP_HEADER_SIZE))
        worker_message(self, frames);
    else
        client_message(self, frames, true);
}

static bool s_rests(const gateway_t *self)
{
    return self->refusals >= ROUND_REFUSALS;
}

bool gateway_read(gateway_t *self, void *socket)
{
    for (unsigned i = 0; i < ROUND_MESSAGES; i++) {
        if (socket == self->front && s_rests(self))
            return false;
        int rc = frames_receive(&self->frames, socket);
        if (rc == -1) {
            lex_error("socket cannot be read: %s", zmq_strerror(errno));
            self->is_done = self->is_cut_short = true;
        }
        if (rc == 0)
            meter_dry(self->meter, socket == self->front ? SIDE_FRONT : SIDE_BACK);
        if (rc != 1)
            return false;
        self->frames.connection = meter_take(self->meter, &self->frames);
        s_message(self, socket);
        frames_close(&self->frames);
    }
    return true;
}

/* The first signal drains, the second ends the program at once. */
static void s_read_signals(gateway_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == sizeof info) {
        if (self->is_draining) {
            lex_warning("second signal: %u open requests are dropped", self->open);
            zsock_set_linger(self->front_socket, 0);
            zsock_set_linger(self->back_socket, 0);
            self->is_done = self->is_cut_short = true;
        } else {
            lex_info("drain begins: %u open requests", self->open);
            self->is_draining = true;
            self->drain_until = self->now + self->options.drain_ms;
        }
    }
}

/* Waits until a socket or a signal is there or a timer is due; sets which sockets to read. */
static void s_wait(gateway_t *self, bool *read_front, bool *read_back)
{
    bool rests = s_rests(self);
    int64_t time = timers_wait(self);
    zmq_pollitem_t items[] = {{self->front, 0, rests ? 0 : ZMQ_POLLIN, 0},
                              {self->back, 0, ZMQ_POLLIN, 0},
                              {NULL, self->signals, ZMQ_POLLIN, 0},
                              {NULL, self->wake, ZMQ_POLLIN, 0}};
    zmq_poll(items, 4, rests && time > REST_MS ? REST_MS : time);
    *read_front = rests || items[0].revents != 0;
    *read_back = items[1].revents != 0;
    s_read_clock(self);
    if (items[2].revents)
        s_read_signals(self);
}

int gateway_run(gateway_t *self)
{
    bool read_front = true;
    bool read_back = true;
    while (!self->is_done) {
        self->refusals = 0;
        bool more_front = read_front && gateway_read(self, self->front);
        bool more_back = read_back && gateway_read(self, self->back);
        dispatch_flush(self);
        s_read_clock(self);
        timers_run(self);
        dispatch_flush(self);
        if (self->is_done)
            break;
        if (!more_front && !more_back)
            s_wait(self, &read_front, &read_back);
        else {
            /* Under load: no poll, so both sockets and the signals are looked at without it. */
            read_front = read_back = true;
            s_read_signals(self);
        }
        if (watch_is_asked(self))
            watch_answer(self);
    }
    return self->is_cut_short ? 1 : 0;
}
