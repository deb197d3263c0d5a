/* The guard on a socket of its own, whose loop is the test: honest connections stay, however late it hears of them. */

#include "tests/unit/gateway/unit.h"

#include <czmq.h>

#include "common/clock.h"
#include "gateway/frames.h"
#include "gateway/guard.h"

#define MIB      (1 << 20)
#define MESSAGES 8
#define LIMIT_MS 10000

typedef struct {
    guard_t *guard;
    zsock_t *front, *back, *client;
} s_world_t;

/* `connection_bytes` of the front; nothing is at the back. */
static s_world_t s_open(uint64_t connection_bytes)
{
    const connections_limit_t limit[SIDES] = {
        [SIDE_FRONT] = {10, connection_bytes, 64 * connection_bytes}, [SIDE_BACK] = {10, MIB, MIB}};
    s_world_t world = {.guard = guard_new(limit, false),
                       .front = zsock_new(ZMQ_ROUTER),
                       .back = zsock_new(ZMQ_ROUTER),
                       .client = zsock_new(ZMQ_DEALER)};
    assert_true(guard_watch(world.guard, SIDE_FRONT, world.front));
    assert_true(guard_watch(world.guard, SIDE_BACK, world.back));
    int port = zsock_bind(world.front, "tcp://127.0.0.1:*");
    assert_true(port > 0);
    assert_int_equal(zsock_connect(world.client, "tcp://127.0.0.1:%d", port), 0);
    return world;
}

static void s_close(s_world_t *self)
{
    guard_stop(self->guard);
    zsock_destroy(&self->client);
    zsock_destroy(&self->front);
    zsock_destroy(&self->back);
    guard_destroy(&self->guard);
}

static void s_send(s_world_t *self, size_t size)
{
    zframe_t *frame = zframe_new(NULL, size);
    assert_int_equal(zframe_send(&frame, self->client, 0), 0);
}

/* What the loop does with a message. */
static void s_take(s_world_t *self)
{
    frames_t frames;
    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    int rc;
    while ((rc = frames_receive(&frames, zsock_resolve(self->front))) == 0) {
        assert_true(lex_monotonic_ms() < end);
        zclock_sleep(1);
    }
    assert_int_equal(rc, 1);
    assert_true(meter_take(guard_meter(self->guard), &frames) >= 0);
    frames_close(&frames);
}

static guard_figures_t s_figures(s_world_t *self)
{
    guard_figures_t figures;
    guard_figures(self->guard, SIDE_FRONT, &figures);
    return figures;
}

static void test_heard_of_late(void **state)
{
    (void)state;
    s_world_t world = s_open(2 * MIB);
    for (int i = 0; i < MESSAGES; i++) {
        s_send(&world, MIB);
        s_take(&world);
    }
    guard_start(world.guard);
    /* There is a look a second at least, and two in a row would end it. What was in doubt is not, once it has asked again. */
    int64_t end = lex_monotonic_ms() + LIMIT_MS, least = lex_monotonic_ms() + 3500;
    guard_figures_t figures = s_figures(&world);
    while (figures.ended == 0 && lex_monotonic_ms() < end &&
           (figures.open == 0 || figures.unread >= MIB || lex_monotonic_ms() < least)) {
        s_send(&world, 1);
        s_take(&world);
        meter_dry(guard_meter(world.guard), SIDE_FRONT);
        zclock_sleep(10);
        figures = s_figures(&world);
    }
    assert_int_equal(figures.open, 1);
    assert_int_equal(figures.ended, 0);
    assert_in_range(figures.unread, 0, MIB);
    s_close(&world);
}

/* Nor is one that holds too much overlooked for that. */
static void test_too_much_unread(void **state)
{
    (void)state;
    s_world_t world = s_open(2 * MIB);
    s_send(&world, 1);
    s_take(&world);
    guard_start(world.guard);
    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    while (s_figures(&world).open == 0 && lex_monotonic_ms() < end)
        zclock_sleep(1);
    for (int i = 0; i < MESSAGES; i++)
        s_send(&world, MIB);
    while (s_figures(&world).ended == 0 && lex_monotonic_ms() < end)
        zclock_sleep(10);
    assert_int_equal(s_figures(&world).ended, 1);
    s_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heard_of_late),
        cmocka_unit_test(test_too_much_unread),
    };
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
