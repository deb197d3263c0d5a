/* Operations of a service on a worker that runs no loop: a request goes in as a session hands it over, and what leaves is checked.
 *
 * Input: a byte that says which op, a byte with the number of further pairs, those pairs in msgpack, a separator, and the answers of
 * the database (fuzz_database.h). The body gets v, id, op and a good token in front, so that what is fuzzed are the arguments.
 * Each request must end in exactly one FINAL that the strict reader takes. */

#ifndef LEXMQ_TESTS_FUZZ_OPS_H
#define LEXMQ_TESTS_FUZZ_OPS_H

#include <poll.h>
#include <sodium.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/random.h"
#include "common/worker_private.h"
#include "tests/fuzz/fuzz_files.h"

#define OPS_WAIT_MS 5000 /* for an answer that another thread gives */

typedef struct {
    const char *service, *op;
    const char *extra; /* msgpack pairs that are always there, or NULL */
    size_t extra_size, extra_pairs;
} ops_op_t;

typedef struct {
    lex_worker_t *worker;
    lex_signer_t *signer;
    lex_verifier_t *verifier;
    unsigned char token[LEX_TOKEN_MAX];
    size_t token_size;
} ops_t;

static const unsigned char OPS_ID[LEX_ID_SIZE] = "sixteen bytes id";

static inline void ops_make_token(ops_t *self)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    char public_hex[2 * sizeof public + 1], secret_hex[2 * sizeof secret + 1];
    fuzz_files_t files;
    crypto_sign_keypair(public, secret);
    sodium_bin2hex(public_hex, sizeof public_hex, public, sizeof public);
    sodium_bin2hex(secret_hex, sizeof secret_hex, secret, sizeof secret);
    fuzz_files_open(&files);
    self->signer = lex_signer_new(fuzz_files_add(&files, "secret", secret_hex, strlen(secret_hex)));
    self->verifier =
        lex_verifier_new(fuzz_files_add(&files, "public", public_hex, strlen(public_hex)));
    fuzz_files_close(&files);
    FUZZ_CHECK(self->signer && self->verifier);
    lex_claims_t claims = {.user = 7, .expires = INT64_MAX, .name = "Ann"};
    self->token_size = lex_signer_sign(self->signer, &claims, self->token);
}

static inline void ops_open(ops_t *self)
{
    zsys_handler_set(NULL);
    lex_log_setup("fuzz", "error", "text");
    lex_random_setup();
    ops_make_token(self);
    lex_worker_options_t options = {.gateways = "inproc://nowhere", .insecure = true};
    self->worker = lex_worker_new(&options);
    FUZZ_CHECK(self->worker);
    lex_worker_set_verifier(self->worker, self->verifier);
}

static inline const lex_served_t *ops_service(const ops_t *self, const char *name)
{
    for (unsigned i = 0; i < self->worker->service_count; i++)
        if (strcmp(self->worker->services[i].name, name) == 0)
            return &self->worker->services[i];
    FUZZ_CHECK(!"a service that the worker serves");
    return NULL;
}

/* What other threads hand over. */
static inline void ops_take_mail(ops_t *self)
{
    lex_posted_t *posted;
    lex_outgoing_t *item = lex_mailbox_take(&self->worker->mailbox, &posted);
    while (item) {
        lex_outgoing_t *next = item->next;
        lex_session_queue(item);
        item = next;
    }
    while (posted) {
        lex_posted_t *next = posted->next;
        free(posted); /* what runs on a loop has none to run on */
        posted = next;
    }
}

static inline void ops_check_replies(ops_t *self, lex_session_t *session)
{
    static lex_body_t *body;
    unsigned finals = 0;
    if (!body)
        body = lex_body_new();
    for (lex_outgoing_t *item = session->outgoing.first; item; item = item->next) {
        FUZZ_CHECK(finals == 0 && item->size <= LEX_REPLY_MAX);
        finals += item->kind == MDPW_FINAL;
        /* That a column is unique, the database vouches for. */
        FUZZ_CHECK(lex_body_parse(body, item->data, item->size) == 0 ||
                   strcmp(lex_body_error(body), "a key occurs twice") == 0);
        const unsigned char *id = lex_body_id(body);
        FUZZ_CHECK(!id || memcmp(id, OPS_ID, sizeof OPS_ID) == 0);
        lex_body_outcome(body, NULL, NULL, NULL);
    }
    FUZZ_CHECK(finals == 1 && session->open == 0);
    lex_session_forget_outgoing(session);
    FUZZ_CHECK(self->worker->open_count == 0 && self->worker->mailbox.partial_bytes == 0);
}

static inline void ops_wait(ops_t *self, lex_session_t *session)
{
    struct pollfd mail = {.fd = self->worker->mailbox.wake, .events = POLLIN};
    ops_take_mail(self);
    while (session->open > 0) {
        FUZZ_CHECK(poll(&mail, 1, OPS_WAIT_MS) == 1);
        ops_take_mail(self);
    }
}

static inline void ops_ask(ops_t *self, const ops_op_t *op, const uint8_t *pairs, size_t size,
                           size_t count)
{
    lex_writer_t writer;
    lex_session_t session;
    zmq_msg_t frame;
    lex_session_init(&session, self->worker, &self->worker->gateways[0],
                     ops_service(self, op->service));
    lex_writer_init(&writer);
    lex_write_request(&writer, OPS_ID, op->op, self->token, self->token_size,
                      count + op->extra_pairs);
    if (op->extra)
        msgpack_sbuffer_write(&writer.buffer, op->extra, op->extra_size);
    msgpack_sbuffer_write(&writer.buffer, (const char *)pairs, size);
    zmq_msg_init_size(&frame, writer.buffer.size);
    memcpy(zmq_msg_data(&frame), writer.buffer.data, writer.buffer.size);
    self->worker->now_us = lex_monotonic_us();
    self->worker->now = self->worker->now_us / 1000;
    self->worker->utc = lex_utc_ms();
    lex_request_accept(&session, &frame, 0, writer.buffer.size, (const unsigned char *)"address", 7,
                       1);
    zmq_msg_close(&frame);
    lex_writer_close(&writer);
    ops_wait(self, &session);
    ops_check_replies(self, &session);
}

/* An input for one of `count` ops. */
static inline void ops_run(ops_t *self, const ops_op_t *ops, size_t count, const uint8_t *data,
                           size_t size)
{
    const ops_op_t *op = &ops[fuzz_byte(&data, &size) % count];
    size_t pairs = fuzz_byte(&data, &size) % 32u;
    ops_ask(self, op, data, size, pairs);
}

#endif
