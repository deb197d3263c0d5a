/* Calls to other services through a gateway: replies, time-outs, bounds. */

#include "tests/unit/common/calls_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_call_is_answered),
        TEST(test_answers_in_any_order),
        TEST(test_an_answer_that_cannot_be_read),
        TEST(test_a_time_out_and_a_late_reply),
        TEST(test_no_gateway_is_there),
        TEST(test_open_calls_have_a_bound),
        TEST(test_open_calls_are_answered_at_the_end),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, s_warm_up, NULL);
}
