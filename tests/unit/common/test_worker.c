/* docs/protocol.md sections 2.2 to 2.4, the worker's half: requests in, replies out. */

#include "tests/unit/common/worker_fixture.h"

/* ---- replies ---- */

static void test_single_request_unpacked_without_batch(void **state)
{
    worker_fixture_t *self = *state;
    make_request(&self->request, "echo", "Café");
    fake_gateway_request(self->gateway, 1, &self->request);
    fake_reply_t reply = fake_gateway_reply(self->gateway, 1, MDPW_FINAL, LEX_OK);
    assert_false(reply.packed);
    fake_reply_has(&reply, "text", "Café");
    assert_memory_equal(lex_body_id(reply.body), TEST_ID, LEX_ID_SIZE);
    zframe_destroy(&reply.data);
}

static void test_batch_both_ways(void **state)
{
    worker_fixture_t *self = *state;
    make_request(&self->request, "echo", "word");
    fake_gateway_batch(self->gateway, 100, 64, &self->request);
    for (uint64_t i = 0; i < 64; i++) {
        fake_reply_t reply = fake_gateway_reply(self->gateway, 100 + i, MDPW_FINAL, LEX_OK);
        assert_true(reply.packed);
        fake_reply_has(&reply, "text", "word");
        zframe_destroy(&reply.data);
    }
    assert_int_equal(self->gateway->batches, 1);
}

/* A body of less than 33 bytes lies inside zmq_msg_t itself: a request that is kept must point into its own copy. */
static void test_short_bodies_are_kept(void **state)
{
    worker_fixture_t *self = *state;
    for (unsigned char i = 0; i < 10; i++) {
        unsigned char id[LEX_ID_SIZE] = {i, 1, 2, 3};
        lex_write_request(&self->request, id, "h", NULL, 0, 0);
        assert_true(self->request.buffer.size < 33);
        fake_gateway_request(self->gateway, i, &self->request);
    }
    make_request(&self->request, "free", "");
    fake_gateway_request(self->gateway, 10, &self->request);
    for (unsigned i = 0; i < 10; i++) {
        fake_reply_t reply;
        assert_true(fake_gateway_next_reply(self->gateway, FAKE_LIMIT_MS, &reply));
        unsigned char id[LEX_ID_SIZE] = {(unsigned char)fake_reply_address(&reply), 1, 2, 3};
        assert_memory_equal(lex_body_id(reply.body), id, LEX_ID_SIZE);
        zframe_destroy(&reply.data);
    }
    fake_gateway_final(self->gateway, 10, LEX_OK);
}

static void s_all_are_answered_once(worker_fixture_t *self, const char *op)
{
    enum { COUNT = 800 };
    bool seen[COUNT] = {0};
    make_request(&self->request, op, "word");
    for (unsigned i = 0; i < COUNT; i += 50) {
        fake_gateway_batch(self->gateway, i, 50, &self->request);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        fake_reply_t reply;
        assert_true(fake_gateway_next_reply(self->gateway, FAKE_LIMIT_MS, &reply));
        uint64_t address = fake_reply_address(&reply);
        assert_true(address < COUNT && !seen[address]);
        seen[address] = true;
        assert_int_equal(reply.code, LEX_OK);
        zframe_destroy(&reply.data);
    }
    assert_int_equal(atomic_load(&self->worker->handled), COUNT);
}

static void test_pool_handlers(void **state)
{
    s_all_are_answered_once(*state, "pool");
}

static void test_deferred_handlers(void **state)
{
    s_all_are_answered_once(*state, "defer");
}

static void test_addresses_of_any_size(void **state)
{
    worker_fixture_t *self = *state;
    unsigned char address[256];
    memset(address, 'Z', sizeof(address));
    make_request(&self->request, "echo", "word");
    const size_t sizes[] = {1, 255, 256, 0, 8};
    for (size_t i = 0; i < 5; i++) {
        zmsg_t *msg = zmsg_new();
        zmsg_addmem(msg, address, sizes[i]);
        zmsg_addmem(msg, "", 0);
        zmsg_addmem(msg, self->request.buffer.data, self->request.buffer.size);
        fake_gateway_say(self->gateway, self->gateway->peer, MDP_WORKER, MDPW_REQUEST, msg);
    }
    /* Those of 256 and of no bytes are no addresses: dropped. */
    const size_t answered[] = {1, 255, 8};
    for (size_t i = 0; i < 3; i++) {
        fake_reply_t reply;
        assert_true(fake_gateway_next_reply(self->gateway, FAKE_LIMIT_MS, &reply));
        assert_int_equal(reply.address_size, answered[i]);
        assert_memory_equal(reply.address, address, answered[i]);
        zframe_destroy(&reply.data);
    }
}

static void s_pages_come_in_order(worker_fixture_t *self, const char *op, uint64_t count)
{
    lex_write_request(&self->request, TEST_ID, op, NULL, 0, 1);
    lex_put_uint(&self->request, "count", count);
    fake_gateway_request(self->gateway, 9, &self->request);
    for (uint64_t i = 0; i < count; i++) {
        fake_reply_t reply = fake_gateway_reply(self->gateway, 9, MDPW_PARTIAL, LEX_OK);
        uint64_t page = 0;
        assert_true(lex_body_uint(reply.body, "page", &page));
        assert_int_equal(page, i);
        assert_memory_equal(lex_body_id(reply.body), TEST_ID, LEX_ID_SIZE);
        zframe_destroy(&reply.data);
    }
    fake_gateway_final(self->gateway, 9, LEX_OK);
}

static void test_pages_from_the_pool(void **state)
{
    s_pages_come_in_order(*state, "pages", 700);
}

static void test_pages_from_the_loop(void **state)
{
    s_pages_come_in_order(*state, "pages-inline", 300);
}

static void test_pages_from_the_pool_and_the_end_from_the_loop(void **state)
{
    for (unsigned i = 0; i < 50; i++) {
        s_pages_come_in_order(*state, "handed-back", 1);
        s_pages_come_in_order(*state, "handed-round", 1);
    }
}

static void s_ask_for_bytes(worker_fixture_t *self, uint64_t size)
{
    lex_write_request(&self->request, TEST_ID, "large", NULL, 0, 1);
    lex_put_uint(&self->request, "size", size);
    fake_gateway_request(self->gateway, size, &self->request);
}

static void test_large_replies(void **state)
{
    worker_fixture_t *self = *state;
    const uint64_t sizes[] = {1000, 70000, 300000, 4 << 20, LEX_REPLY_MAX - 100};
    for (size_t i = 0; i < 5; i++) {
        s_ask_for_bytes(self, sizes[i]);
        fake_reply_t reply = fake_gateway_reply(self->gateway, sizes[i], MDPW_FINAL, LEX_OK);
        const char *text;
        size_t size;
        assert_true(lex_body_str(reply.body, "text", &text, &size));
        assert_int_equal(size, sizes[i]);
        assert_true(text[0] == 'x' && text[size - 1] == 'x');
        zframe_destroy(&reply.data);
    }
    s_ask_for_bytes(self, LEX_REPLY_MAX);
    fake_gateway_final(self->gateway, LEX_REPLY_MAX, LEX_TOO_LARGE);
}

/* Together too much for one packed frame: the helper checks the size of each. */
static void test_large_replies_of_one_round(void **state)
{
    worker_fixture_t *self = *state;
    lex_write_request(&self->request, TEST_ID, "large-inline", NULL, 0, 1);
    lex_put_uint(&self->request, "size", 50000);
    fake_gateway_batch(self->gateway, 0, 12, &self->request);
    for (uint64_t i = 0; i < 12; i++) {
        fake_gateway_final(self->gateway, i, LEX_OK);
    }
    assert_true(self->gateway->batches >= 3);
}

static void test_errors_with_retry(void **state)
{
    worker_fixture_t *self = *state;
    make_request(&self->request, "fail", "");
    fake_gateway_request(self->gateway, 1, &self->request);
    fake_reply_t reply = fake_gateway_reply(self->gateway, 1, MDPW_FINAL, LEX_RATE_LIMITED);
    const char *message;
    size_t size;
    uint64_t retry_ms;
    lex_body_outcome(reply.body, &message, &size, &retry_ms);
    assert_int_equal(retry_ms, 1500);
    assert_int_equal(size, strlen("wait a little, please"));
    assert_memory_equal(message, "wait a little, please", size);
    zframe_destroy(&reply.data);
}

#define PACKING(test)                                                                              \
    cmocka_unit_test_setup_teardown(test, worker_fixture_packing, worker_fixture_close)
#define PLAIN(test)                                                                                \
    cmocka_unit_test_setup_teardown(test, worker_fixture_plain, worker_fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAIN(test_single_request_unpacked_without_batch),
        PACKING(test_batch_both_ways),
        PLAIN(test_short_bodies_are_kept),
        PACKING(test_pool_handlers),
        PACKING(test_deferred_handlers),
        PACKING(test_addresses_of_any_size),
        PACKING(test_pages_from_the_pool),
        PLAIN(test_pages_from_the_pool),
        PACKING(test_pages_from_the_loop),
        PACKING(test_pages_from_the_pool_and_the_end_from_the_loop),
        PACKING(test_large_replies),
        PLAIN(test_large_replies),
        PACKING(test_large_replies_of_one_round),
        PACKING(test_errors_with_retry),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
