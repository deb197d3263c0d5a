/* A whole gateway, whose peers on both sockets do what the input says, one step after another, on a clock of its own.
 *
 * Four bytes of options; then steps: a byte that says which, a byte for the peer, and what the step takes. After each step the
 * gateway does a round, unless the step says that the next belongs to the same one. Checked after each round: all counts and lists agree
 * (fuzz_gateway_check.h). In the end time passes: every request that the gateway has read had exactly one FINAL, nothing is
 * left of any request or session, and no memory. */

#include "common/log.h"
#include "common/random.h"
#include "gateway/client.h"
#include "gateway/dispatch.h"
#include "gateway/timers.h"
#include "gateway/worker.h"
#include "tests/fuzz/fuzz_alarm.h"
#include "tests/fuzz/fuzz_gateway_check.h"
#include "tests/fuzz/fuzz_gateway_peers.h"

#define STEPS_MAX    100
#define HEARTBEAT_MS 100
#define SEND_QUEUE   4  /* replies that wait for a peer with little room */
#define SAME_ROUND   64 /* in the byte of a step */

typedef struct {
    gateway_t *gateway;
    char front[32], back[32];
    peer_end_t peers[PEERS];
    const uint8_t *data;
    size_t size;
} s_world_t;

typedef void(s_step_fn)(s_world_t *self, peer_end_t *peer);

static uint8_t s_byte(s_world_t *self)
{
    return fuzz_byte(&self->data, &self->size);
}

static part_t s_bytes(s_world_t *self, size_t count)
{
    part_t part;
    part.data = fuzz_take(&self->data, &self->size, count, &part.size);
    return part;
}

static part_t s_text(const char *text)
{
    return (part_t){text, strlen(text)};
}

static part_t s_service(s_world_t *self)
{
    static const char *const names[] = {"lookup",         "auth",
                                        "history.record", "mmi.service",
                                        "mmi.status",     "mmi.workers",
                                        "mmi.other",      "x",
                                        "bad service",    ""};
    return s_text(names[s_byte(self) % (sizeof names / sizeof *names)]);
}

/* ---- a round ---- */

static void s_round(s_world_t *self)
{
    gateway_t *gateway = self->gateway;
    if (gateway->is_done)
        return;
    for (unsigned i = 0; i < PEERS; i++) {
        self->peers[i].asked += self->peers[i].sent;
        self->peers[i].sent = 0;
    }
    /* After some refusals it lets the front rest. */
    do
        gateway->refusals = 0;
    while (gateway_read(gateway, gateway->front) || gateway->refusals);
    while (gateway_read(gateway, gateway->back))
        ;
    dispatch_flush(gateway);
    timers_run(gateway);
    dispatch_flush(gateway);
    check_gateway(gateway);
    for (unsigned i = 0; i < PEERS; i++)
        peer_read(&self->peers[i]);
}

static void s_pass(s_world_t *self, int64_t ms)
{
    self->gateway->now += ms;
    self->gateway->now_us = self->gateway->now * 1000;
}

/* ---- steps ---- */

static const char *s_endpoint(const s_world_t *self, const peer_end_t *peer)
{
    return peer - self->peers >= PEERS / 2 ? self->back : self->front;
}

static void s_open(s_world_t *self, peer_end_t *peer)
{
    peer_open(peer, s_endpoint(self, peer), s_byte(self) & 7);
}

static void s_close(s_world_t *self, peer_end_t *peer)
{
    (void)self;
    peer_close(peer);
}

static void s_read_or_not(s_world_t *self, peer_end_t *peer)
{
    (void)self;
    peer->reads = !peer->reads;
}

static void s_raw(s_world_t *self, peer_end_t *peer)
{
    part_t parts[32];
    size_t count = 1 + s_byte(self) % 32;
    for (size_t i = 0; i < count; i++)
        parts[i] = s_bytes(self, s_byte(self));
    peer_send(peer, parts, count);
}

/* A body with an id, or any. */
static part_t s_body(s_world_t *self)
{
    static const char good[] = "\x83\xA1v\x01\xA2id\xC4\x10sixteen bytes id\xA2op\xA6"
                               "define";
    uint8_t kind = s_byte(self);
    return kind & 1 ? (part_t){good, sizeof good - 1} : s_bytes(self, kind);
}

static void s_ask(peer_end_t *peer, part_t service, part_t body, size_t frames)
{
    part_t parts[32] = {s_text(MDP_CLIENT), {"\x01", 1}, service};
    for (size_t i = 0; i < frames; i++)
        parts[3 + i] = body;
    peer_send(peer, parts, 3 + frames);
}

static void s_request(s_world_t *self, peer_end_t *peer)
{
    part_t service = s_service(self), body = s_body(self);
    uint8_t frames = s_byte(self);
    s_ask(peer, service, body, frames & 128 ? frames % 20u : 1);
}

static void s_many_requests(s_world_t *self, peer_end_t *peer)
{
    part_t service = s_service(self), body = s_body(self);
    for (unsigned count = s_byte(self) % 64u; count > 0; count--)
        s_ask(peer, service, body, 1);
}

/* More names than the gateway will remember. */
static void s_many_names(s_world_t *self, peer_end_t *peer)
{
    part_t body = s_body(self);
    for (unsigned i = 0; i < SERVICES_MAX + 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "name%u", i);
        s_ask(peer, s_text(name), body, 1);
    }
}

static void s_ready(s_world_t *self, peer_end_t *peer)
{
    part_t parts[4] = {s_text(MDP_WORKER), {"\x01", 1}, s_service(self)};
    unsigned char options[] = "\x82\xA6"
                              "credit\x01\xA5"
                              "batch\xCC\x00";
    uint8_t kind = s_byte(self), credit = s_byte(self), batch = s_byte(self);
    options[8] = credit & 127;
    options[sizeof options - 2] = batch;
    parts[3] = kind & 1 ? (part_t){options, sizeof options - 1} : s_bytes(self, kind);
    peer_send(peer, parts, kind & 2 ? 3 : 4);
}

static part_t s_address(s_world_t *self, peer_end_t *peer)
{
    unsigned known = peer->held < HELD_MAX ? peer->held : HELD_MAX;
    uint8_t which = s_byte(self);
    return known > 0 ? (part_t){peer->address[which % known], MDP_ADDRESS_SIZE} : s_bytes(self, 8);
}

static void s_reply(s_world_t *self, peer_end_t *peer)
{
    part_t parts[32] = {s_text(MDP_WORKER), {"\x04", 1}, s_address(self, peer), {"", 0}};
    uint8_t kind = s_byte(self);
    size_t frames = kind & 128 ? kind % 20u : 1;
    if (kind & 1)
        parts[1].data = "\x03";
    part_t body = s_body(self);
    for (size_t i = 0; i < frames; i++)
        parts[4 + i] = body;
    peer_send(peer, parts, 4 + frames);
}

static void s_batch(s_world_t *self, peer_end_t *peer)
{
    unsigned char packed[8192], *end = packed;
    uint8_t count = s_byte(self), broken = s_byte(self);
    for (unsigned i = 0; i < count % 16u; i++) {
        part_t address = s_address(self, peer);
        if (address.size == 0)
            break;
        uint8_t kind = s_byte(self) & 7 ? MDPW_FINAL : MDPW_PARTIAL;
        end = lex_packet_write(end, kind, address.data, (uint8_t)address.size, "body", 4);
    }
    size_t size = (size_t)(end - packed);
    if (broken & 1 && size > 0)
        packed[broken % size] ^= 1;
    if (broken & 2 && size > 0)
        size--;
    peer_send(peer, (part_t[]){s_text(MDP_WORKER), {"\x07", 1}, {packed, size}}, 3);
}

static void s_packed(s_world_t *self, peer_end_t *peer)
{
    peer_send(peer, (part_t[]){s_text(MDP_WORKER), {"\x07", 1}, s_bytes(self, s_byte(self))}, 3);
}

static void s_command(s_world_t *self, peer_end_t *peer)
{
    static const unsigned char commands[] = {MDPW_HEARTBEAT, MDPW_DISCONNECT, MDPW_DRAIN};
    uint8_t which = s_byte(self);
    unsigned char command = which & 128 ? which : commands[which % 3];
    peer_send(peer, (part_t[]){s_text(MDP_WORKER), {&command, 1}}, 2);
}

static void s_time(s_world_t *self, peer_end_t *peer)
{
    (void)peer;
    s_pass(self, s_byte(self) * 4);
}

static void s_drain(s_world_t *self, peer_end_t *peer)
{
    (void)peer;
    self->gateway->is_draining = true;
    self->gateway->drain_until = self->gateway->now + self->gateway->options.drain_ms;
}

static s_step_fn *const s_steps[] = {
    s_request,     s_reply, s_ready,   s_batch,         s_command,    s_time,
    s_open,        s_close, s_request, s_many_requests, s_raw,        s_packed,
    s_read_or_not, s_reply, s_time,    s_ready,         s_many_names, s_drain};

/* ---- the whole ---- */

static gateway_t *s_gateway(s_world_t *self)
{
    uint8_t deadline = s_byte(self), requests = s_byte(self), bytes = s_byte(self),
            flags = s_byte(self);
    static unsigned runs; /* libzmq lets go of a name some time after its socket was closed */
    snprintf(self->front, sizeof self->front, "inproc://front-%u", ++runs);
    snprintf(self->back, sizeof self->back, "inproc://back-%u", runs);
    gateway_options_t options = {.front = self->front,
                                 .back = self->back,
                                 .insecure = true,
                                 .deadline_ms = 10 + 2 * deadline,
                                 .client_requests = 1 + bytes % 32u,
                                 .client_bytes = 16 + 16 * (size_t)requests,
                                 .max_connections = PEERS,
                                 .connection_bytes = 1 << 24,
                                 .total_bytes = 1 << 26,
                                 .queue_requests = 1 + requests % 64u,
                                 .queue_bytes = 16 + 16 * (size_t)bytes,
                                 .max_request = 1 << 20,
                                 .heartbeat_ms = HEARTBEAT_MS,
                                 .drain_ms = 300,
                                 .ready_services = flags & 1 ? "lookup,auth" : NULL,
                                 .is_following = flags & 2};
    gateway_t *gateway = gateway_new(&options);
    FUZZ_CHECK(gateway);
    zsock_set_sndhwm(gateway->front_socket, SEND_QUEUE);
    zsock_set_sndhwm(gateway->back_socket, SEND_QUEUE);
    return gateway;
}

static void s_run_steps(s_world_t *self)
{
    for (unsigned i = 0; i < STEPS_MAX && self->size > 0 && !self->gateway->is_done; i++) {
        uint8_t step = s_byte(self);
        peer_end_t *peer = &self->peers[s_byte(self) % PEERS];
        s_steps[(step & 63) % (sizeof s_steps / sizeof *s_steps)](self, peer);
        if (!(step & SAME_ROUND))
            s_round(self);
    }
    s_round(self);
}

/* Long enough for every deadline twice and every worker's silence, in steps that are no standstill. */
static void s_end(s_world_t *self)
{
    int64_t end = self->gateway->now + 2 * self->gateway->options.deadline_ms +
                  2 * MDP_LIVENESS * HEARTBEAT_MS;
    while (self->gateway->now < end && !self->gateway->is_done) {
        s_pass(self, HEARTBEAT_MS);
        s_round(self);
    }
    check_is_empty(self->gateway);
    for (unsigned i = 0; i < PEERS; i++) {
        peer_end_t *peer = &self->peers[i];
        peer->reads = true;
        peer_read(peer);
        FUZZ_CHECK(!peer->is_counted || peer->answered == peer->asked);
        peer_close(peer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    s_world_t world = {.data = data, .size = size};
    static bool is_set_up;
    fuzz_alarm_hold();
    if (!is_set_up) {
        is_set_up = true;
        zsys_handler_set(NULL);
        lex_log_setup("fuzz", "error", "text");
        lex_log_setup_requests(1, 1);
        lex_random_setup();
        zsys_set_max_sockets(0); /* as many as libzmq can: closed ones go some time later */
    }
    world.gateway = s_gateway(&world);
    for (unsigned i = 0; i < PEERS; i++)
        peer_open(&world.peers[i], s_endpoint(&world, &world.peers[i]), 0);
    s_run_steps(&world);
    s_end(&world);
    gateway_destroy(&world.gateway);
    fuzz_alarm_release();
    return 0;
}
