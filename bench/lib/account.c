#include "bench/lib/account.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/failure.h"
#include "common/body.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/writer.h"

#define SECRET_SIZE   12
#define SECRET_TEXT   (2 * SECRET_SIZE + 1)
#define DELIVERY_MS   20000
#define LOOK_AGAIN_MS 100

struct account {
    void *socket;
    wire_frames_t frames;
    lex_writer_t writer;
    lex_body_t *body;
    unsigned char *token;
    size_t token_size;
};

static void s_begin(account_t *self, const char *op, size_t arguments)
{
    unsigned char id[LEX_ID_SIZE];
    lex_random_bytes(id, sizeof id);
    lex_write_request(&self->writer, id, op, self->token, self->token_size, arguments);
}

/* Sends what was begun; the good reply is then in self->body. */
static void s_call(account_t *self, const char *service)
{
    wire_request(self->socket, service, self->writer.buffer.data, self->writer.buffer.size);
    zmq_msg_t *reply = wire_final(self->socket, &self->frames, service);
    if (lex_body_parse(self->body, zmq_msg_data(reply), zmq_msg_size(reply)) == -1)
        fail("%s: a reply that is no body: %s", service, lex_body_error(self->body));
    const char *message = "";
    size_t size = 0;
    lex_code_t code = lex_body_outcome(self->body, &message, &size, NULL);
    if (code != LEX_OK)
        fail("%s answers %s: %.*s", service, lex_code_name(code), (int)size, message);
}

static void s_put_random(lex_writer_t *writer, const char *key)
{
    unsigned char secret[SECRET_SIZE];
    char text[SECRET_TEXT];
    lex_random_bytes(secret, sizeof secret);
    lex_put_text(writer, key, sodium_bin2hex(text, sizeof text, secret, sizeof secret));
}

static void s_register(account_t *self)
{
    s_begin(self, "register", 2);
    s_put_random(&self->writer, "name");
    s_put_random(&self->writer, "password");
    s_call(self, "auth");
    const unsigned char *token;
    size_t size;
    if (!lex_body_bin(self->body, "tok", &token, &size))
        fail("register gives no token");
    self->token = lex_malloc(size);
    memcpy(self->token, token, size);
    self->token_size = size;
}

account_t *account_new(const load_t *load)
{
    wire_keys_t keys;
    wire_client_keys(&keys, NULL, load->server);
    account_t *self = lex_calloc(1, sizeof *self);
    self->socket = wire_connect(load->context, ZMQ_DEALER, &keys, load->endpoint);
    lex_writer_init(&self->writer);
    self->body = lex_body_new();
    s_register(self);
    return self;
}

void account_destroy(account_t **self_p)
{
    account_t *self = *self_p;
    if (!self)
        return;
    wire_close_frames(&self->frames);
    zmq_close(self->socket);
    lex_writer_close(&self->writer);
    lex_body_destroy(&self->body);
    free(self->token);
    free(self);
    *self_p = NULL;
}

const void *account_token(const account_t *self, size_t *size)
{
    *size = self->token_size;
    return self->token;
}

static uint64_t s_total(account_t *self)
{
    uint64_t total = 0;
    s_begin(self, "stats", 1);
    lex_put_uint(&self->writer, "limit", 1);
    s_call(self, "history");
    if (!lex_body_uint(self->body, "total", &total))
        fail("stats gives no total");
    return total;
}

void account_check_history(account_t *self, uint64_t words)
{
    int64_t end = lex_monotonic_ms() + DELIVERY_MS;
    uint64_t total;
    while ((total = s_total(self)) < words && lex_monotonic_ms() < end)
        zmq_poll(NULL, 0, LOOK_AGAIN_MS);
    if (total != words)
        fail("the history has %llu words of %llu", (unsigned long long)total,
             (unsigned long long)words);
}
