/* Calls that one gateway lets down and another one takes. */

#include "tests/unit/common/calls_fixture.h"

/* The gateway that a call went through, which is then to be answered at; the other is *other. */
static fake_gateway_t *s_asked(s_fixture_t *self, fake_gateway_t **other)
{
    /* Which of the two was connected first is chance. */
    fake_gateway_t *asked = NULL;
    for (unsigned i = 0; i < FAKE_LIMIT_MS / 10 && !asked; i++) {
        zmq_pollitem_t items[] = {
            {.socket = zsock_resolve(self->first->router), .events = ZMQ_POLLIN},
            {.socket = zsock_resolve(self->second->router), .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, 10);
        asked = items[0].revents ? self->first : items[1].revents ? self->second : NULL;
    }
    assert_non_null(asked);
    *other = asked == self->first ? self->second : self->first;
    return asked;
}

static void s_start_at_both(s_fixture_t *self)
{
    char *both = lex_format("%s,%s", self->first->endpoint, self->second->endpoint);
    s_start_at(self, both);
    free(both);
}

/* After a time-out the next call goes to the other gateway and stays there while that one answers; `unavailable` sends the call itself
 * to the other, and when that says so too it is the answer. */
static void test_another_gateway_is_tried(void **state)
{
    s_fixture_t *self = *state;
    s_start_at_both(self);
    s_call(self, 1, 5000, 1);
    fake_gateway_t *to, *from = s_asked(self, &to);
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
    zframe_destroy(&peer);
    peer = s_receive(from, 6);
    s_reply(from, peer, 6, MDPC_FINAL, "good");
    s_answered(self, 6, LEX_OK);

    s_call(self, 7, 5000, 1);
    zframe_destroy(&peer);
    peer = s_receive(from, 7);
    s_fail(from, peer, 7, LEX_UNAVAILABLE);
    zframe_destroy(&peer);
    peer = s_receive(to, 7);
    s_fail(to, peer, 7, LEX_UNAVAILABLE);
    s_answered(self, 7, LEX_UNAVAILABLE);
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

/* A call whose gateway dies before it answers is sent again through the other, under the same id, at once. */
static void test_a_call_goes_another_way_when_its_gateway_dies(void **state)
{
    s_fixture_t *self = *state;
    s_start_at_both(self);
    s_call(self, 1, 5000, 1);
    fake_gateway_t *to, *from = s_asked(self, &to);
    zframe_t *peer = s_receive(from, 1);
    s_reply(from, peer, 1, MDPC_FINAL, "good");
    s_answered(self, 1, LEX_OK);

    /* Far below the time that silence takes. */
    int64_t start = lex_monotonic_ms();
    s_call(self, 2, 60000, 1);
    zframe_destroy(&peer);
    peer = s_receive(from, 2);
    fake_gateway_destroy(from == self->first ? &self->first : &self->second);
    zframe_destroy(&peer);
    peer = s_receive(to, 2);
    s_reply(to, peer, 2, MDPC_FINAL, "good");
    s_answered(self, 2, LEX_OK);
    assert_true(lex_monotonic_ms() - start < 2000);
    zframe_destroy(&peer);
}

static void test_a_call_fails_soon_when_the_only_gateway_dies(void **state)
{
    s_fixture_t *self = *state;
    s_start_at(self, self->first->endpoint);
    int64_t start = lex_monotonic_ms();
    s_call(self, 1, 60000, 1);
    zframe_t *peer = s_receive(self->first, 1);
    fake_gateway_destroy(&self->first);
    s_answered(self, 1, LEX_UNAVAILABLE);
    assert_true(lex_monotonic_ms() - start < 5000);
    zframe_destroy(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_another_gateway_is_tried),
        TEST(test_a_gateway_that_is_gone_is_passed_over),
        TEST(test_a_call_goes_another_way_when_its_gateway_dies),
        TEST(test_a_call_fails_soon_when_the_only_gateway_dies),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, s_warm_up, NULL);
}
