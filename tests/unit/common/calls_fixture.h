/* Two gateways and a worker that calls a service through them; what the tests of calls share. */

#ifndef TESTS_CALLS_FIXTURE_H
#define TESTS_CALLS_FIXTURE_H

#include "tests/unit/common/worker_thread.h"

typedef struct {
    atomic_uint answered;
    atomic_uint in_call; /* set while lex_worker_call runs: no callback may */
    atomic_uint misplaced;
    lex_code_t code;
    bool has_reply;
    char text[64];
} s_outcome_t;

typedef struct {
    fake_gateway_t *first;
    fake_gateway_t *second;
    worker_thread_t *worker;
    s_outcome_t outcome;
} s_fixture_t;

/* What a posted function needs to make a call. */
typedef struct {
    s_fixture_t *fixture;
    unsigned char id;
    unsigned timeout_ms;
    unsigned count;
} s_order_t;

static inline int s_setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof(*self));
    self->first = fake_gateway_new();
    self->second = fake_gateway_new();
    *state = self;
    return 0;
}

static inline int s_teardown(void **state)
{
    s_fixture_t *self = *state;
    worker_thread_destroy(&self->worker);
    fake_gateway_destroy(&self->first);
    fake_gateway_destroy(&self->second);
    free(self);
    return 0;
}

static inline void s_start_at(s_fixture_t *self, const char *endpoints)
{
    self->worker = worker_thread_new(endpoints, 1000, 0);
    worker_thread_start(self->worker);
}

static inline void s_on_answer(void *arg, lex_code_t code, const lex_body_t *reply)
{
    s_outcome_t *outcome = arg;
    const char *text = "";
    size_t size = 0;
    if (reply) {
        lex_body_str(reply, "text", &text, &size);
    }
    outcome->code = code;
    outcome->has_reply = reply != NULL;
    snprintf(outcome->text, sizeof(outcome->text), "%.*s", (int)size, text);
    atomic_fetch_add(&outcome->misplaced, atomic_load(&outcome->in_call));
    atomic_fetch_add(&outcome->answered, 1);
}

static inline void s_make_call(void *arg)
{
    s_order_t *order = arg;
    s_outcome_t *outcome = &order->fixture->outcome;
    unsigned char id[LEX_ID_SIZE] = {order->id};
    lex_writer_t writer;
    lex_writer_init(&writer);
    atomic_store(&outcome->in_call, 1);
    for (unsigned i = 0; i < order->count; i++) {
        id[1] = (unsigned char)i;
        id[2] = (unsigned char)(i >> 8);
        lex_write_request(&writer, id, "record", NULL, 0, 0);
        lex_worker_call(order->fixture->worker->worker, "history.record", &writer,
                        order->timeout_ms, s_on_answer, outcome);
    }
    atomic_store(&outcome->in_call, 0);
    lex_writer_close(&writer);
    free(order);
}

static inline void s_call(s_fixture_t *self, unsigned char id, unsigned timeout_ms, unsigned count)
{
    s_order_t *order = malloc(sizeof(*order));
    *order = (s_order_t){self, id, timeout_ms, count};
    lex_worker_post(self->worker->worker, s_make_call, order);
}

/* Waits for the answers, then looks at the last of them. */
static inline void s_answered(s_fixture_t *self, unsigned count, lex_code_t code)
{
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (atomic_load(&self->outcome.answered) < count && lex_monotonic_ms() < end) {
        zclock_sleep(2);
    }
    assert_int_equal(atomic_load(&self->outcome.answered), count);
    assert_int_equal(atomic_load(&self->outcome.misplaced), 0);
    assert_string_equal(lex_code_name(self->outcome.code), lex_code_name(code));
}

/* The setup of a group. A call waits only a moment for a connection (LEX_CALL_GRACE_MS), and what runs for the first time may
 * take longer under valgrind. Whatever becomes of this one. */
static inline int s_warm_up(void **state)
{
    void *fixture = NULL;
    s_setup(&fixture);
    s_fixture_t *self = fixture;
    s_start_at(self, self->first->endpoint);
    s_call(self, 1, 1000, 1);
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (atomic_load(&self->outcome.answered) == 0 && lex_monotonic_ms() < end)
        zclock_sleep(2);
    s_teardown(&fixture);
    *state = NULL;
    return 0;
}

/* Receives a call at one gateway; its id must be that one. Returns whom to answer. */
static inline zframe_t *s_receive(fake_gateway_t *gateway, unsigned char id)
{
    zframe_t *peer = NULL;
    zmsg_t *msg = fake_gateway_expect(gateway, MDP_CLIENT, MDPC_REQUEST, &peer);
    assert_int_equal(zmsg_size(msg), 2);
    zframe_t *service = zmsg_pop(msg), *body = zmsg_pop(msg);
    assert_true(zframe_streq(service, "history.record"));
    assert_int_equal(lex_body_parse(gateway->body, zframe_data(body), zframe_size(body)), 0);
    const unsigned char *got = lex_body_id(gateway->body);
    assert_non_null(got);
    assert_int_equal(got[0], id);
    zframe_destroy(&service);
    zframe_destroy(&body);
    zmsg_destroy(&msg);
    return peer;
}

static inline void s_send_back(fake_gateway_t *gateway, zframe_t *peer, uint8_t command,
                               const void *body, size_t size)
{
    zmsg_t *msg = zmsg_new();
    zmsg_addstr(msg, "history.record");
    zmsg_addmem(msg, body, size);
    assert_int_equal(fake_gateway_say(gateway, peer, MDP_CLIENT, command, msg), 0);
}

static inline void s_reply(fake_gateway_t *gateway, zframe_t *peer, unsigned char id,
                           uint8_t command, const char *text)
{
    unsigned char whole[LEX_ID_SIZE] = {id};
    lex_writer_t writer;
    lex_writer_init(&writer);
    lex_write_ok(&writer, whole, 1);
    lex_put_text(&writer, "text", text);
    s_send_back(gateway, peer, command, writer.buffer.data, writer.buffer.size);
    lex_writer_close(&writer);
}

static inline void s_fail(fake_gateway_t *gateway, zframe_t *peer, unsigned char id,
                          lex_code_t code)
{
    unsigned char whole[LEX_ID_SIZE] = {id};
    lex_writer_t writer;
    lex_writer_init(&writer);
    lex_write_error(&writer, whole, code, "no", 0);
    s_send_back(gateway, peer, MDPC_FINAL, writer.buffer.data, writer.buffer.size);
    lex_writer_close(&writer);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, s_teardown)

#endif
