/* Calls to other services through the gateways: replies, time-outs, and moving on to another gateway. */

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

static int s_setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof(*self));
    self->first = fake_gateway_new();
    self->second = fake_gateway_new();
    *state = self;
    return 0;
}

static int s_teardown(void **state)
{
    s_fixture_t *self = *state;
    worker_thread_destroy(&self->worker);
    fake_gateway_destroy(&self->first);
    fake_gateway_destroy(&self->second);
    free(self);
    return 0;
}

static void s_start_at(s_fixture_t *self, const char *endpoints)
{
    self->worker = worker_thread_new(endpoints, 1000, 0);
    worker_thread_start(self->worker);
}

static void s_on_answer(void *arg, lex_code_t code, const lex_body_t *reply)
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

static void s_make_call(void *arg)
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

static void s_call(s_fixture_t *self, unsigned char id, unsigned timeout_ms, unsigned count)
{
    s_order_t *order = malloc(sizeof(*order));
    *order = (s_order_t){self, id, timeout_ms, count};
    lex_worker_post(self->worker->worker, s_make_call, order);
}

/* Waits for the answers, then looks at the last of them. */
static void s_answered(s_fixture_t *self, unsigned count, lex_code_t code)
{
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (atomic_load(&self->outcome.answered) < count && lex_monotonic_ms() < end) {
        zclock_sleep(2);
    }
    assert_int_equal(atomic_load(&self->outcome.answered), count);
    assert_int_equal(atomic_load(&self->outcome.misplaced), 0);
    assert_string_equal(lex_code_name(self->outcome.code), lex_code_name(code));
}

/* Receives a call at one gateway; its id must be that one. Returns whom to answer. */
static zframe_t *s_receive(fake_gateway_t *gateway, unsigned char id)
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

static void s_send_back(fake_gateway_t *gateway, zframe_t *peer, uint8_t command, const void *body,
                        size_t size)
{
    zmsg_t *msg = zmsg_new();
    zmsg_addstr(msg, "history.record");
    zmsg_addmem(msg, body, size);
    assert_int_equal(fake_gateway_say(gateway, peer, MDP_CLIENT, command, msg), 0);
}

static void s_reply(fake_gateway_t *gateway, zframe_t *peer, unsigned char id, uint8_t command,
                    const char *text)
{
    unsigned char whole[LEX_ID_SIZE] = {id};
    lex_writer_t writer;
    lex_writer_init(&writer);
    lex_write_ok(&writer, whole, 1);
    lex_put_text(&writer, "text", text);
    s_send_back(gateway, peer, command, writer.buffer.data, writer.buffer.size);
    lex_writer_close(&writer);
}

static void s_fail(fake_gateway_t *gateway, zframe_t *peer, unsigned char id, lex_code_t code)
{
    unsigned char whole[LEX_ID_SIZE] = {id};
    lex_writer_t writer;
    lex_writer_init(&writer);
    lex_write_error(&writer, whole, code, "no", 0);
    s_send_back(gateway, peer, MDPC_FINAL, writer.buffer.data, writer.buffer.size);
    lex_writer_close(&writer);
}

static void test_a_call_is_answered(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    s_call(self, 1, 5000, 1);
    zframe_t *peer = s_receive(self->first, 1);
    s_reply(self->first, peer, 1, MDPC_PARTIAL, "a page for nobody");
    s_reply(self->first, peer, 9, MDPC_FINAL, "nobody asked");
    s_reply(self->first, peer, 1, MDPC_FINAL, "recorded");
    s_answered(self, 1, LEX_OK);
    assert_true(self->outcome.has_reply);
    assert_string_equal(self->outcome.text, "recorded");

    s_call(self, 2, 5000, 1);
    zframe_destroy(&peer);
    peer = s_receive(self->first, 2);
    s_fail(self->first, peer, 2, LEX_FORBIDDEN);
    s_answered(self, 2, LEX_FORBIDDEN);
    zframe_destroy(&peer);
}

static void test_answers_in_any_order(void **state)
{
    s_fixture_t *self = *state;
    zframe_t *peer = NULL;
    s_start_at(self, self->first->endpoint);
    for (unsigned char id = 1; id <= 5; id++) {
        s_call(self, id, 5000, 1);
        zframe_destroy(&peer);
        peer = s_receive(self->first, id);
    }
    for (unsigned char id = 5; id >= 1; id--) {
        s_reply(self->first, peer, id, MDPC_FINAL, "done");
    }
    s_answered(self, 5, LEX_OK);
    zframe_destroy(&peer);
}

static void test_an_answer_that_cannot_be_read(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    s_call(self, 1, 5000, 1);
    zframe_t *peer = s_receive(self->first, 1);
    s_send_back(self->first, peer, MDPC_FINAL, "\xc1", 1);
    s_send_back(self->first, peer, 99, "", 0);
    /* A map of two pairs that ends after its id: nobody knows what it says, but whom it is for. */
    s_send_back(self->first, peer, MDPC_FINAL,
                "\x82\xa2id\xc4\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    s_answered(self, 1, LEX_INTERNAL);
    assert_false(self->outcome.has_reply);
    zframe_destroy(&peer);
}

static void test_a_time_out_and_a_late_reply(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    int64_t start = lex_monotonic_ms();
    s_call(self, 1, 300, 1);
    zframe_t *peer = s_receive(self->first, 1);
    s_answered(self, 1, LEX_TIMEOUT);
    assert_true(lex_monotonic_ms() - start >= 300);
    assert_false(self->outcome.has_reply);
    s_reply(self->first, peer, 1, MDPC_FINAL, "late");
    s_call(self, 2, 5000, 1);
    zframe_destroy(&peer);
    peer = s_receive(self->first, 2);
    s_reply(self->first, peer, 2, MDPC_FINAL, "in time");
    s_answered(self, 2, LEX_OK);
    assert_string_equal(self->outcome.text, "in time");
    zframe_destroy(&peer);
}

static void test_no_gateway_is_there(void **state)
{
    s_fixture_t *self = *state;
    int nobody;
    char *endpoint = fake_gateway_nowhere(&nobody);
    s_start_at(self, endpoint);
    int64_t start = lex_monotonic_ms();
    s_call(self, 1, 60000, 3);
    s_answered(self, 3, LEX_UNAVAILABLE);
    assert_true(lex_monotonic_ms() - start < 5000);
    close(nobody);
    zstr_free(&endpoint);
}

/* After a time-out, and after `unavailable`, the next call goes to the other gateway and stays there while that one answers. */
static void test_another_gateway_is_tried(void **state)
{
    s_fixture_t *self = *state;
    char *both = lex_format("%s,%s", self->first->endpoint, self->second->endpoint);
    s_start_at(self, both);
    free(both);
    s_call(self, 1, 5000, 1);
    /* Which of the two was connected first is chance. */
    fake_gateway_t *from = NULL, *to = NULL;
    for (unsigned i = 0; i < FAKE_LIMIT_MS / 10 && !from; i++) {
        zmq_pollitem_t items[] = {
            {.socket = zsock_resolve(self->first->router), .events = ZMQ_POLLIN},
            {.socket = zsock_resolve(self->second->router), .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, 10);
        from = items[0].revents ? self->first : items[1].revents ? self->second : NULL;
    }
    assert_non_null(from);
    to = from == self->first ? self->second : self->first;
    zframe_t *peer = s_receive(from, 1);
    s_reply(from, peer, 1, MDPC_FINAL, "good");
    s_answered(self, 1, LEX_OK);

    s_call(self, 2, 300, 1);
    zframe_destroy(&peer);
    peer = s_receive(from, 2);
    s_answered(self, 2, LEX_TIMEOUT);

    for (unsigned char id = 3; id < 6; id++) {
        s_call(self, id, 5000, 1);
        zframe_destroy(&peer);
        peer = s_receive(to, id);
        s_reply(to, peer, id, MDPC_FINAL, "good");
        s_answered(self, id, LEX_OK);
    }
    s_call(self, 6, 5000, 1);
    zframe_destroy(&peer);
    peer = s_receive(to, 6);
    s_fail(to, peer, 6, LEX_UNAVAILABLE);
    s_answered(self, 6, LEX_UNAVAILABLE);

    s_call(self, 7, 5000, 1);
    zframe_destroy(&peer);
    peer = s_receive(from, 7);
    s_reply(from, peer, 7, MDPC_FINAL, "good");
    s_answered(self, 7, LEX_OK);
    zframe_destroy(&peer);
}

/* A gateway that is gone altogether costs no time-out: its socket takes nothing. */
static void test_a_gateway_that_is_gone_is_passed_over(void **state)
{
    s_fixture_t *self = *state;
    int nobody;
    char *gone = fake_gateway_nowhere(&nobody);
    char *both = lex_format("%s,%s", gone, self->second->endpoint);
    s_start_at(self, both);
    for (unsigned char id = 1; id < 4; id++) {
        s_call(self, id, 20000, 1);
        zframe_t *peer = s_receive(self->second, id);
        s_reply(self->second, peer, id, MDPC_FINAL, "good");
        s_answered(self, id, LEX_OK);
        zframe_destroy(&peer);
    }
    free(both);
    zstr_free(&gone);
    close(nobody);
}

static void test_open_calls_have_a_bound(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    s_call(self, 1, 60000, 10010);
    s_answered(self, 10, LEX_BUSY);
}

static void test_open_calls_are_answered_at_the_end(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    s_call(self, 1, 60000, 5);
    zframe_t *peer = s_receive(self->first, 1);
    zframe_destroy(&peer);
    lex_worker_stop(self->worker->worker);
    assert_int_equal(worker_thread_join(self->worker), 0);
    s_answered(self, 5, LEX_UNAVAILABLE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, s_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_call_is_answered),
        TEST(test_answers_in_any_order),
        TEST(test_an_answer_that_cannot_be_read),
        TEST(test_a_time_out_and_a_late_reply),
        TEST(test_no_gateway_is_there),
        TEST(test_another_gateway_is_tried),
        TEST(test_a_gateway_that_is_gone_is_passed_over),
        TEST(test_open_calls_have_a_bound),
        TEST(test_open_calls_are_answered_at_the_end),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
