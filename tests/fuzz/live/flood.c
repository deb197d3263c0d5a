/* Sends a running stack what no good peer would say: mutated requests on the front, a rogue worker and its calls on the back, and
 * broken connections to both. tests/fuzz/live/run.py starts it and watches the stack meanwhile.
 *
 *     flood FRONT_PORT BACK_PORT CERTIFICATE WORKER_CERTIFICATE MESSAGES SEED RATE COSTLY
 *
 * The certificates are the gateway's public one and a worker's secret one, both "-" for a plaintext stack. RATE is messages a second, 0:
 * as many as go. One op of accounts in COSTLY has a password hashed. On the last line of standard output a JSON object says what was
 * sent and answered. */

#include <czmq.h>
#include <lexmq.h>

#include "common/body.h"
#include "common/clock.h"
#include "common/curve.h"
#include "common/log.h"
#include "common/mdp.h"
#include "common/packet.h"
#include "common/random.h"
#include "tests/fuzz/live/lib/raw.h"
#include "tests/fuzz/live/lib/valid.h"

#define FRONTS     6
#define PEERS      10  /* the rest are on the back */
#define RAW_ONE_IN 500 /* messages that are a connection of their own */
#define ROUND      64  /* messages sent before answers are read */
#define PASSWORD   "correct horse"
#define KIND_NAMES                                                                                 \
    "\"partial\":%llu,\"final\":%llu,\"request\":%llu,\"disconnect\":%llu,\"other\":%llu"

typedef struct {
    zsock_t *socket;
    void *handle;
    uint64_t left; /* messages until it is opened anew */
} peer_t;

enum { PARTIAL, FINAL, REQUEST, DISCONNECT, OTHER, KINDS };

typedef struct {
    unsigned front_port, back_port;
    char server[64];
    lex_curve_t *client_curve, *worker_curve; /* NULL: plaintext */
    dice_t dice;
    valid_t valid;
    message_t message;
    raw_t raw;
    peer_t peers[PEERS];
    unsigned costly;
    uint64_t sent, valid_sent, raw_sent, full, reopened, received[KINDS];
    lex_body_t *body;
    uint64_t codes[LEX_CODE_COUNT];
} flood_t;

__attribute__((noreturn)) static void s_fail(const char *what, const char *why)
{
    fprintf(stderr, "flood: %s: %s\n", what, why);
    exit(1);
}

/* ---- accounts ---- */

static void s_account(flood_t *self, unsigned index, const char *certificate, char name[32])
{
    char why[256] = "";
    lexmq_options_t options = {.gateways = self->server,
                               .server_key = certificate,
                               .insecure = !certificate,
                               .timeout_ms = 30000};
    lexmq_t *lexmq = lexmq_new(&options, why, sizeof why);
    if (!lexmq)
        s_fail("account", why);
    snprintf(name, 32, "flood %u %llx", index, (unsigned long long)lex_utc_ms());
    if (lexmq_register(lexmq, name, PASSWORD, NULL, 0, NULL) != LEXMQ_OK)
        s_fail("account", lexmq_error_message(lexmq));
    const void *token = lexmq_token(lexmq, &self->valid.token_size[index]);
    memcpy(self->valid.token[index], token, self->valid.token_size[index]);
    lexmq_destroy(&lexmq);
}

/* ---- peers ---- */

static void s_open_peer(flood_t *self, unsigned index)
{
    peer_t *peer = &self->peers[index];
    bool on_back = index >= FRONTS;
    if (peer->socket) {
        zsock_destroy(&peer->socket);
        self->reopened++;
    }
    peer->socket = zsock_new(ZMQ_DEALER);
    if (!peer->socket)
        s_fail("socket", zmq_strerror(errno));
    zsock_set_linger(peer->socket, 1000);
    zsock_set_sndhwm(peer->socket, 1000);
    zsock_set_rcvhwm(peer->socket, 1000);
    lex_curve_apply(on_back ? self->worker_curve : self->client_curve, peer->socket);
    zsock_connect(peer->socket, "tcp://127.0.0.1:%u", on_back ? self->back_port : self->front_port);
    peer->handle = zsock_resolve(peer->socket);
    peer->left = 100 + dice_below(&self->dice, dice_one_in(&self->dice, 4) ? 500 : 50000);
}

static void s_hold(flood_t *self, const void *address, size_t size)
{
    if (size == sizeof self->valid.address[0])
        memcpy(self->valid.address[self->valid.addresses++ % ADDRESSES_MAX], address, size);
}

static void s_hold_batch(flood_t *self, zmq_msg_t *packed)
{
    lex_packet_record_t record;
    size_t offset = 0;
    while (lex_packet_next(zmq_msg_data(packed), zmq_msg_size(packed), &offset, &record) == 1)
        s_hold(self, record.address, record.address_size);
}

/* How one answer in some ended. */
static void s_outcome(flood_t *self, zmq_msg_t *body)
{
    if (dice_one_in(&self->dice, 16) &&
        lex_body_parse(self->body, zmq_msg_data(body), zmq_msg_size(body)) == 0)
        self->codes[lex_body_outcome(self->body, NULL, NULL, NULL)]++;
}

static unsigned s_kind(flood_t *self, zmq_msg_t *parts, unsigned count)
{
    if (count < 2 || zmq_msg_size(&parts[1]) != 1 || zmq_msg_size(&parts[0]) != MDP_HEADER_SIZE)
        return OTHER;
    unsigned char command = *(unsigned char *)zmq_msg_data(&parts[1]);
    if (memcmp(zmq_msg_data(&parts[0]), MDP_CLIENT, MDP_HEADER_SIZE) == 0) {
        if (command == MDPC_FINAL && count > 3)
            s_outcome(self, &parts[3]);
        return command == MDPC_FINAL ? FINAL : PARTIAL;
    }
    if (command == MDPW_REQUEST && count > 2)
        s_hold(self, zmq_msg_data(&parts[2]), zmq_msg_size(&parts[2]));
    else if (command == MDPW_BATCH && count > 2)
        s_hold_batch(self, &parts[2]);
    else
        return command == MDPW_DISCONNECT ? DISCONNECT : OTHER;
    return REQUEST;
}

static void s_read(flood_t *self, peer_t *peer)
{
    for (;;) {
        zmq_msg_t parts[8];
        unsigned count = 0;
        bool more = true;
        while (more && count < 8) {
            zmq_msg_init(&parts[count]);
            if (zmq_msg_recv(&parts[count], peer->handle, ZMQ_DONTWAIT) == -1) {
                zmq_msg_close(&parts[count]);
                return;
            }
            more = zmq_msg_more(&parts[count++]);
        }
        self->received[s_kind(self, parts, count)]++;
        while (count > 0)
            zmq_msg_close(&parts[--count]);
    }
}

/* ---- sending ---- */

static void s_send(flood_t *self)
{
    unsigned index = dice_below(&self->dice, PEERS);
    peer_t *peer = &self->peers[index];
    if (dice_one_in(&self->dice, RAW_ONE_IN)) {
        raw_send(&self->raw, dice_one_in(&self->dice, 2) ? self->front_port : self->back_port,
                 &self->dice);
        self->raw_sent++;
        self->sent++;
        return;
    }
    if (index < FRONTS)
        valid_front(&self->valid, &self->message, &self->dice, self->costly);
    else
        valid_back(&self->valid, &self->message, &self->dice);
    bool mutated = !dice_one_in(&self->dice, 5);
    if (mutated)
        message_mutate(&self->message, &self->dice);
    if (!message_send(&self->message, peer->handle)) {
        self->full++;
        zmq_pollitem_t item = {peer->handle, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0};
        zmq_poll(&item, 1, 1);
        s_read(self, peer);
        return;
    }
    self->sent++;
    self->valid_sent += !mutated;
    if (--peer->left == 0)
        s_open_peer(self, index);
}

static void s_run(flood_t *self, uint64_t messages, uint64_t rate)
{
    int64_t begin = lex_monotonic_us();
    for (uint64_t round = 0; self->sent < messages; round++) {
        for (unsigned i = 0; i < ROUND && self->sent < messages; i++)
            s_send(self);
        for (unsigned i = 0; i < PEERS; i++)
            s_read(self, &self->peers[i]);
        int64_t due = rate ? begin + (int64_t)(self->sent * 1000000 / rate) : 0;
        int64_t now = lex_monotonic_us();
        if (due > now)
            zclock_sleep((int)((due - now) / 1000));
    }
}

static void s_report(const flood_t *self, double seconds)
{
    printf("{\"sent\":%llu,\"valid\":%llu,\"raw\":%llu,\"full\":%llu,\"reopened\":%llu,\"seconds\":"
           "%.1f,\"received\":{" KIND_NAMES "},\"codes\":{",
           (unsigned long long)self->sent, (unsigned long long)self->valid_sent,
           (unsigned long long)self->raw_sent, (unsigned long long)self->full,
           (unsigned long long)self->reopened, seconds, (unsigned long long)self->received[PARTIAL],
           (unsigned long long)self->received[FINAL], (unsigned long long)self->received[REQUEST],
           (unsigned long long)self->received[DISCONNECT],
           (unsigned long long)self->received[OTHER]);
    for (int i = 0; i < LEX_CODE_COUNT; i++)
        printf("%s\"%s\":%llu", i ? "," : "", i ? lex_code_name((lex_code_t)i) : "ok",
               (unsigned long long)self->codes[i]);
    printf("}}\n");
}

int main(int argc, char **argv)
{
    static flood_t self;
    static char names[2][32];
    if (argc != 9)
        s_fail("usage",
               "FRONT_PORT BACK_PORT CERTIFICATE WORKER_CERTIFICATE MESSAGES SEED RATE COSTLY");
    zsys_handler_set(NULL);
    zmq_ctx_set(zsys_init(), ZMQ_MAX_SOCKETS, zmq_ctx_get(zsys_init(), ZMQ_SOCKET_LIMIT));
    lex_log_setup("flood", "error", "text");
    lex_random_setup();
    self.front_port = (unsigned)atoi(argv[1]);
    self.back_port = (unsigned)atoi(argv[2]);
    self.dice.state = strtoull(argv[6], NULL, 10);
    self.costly = (unsigned)atoi(argv[8]);
    self.body = lex_body_new();
    snprintf(self.server, sizeof self.server, "tcp://127.0.0.1:%u", self.front_port);
    const char *certificate = strcmp(argv[3], "-") != 0 ? argv[3] : NULL;
    if (certificate) {
        self.client_curve = lex_curve_new(NULL, certificate);
        self.worker_curve = lex_curve_new(argv[4], certificate);
        if (!self.client_curve || !self.worker_curve)
            return 1;
    }
    for (unsigned i = 0; i < 2; i++)
        s_account(&self, i, certificate, names[i]);
    self.valid.name = names[1];
    self.valid.password = PASSWORD;
    lex_writer_init(&self.valid.writer);
    raw_open(&self.raw);
    for (unsigned i = 0; i < PEERS; i++)
        s_open_peer(&self, i);
    printf("started\n");
    fflush(stdout);
    int64_t begin = lex_monotonic_ms();
    s_run(&self, strtoull(argv[5], NULL, 10), strtoull(argv[7], NULL, 10));
    s_report(&self, (double)(lex_monotonic_ms() - begin) / 1000);
    for (unsigned i = 0; i < PEERS; i++)
        zsock_destroy(&self.peers[i].socket);
    raw_close(&self.raw);
    lex_writer_close(&self.valid.writer);
    lex_body_destroy(&self.body);
    lex_curve_destroy(&self.client_curve);
    lex_curve_destroy(&self.worker_curve);
    return 0;
}
