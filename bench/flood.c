/* bench/flood: the client that nobody wants. It keeps a window of echoes open at the gateway, far larger than any limit,
 * and asks again whatever the answer is; without a window it sends as fast as the socket takes. It ends with SIGTERM and
 * prints what it did, as one line of JSON. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "bench/lib/wire.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/mdp.h"

#define BURST       256 /* messages sent before answers are read, and the other way round */
#define WINDOW_MAX  10000000
#define PATIENCE_MS 100

static const lex_setting_t s_settings[] = {
    {"endpoint", "ENDPOINT", NULL, "the front of the gateway"},
    {"server", "FILE", NULL, "the server's certificate; none: plaintext"},
    {"service", "NAME", "echo", "the service asked"},
    {"window", "N", "0", "requests that it keeps open; 0: without end"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/flood",
    .summary = "Floods a service of the gateway until it is told to end.",
    .settings = s_settings,
};

static volatile sig_atomic_t s_is_told;

typedef struct {
    void *socket;
    const char *service;
    uint64_t window; /* 0: none */
    uint64_t sent;
    uint64_t served;  /* echoes */
    uint64_t refused; /* any other answer */
    wire_frames_t frames;
    unsigned char request[LOAD_REQUEST_SIZE];
} s_flood_t;

static void s_tell(int number)
{
    (void)number;
    s_is_told = 1;
}

static bool s_may_send(const s_flood_t *self)
{
    return self->window == 0 || self->sent - self->served - self->refused < self->window;
}

/* True when something was sent. */
static bool s_send(s_flood_t *self)
{
    unsigned count = 0;
    /* A socket that takes the first frame takes the message. */
    while (count < BURST && s_may_send(self) &&
           zmq_send(self->socket, MDP_CLIENT, MDP_HEADER_SIZE, ZMQ_SNDMORE | ZMQ_DONTWAIT) != -1) {
        wire_send(self->socket, &(char){MDPC_REQUEST}, 1, true);
        wire_send(self->socket, self->service, strlen(self->service), true);
        wire_send(self->socket, self->request, sizeof self->request, false);
        self->sent++;
        count++;
    }
    return count > 0;
}

/* True when something came. */
static bool s_receive(s_flood_t *self)
{
    unsigned count = 0;
    while (count < BURST && wire_receive(self->socket, &self->frames)) {
        zmq_msg_t *body = &self->frames.parts[self->frames.count - 1];
        if (zmq_msg_size(body) == LOAD_REPLY_SIZE)
            self->served++;
        else
            self->refused++;
        count++;
    }
    return count > 0;
}

static void s_run(s_flood_t *self)
{
    zmq_pollitem_t item = {.socket = self->socket};
    while (!s_is_told) {
        bool has_sent = s_send(self);
        bool has_received = s_receive(self);
        if (has_sent || has_received)
            continue;
        item.events = (short)(ZMQ_POLLIN | (s_may_send(self) ? ZMQ_POLLOUT : 0));
        zmq_poll(&item, 1, PATIENCE_MS);
    }
}

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    struct sigaction action = {.sa_handler = s_tell};
    sigaction(SIGTERM, &action, NULL);
    wire_keys_t keys;
    wire_client_keys(&keys, NULL, lex_config_get(config, "server"));
    s_flood_t flood = {
        .socket =
            wire_connect(zmq_ctx_new(), ZMQ_DEALER, &keys, lex_config_require(config, "endpoint")),
        .service = lex_config_require(config, "service"),
        .window = (uint64_t)lex_config_number(config, "window", 0, WINDOW_MAX),
    };
    expect(zmq_setsockopt(flood.socket, ZMQ_RCVTIMEO, &(int){0}, sizeof(int)) == 0,
           "receive timeout");
    int64_t begin = lex_monotonic_ms();
    s_run(&flood);
    double seconds = (double)(lex_monotonic_ms() - begin) / 1e3;
    printf("{\"seconds\":%.2f,\"sent\":%llu,\"served\":%llu,\"refused\":%llu}\n", seconds,
           (unsigned long long)flood.sent, (unsigned long long)flood.served,
           (unsigned long long)flood.refused);
    return 0;
}
