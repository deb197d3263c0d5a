/* A worker whose one service records what it is asked, between a gateway and a history that are both in the hands of the
 * test. */

#ifndef RECORDER_FIXTURE_H
#define RECORDER_FIXTURE_H

#include <pthread.h>

#include "lookup-svc/recorder.h"
#include "tests/unit/common/fake_gateway.h"
#include "tests/unit/lookup-svc/journal_fixture.h"

#define RIG_CREDIT      100
#define RIG_REQUESTS    100 /* addresses 0-99 */
#define RIG_CALLS       100
#define RIG_WAIT_MS     300
#define RIG_TOKEN_BYTES 120

typedef struct {
    fake_gateway_t *gateway;
    lex_worker_t *worker;
    recorder_t *recorder;
    pthread_t thread;
    bool running;
    lex_writer_t writer;
    zframe_t *caller;
    zframe_t *calls[RIG_CALLS]; /* bodies of history.record calls, in the order they came */
    size_t call_count;
    int recorded[RIG_REQUESTS]; /* by address: -1 not answered yet, else `recorded` of the reply */
    int64_t answered_at[RIG_REQUESTS];
    size_t reply_count;
    size_t asked;
    bool draining; /* it has said DRAIN, and is owed DISCONNECT */
} rig_t;

/* ---- the service ---- */

static inline void rig_define(void *context, lex_request_t *request)
{
    rig_t *self = context;
    const msgpack_object *words = lex_body_find(lex_request_body(request), "words");
    record_word_t found[1000];
    for (uint32_t i = 0; i < words->via.array.size; i++) {
        const msgpack_object_str *word = &words->via.array.ptr[i].via.str;
        found[i] = (record_word_t){.word = word->ptr, .size = word->size, .found = i % 2 == 0};
    }
    lex_writer_t *reply = lex_reply_begin(request, 1);
    lex_put_bool(reply, "recorded", false);
    recorder_submit(self->recorder, &request, reply, found, words->via.array.size);
    assert_null(request);
}

static const lex_op_t RIG_OPS[] = {
    {"define", 0, rig_define}, {"define-elsewhere", LEX_OP_POOL, rig_define}, {NULL, 0, NULL}};

static inline void *rig_main(void *arg)
{
    lex_worker_run(((rig_t *)arg)->worker);
    return NULL;
}

/* `folder` NULL: no journal. */
static inline rig_t *rig_new(const char *folder)
{
    rig_t *self = calloc(1, sizeof *self);
    lex_random_setup();
    lex_writer_init(&self->writer);
    for (size_t i = 0; i < RIG_REQUESTS; i++)
        self->recorded[i] = -1;
    self->gateway = fake_gateway_new();
    self->worker = lex_worker_new(&(lex_worker_options_t){.gateways = self->gateway->endpoint,
                                                          .insecure = true,
                                                          .heartbeat_ms = 1000,
                                                          .drain_ms = 5000,
                                                          .threads = 2});
    assert_non_null(self->worker);
    self->recorder = recorder_new(self->worker, &(recorder_options_t){.wait_ms = RIG_WAIT_MS,
                                                                      .journal_dir = folder,
                                                                      .journal_bytes = 1 << 20});
    lex_worker_serve(
        self->worker,
        &(lex_service_t){.name = "lookup", .ops = RIG_OPS, .credit = RIG_CREDIT, .batch = 64},
        self);
    assert_int_equal(pthread_create(&self->thread, NULL, rig_main, self), 0);
    self->running = true;
    fake_gateway_ready(self->gateway, "lookup", RIG_CREDIT, 64);
    return self;
}

/* ---- the gateway ---- */

static inline void rig_take_reply(rig_t *self, const void *address, const void *body, size_t size)
{
    uint64_t number;
    bool recorded;
    memcpy(&number, address, sizeof number);
    assert_true(number < RIG_REQUESTS && self->recorded[number] < 0);
    assert_int_equal(lex_body_parse(self->gateway->body, body, size), 0);
    assert_int_equal(lex_body_outcome(self->gateway->body, NULL, NULL, NULL), LEX_OK);
    assert_true(lex_body_bool(self->gateway->body, "recorded", &recorded));
    self->recorded[number] = recorded;
    self->answered_at[number] = lex_monotonic_ms();
    self->reply_count++;
}

static inline void rig_take_worker(rig_t *self, uint8_t command, zmsg_t *msg)
{
    zframe_t *first = zmsg_first(msg);
    lex_packet_record_t record;
    size_t offset = 0;
    if (command == MDPW_FINAL) {
        zframe_t *body = zmsg_last(msg);
        rig_take_reply(self, zframe_data(first), zframe_data(body), zframe_size(body));
    } else if (command == MDPW_BATCH) {
        while (lex_packet_next(zframe_data(first), zframe_size(first), &offset, &record) == 1)
            rig_take_reply(self, record.address, record.body, record.body_size);
    } else if (command == MDPW_DRAIN) {
        self->draining = true;
    }
    if (self->draining && self->reply_count == self->asked) {
        self->draining = false;
        fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    }
}

/* Takes in the next message. False when none came in time. */
static inline bool rig_step(rig_t *self, int limit_ms)
{
    char header[MDP_HEADER_SIZE];
    uint8_t command;
    zframe_t *peer = NULL;
    zmsg_t *msg = fake_gateway_receive(self->gateway, limit_ms, header, &command, &peer);
    if (!msg)
        return false;
    if (memcmp(header, MDP_CLIENT, MDP_HEADER_SIZE) == 0) {
        zframe_t *service = zmsg_pop(msg);
        assert_true(zframe_streq(service, "history.record"));
        zframe_destroy(&service);
        assert_true(self->call_count < RIG_CALLS);
        self->calls[self->call_count++] = zmsg_pop(msg);
        zframe_destroy(&self->caller);
        self->caller = zframe_dup(peer);
    } else {
        rig_take_worker(self, command, msg);
    }
    zframe_destroy(&peer);
    zmsg_destroy(&msg);
    return true;
}

static inline void rig_until_calls(rig_t *self, size_t count)
{
    while (self->call_count < count)
        assert_true(rig_step(self, FAKE_LIMIT_MS));
}

static inline void rig_until_replies(rig_t *self, size_t count)
{
    while (self->reply_count < count)
        assert_true(rig_step(self, FAKE_LIMIT_MS));
}

/* Asks for words "a0", "a1"… under the address's number as id and token. */
static inline void rig_ask_op(rig_t *self, const char *op, uint64_t address, size_t words)
{
    unsigned char id[LEX_ID_SIZE] = {0};
    char token[RIG_TOKEN_BYTES] = {0}, word[32];
    memcpy(id, &address, sizeof address);
    token[RIG_TOKEN_BYTES - 1] = (char)('A' + address % 3); /* three users */
    lex_write_request(&self->writer, id, op, token, sizeof token, 1);
    lex_write_text(&self->writer, "words");
    lex_write_array(&self->writer, words);
    for (size_t i = 0; i < words; i++) {
        snprintf(word, sizeof word, "a%zu", i);
        lex_write_text(&self->writer, word);
    }
    fake_gateway_request(self->gateway, address, &self->writer);
    self->asked++;
}

static inline void rig_ask(rig_t *self, uint64_t address, size_t words)
{
    rig_ask_op(self, "define", address, words);
}

/* ---- history ---- */

/* Parses a call; its records. */
static inline const msgpack_object_array *rig_records(rig_t *self, size_t call)
{
    zframe_t *body = self->calls[call];
    const char *op;
    size_t size;
    assert_int_equal(lex_body_parse(self->gateway->body, zframe_data(body), zframe_size(body)), 0);
    assert_true(lex_body_str(self->gateway->body, "op", &op, &size));
    assert_true(size == 6 && memcmp(op, "record", 6) == 0);
    const msgpack_object *records = lex_body_find(self->gateway->body, "records");
    assert_true(records && records->type == MSGPACK_OBJECT_ARRAY);
    return &records->via.array;
}

static inline size_t rig_tokens(rig_t *self, size_t call)
{
    rig_records(self, call);
    const msgpack_object *tokens = lex_body_find(self->gateway->body, "toks");
    assert_true(tokens && tokens->type == MSGPACK_OBJECT_ARRAY);
    return tokens->via.array.size;
}

static inline void rig_send_answer(rig_t *self)
{
    zmsg_t *msg = zmsg_new();
    zmsg_addstr(msg, "history.record");
    zmsg_addmem(msg, self->writer.buffer.data, self->writer.buffer.size);
    assert_int_equal(fake_gateway_say(self->gateway, self->caller, MDP_CLIENT, MDPC_FINAL, msg), 0);
}

/* Acknowledges a call; `refused` is an index, or -1. */
static inline void rig_acknowledge(rig_t *self, size_t call, int refused)
{
    rig_records(self, call);
    lex_write_ok(&self->writer, lex_body_id(self->gateway->body), 1);
    lex_write_text(&self->writer, "refused");
    lex_write_array(&self->writer, refused >= 0);
    if (refused >= 0)
        lex_write_uint(&self->writer, (uint64_t)refused);
    rig_send_answer(self);
}

static inline void rig_reject(rig_t *self, size_t call, lex_code_t code)
{
    rig_records(self, call);
    lex_write_error(&self->writer, lex_body_id(self->gateway->body), code, "no", 0);
    rig_send_answer(self);
}

/* ---- the end ---- */

/* Drains the worker. */
static inline void rig_stop(rig_t *self)
{
    lex_worker_stop(self->worker);
    while (pthread_tryjoin_np(self->thread, NULL) != 0)
        rig_step(self, 50);
    self->running = false;
}

static inline void rig_destroy(rig_t **self_p)
{
    rig_t *self = *self_p;
    if (self->running)
        rig_stop(self);
    recorder_destroy(&self->recorder);
    lex_worker_destroy(&self->worker);
    fake_gateway_destroy(&self->gateway);
    zframe_destroy(&self->caller);
    for (size_t i = 0; i < self->call_count; i++)
        zframe_destroy(&self->calls[i]);
    lex_writer_close(&self->writer);
    free(self);
    *self_p = NULL;
}

#endif
