/* Messages in bounded arrays, over inproc sockets. */

#include "tests/unit/gateway/unit.h"

#include <errno.h>

#include "gateway/frames.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (5000 * TEST_PATIENCE)

typedef struct {
    void *context, *router, *dealer;
    frames_t frames;
} pair_t;

static int s_set_up(void **state)
{
    pair_t *pair = calloc(1, sizeof *pair);
    int one = 1;
    pair->context = zmq_ctx_new();
    pair->router = zmq_socket(pair->context, ZMQ_ROUTER);
    pair->dealer = zmq_socket(pair->context, ZMQ_DEALER);
    zmq_setsockopt(pair->router, ZMQ_ROUTER_MANDATORY, &one, sizeof one);
    zmq_setsockopt(pair->dealer, ZMQ_ROUTING_ID, "me", 2);
    zmq_bind(pair->router, "inproc://frames");
    zmq_connect(pair->dealer, "inproc://frames");
    *state = pair;
    return 0;
}

static int s_tear_down(void **state)
{
    pair_t *pair = *state;
    zmq_close(pair->router);
    zmq_close(pair->dealer);
    zmq_ctx_term(pair->context);
    free(pair);
    return 0;
}

static void s_send(pair_t *pair, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        zmq_send(pair->dealer, &i, sizeof i, i + 1 < count ? ZMQ_SNDMORE : 0);
}

static void s_receive(pair_t *pair)
{
    zmq_pollitem_t item = {pair->router, 0, ZMQ_POLLIN, 0};
    assert_int_equal(zmq_poll(&item, 1, LIMIT_MS), 1);
    assert_int_equal(frames_receive(&pair->frames, pair->router), 1);
}

static void test_nothing_there(void **state)
{
    pair_t *pair = *state;
    assert_int_equal(frames_receive(&pair->frames, pair->router), 0);
    assert_int_equal(pair->frames.count, 0);
}

static void test_whole_message(void **state)
{
    pair_t *pair = *state;
    s_send(pair, FRAMES_MAX - 1); /* and the routing id */
    s_receive(pair);
    assert_int_equal(pair->frames.count, FRAMES_MAX);
    assert_false(pair->frames.overlong);
    assert_true(frames_equal(&pair->frames, 0, "me", 2));
    for (unsigned i = 1; i < FRAMES_MAX; i++) {
        unsigned number = i - 1;
        assert_true(frames_equal(&pair->frames, i, &number, sizeof number));
    }
    frames_close(&pair->frames);
}

static void test_too_long_is_told_and_leaves_the_next_alone(void **state)
{
    pair_t *pair = *state;
    s_send(pair, FRAMES_MAX);
    s_send(pair, 5000);
    s_send(pair, 1);
    for (int i = 0; i < 2; i++) {
        s_receive(pair);
        assert_true(pair->frames.overlong);
        assert_true(pair->frames.count <= FRAMES_MAX);
        frames_close(&pair->frames);
    }
    s_receive(pair);
    assert_false(pair->frames.overlong);
    assert_int_equal(pair->frames.count, 2);
    frames_close(&pair->frames);
}

static void test_bytes(void **state)
{
    (void)state;
    frames_t frames = {.count = 3};
    unit_frame(&frames.part[0], "", 0);
    unit_frame(&frames.part[1], "\xff", 1);
    unit_frame(&frames.part[2], "ab", 2);
    assert_int_equal(frames_byte(&frames, 0), -1);
    assert_int_equal(frames_byte(&frames, 1), 255);
    assert_int_equal(frames_byte(&frames, 2), -1);
    assert_true(frames_equal(&frames, 2, "ab", 2));
    assert_false(frames_equal(&frames, 2, "ac", 2));
    assert_false(frames_equal(&frames, 2, "a", 1));
    frames_close(&frames);
}

static void test_nobody_there(void **state)
{
    pair_t *pair = *state;
    zmq_msg_t nobody;
    unit_frame(&nobody, "nobody", 6);
    assert_int_equal(frames_start(pair->router, &nobody), -1);
    assert_int_equal(errno, EHOSTUNREACH);
    assert_int_equal(zmq_msg_size(&nobody), 6); /* still the caller's */
    zmq_msg_close(&nobody);
}

static void test_send(void **state)
{
    pair_t *pair = *state;
    zmq_msg_t id, moved, shared;
    unit_frame(&id, "me", 2);
    unit_frame(&moved, "moved", 5);
    unit_frame(&shared, "shared", 6);
    assert_int_equal(frames_start(pair->router, &id), 0);
    frames_put(pair->router, "put", 3, true);
    frames_move(pair->router, &moved, true);
    frames_share(pair->router, &shared, true);
    frames_put(pair->router, NULL, 0, false);
    assert_int_equal(zmq_msg_size(&moved), 0);
    assert_int_equal(zmq_msg_size(&shared), 6);
    zmq_pollitem_t item = {pair->dealer, 0, ZMQ_POLLIN, 0};
    assert_int_equal(zmq_poll(&item, 1, LIMIT_MS), 1);
    assert_int_equal(frames_receive(&pair->frames, pair->dealer), 1);
    assert_int_equal(pair->frames.count, 4);
    assert_true(frames_equal(&pair->frames, 0, "put", 3));
    assert_true(frames_equal(&pair->frames, 1, "moved", 5));
    assert_true(frames_equal(&pair->frames, 2, "shared", 6));
    assert_true(frames_equal(&pair->frames, 3, "", 0));
    frames_close(&pair->frames);
    zmq_msg_close(&id);
    zmq_msg_close(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_there, s_set_up, s_tear_down),
        cmocka_unit_test_setup_teardown(test_whole_message, s_set_up, s_tear_down),
        cmocka_unit_test_setup_teardown(test_too_long_is_told_and_leaves_the_next_alone, s_set_up,
                                        s_tear_down),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test_setup_teardown(test_nobody_there, s_set_up, s_tear_down),
        cmocka_unit_test_setup_teardown(test_send, s_set_up, s_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
