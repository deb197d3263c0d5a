/* Echoes, behind the bare proxy and behind the gateway. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "bench/lib/tickets.h"
#include "common/body.h"
#include "common/memory.h"

typedef struct {
    const load_t *load;
    void *socket;
    wire_frames_t frames;
    tickets_t *tickets;
    unsigned char request[LOAD_REQUEST_SIZE]; /* a ticket, then filling */
} s_echo_t;

static void *s_open(const load_t *load, unsigned client)
{
    wire_keys_t keys;
    wire_client_keys(&keys, NULL, load->server);
    s_echo_t *self = lex_calloc(1, sizeof *self);
    self->load = load;
    self->socket = wire_connect(load->context, ZMQ_DEALER, &keys, load->endpoint);
    self->tickets = tickets_new(load->window);
    memset(self->request, 'a' + (int)(client % 26), sizeof self->request);
    return self;
}

static void s_close(void **self_p)
{
    s_echo_t *self = *self_p;
    wire_close_frames(&self->frames);
    zmq_close(self->socket);
    tickets_destroy(&self->tickets);
    free(self);
    *self_p = NULL;
}

/* What came instead of an echo, said in words if it is an answer of the gateway's own. */
static void s_refuse(zmq_msg_t *reply)
{
    const char *message = NULL;
    size_t size = 0;
    lex_body_t *body = lex_body_new();
    if (lex_body_parse(body, zmq_msg_data(reply), zmq_msg_size(reply)) == 0)
        lex_body_outcome(body, &message, &size, NULL);
    if (message)
        fail("the gateway answers: %.*s", (int)size, message);
    fail("an echo of %zu bytes that is not ours", zmq_msg_size(reply));
}

static unsigned s_check(s_echo_t *self, zmq_msg_t *reply)
{
    const unsigned char *data = zmq_msg_data(reply);
    unsigned unused;
    if (zmq_msg_size(reply) != LOAD_REPLY_SIZE ||
        memcmp(data + TICKET_SIZE, self->request + TICKET_SIZE, LOAD_REQUEST_SIZE - TICKET_SIZE) !=
            0)
        s_refuse(reply);
    return tickets_close(self->tickets, data, &unused);
}

static void s_proxy_send(void *connection, unsigned slot)
{
    s_echo_t *self = connection;
    memcpy(self->request, tickets_open(self->tickets, slot, 0), TICKET_SIZE);
    wire_send(self->socket, self->request, sizeof self->request, false);
}

static unsigned s_proxy_receive(void *connection, load_result_t *result)
{
    s_echo_t *self = connection;
    (void)result;
    if (!wire_receive(self->socket, &self->frames))
        fail("no echo within %d ms", WIRE_SILENCE_MS);
    if (self->frames.count != 1)
        fail("an echo of %u frames", self->frames.count);
    return s_check(self, &self->frames.parts[0]);
}

static void s_mdp_send(void *connection, unsigned slot)
{
    s_echo_t *self = connection;
    memcpy(self->request, tickets_open(self->tickets, slot, 0), TICKET_SIZE);
    wire_request(self->socket, self->load->service, self->request, sizeof self->request);
}

/* True when liblexmq would ask again, after so long. */
static bool s_may_retry(zmq_msg_t *reply, uint64_t *retry_ms)
{
    *retry_ms = 0;
    lex_body_t *body = lex_body_new();
    lex_code_t code = LEX_OK;
    if (lex_body_parse(body, zmq_msg_data(reply), zmq_msg_size(reply)) == 0)
        code = lex_body_outcome(body, NULL, NULL, retry_ms);
    lex_body_destroy(&body);
    return code == LEX_BUSY || code == LEX_TIMEOUT;
}

static unsigned s_mdp_receive(void *connection, load_result_t *result)
{
    s_echo_t *self = connection;
    for (;;) {
        zmq_msg_t *reply = wire_final(self->socket, &self->frames, self->load->service);
        uint64_t retry_ms;
        if (!self->load->waits_out || zmq_msg_size(reply) == LOAD_REPLY_SIZE ||
            !s_may_retry(reply, &retry_ms))
            return s_check(self, reply);
        result->refused++;
        usleep((useconds_t)(retry_ms * 1000));
        wire_request(self->socket, self->load->service, self->request, sizeof self->request);
    }
}

const contender_t contender_proxy = {"proxy", s_open, s_proxy_send, s_proxy_receive, s_close};
const contender_t contender_mdp = {"mdp", s_open, s_mdp_send, s_mdp_receive, s_close};
