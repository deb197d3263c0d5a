/* docs/protocol.md section 2.2, the worker's half: READY, heartbeats, liveness, fresh sessions, several gateways. */

#include "tests/unit/common/worker_thread.h"

/* Short enough to wait for silence, long enough for a busy machine. */
#define HEARTBEAT_MS 500

typedef struct {
    fake_gateway_t *first;
    fake_gateway_t *second;
    worker_thread_t *worker;
    lex_writer_t request;
} s_fixture_t;

static int s_setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof(*self));
    lex_writer_init(&self->request);
    *state = self;
    return 0;
}

static int s_teardown(void **state)
{
    s_fixture_t *self = *state;
    worker_thread_destroy(&self->worker);
    fake_gateway_destroy(&self->first);
    fake_gateway_destroy(&self->second);
    lex_writer_close(&self->request);
    free(self);
    return 0;
}

static void s_start(s_fixture_t *self, const char *endpoints, unsigned credit, unsigned batch)
{
    self->worker = worker_thread_new(endpoints, HEARTBEAT_MS, 0);
    worker_thread_serve(self->worker, "words", credit, batch);
    worker_thread_start(self->worker);
}

static void s_start_with_one(s_fixture_t *self)
{
    self->first = fake_gateway_new();
    s_start(self, self->first->endpoint, 10, 8);
    fake_gateway_ready(self->first, "words", 10, 8);
}

static void s_echoes(fake_gateway_t *gateway, lex_writer_t *request, uint64_t address)
{
    make_request(request, "echo", "word");
    fake_gateway_request(gateway, address, request);
    fake_gateway_final(gateway, address, LEX_OK);
}

static void test_ready_without_options(void **state)
{
    s_fixture_t *self = *state;
    self->first = fake_gateway_new();
    s_start(self, self->first->endpoint, 1, 0);
    fake_gateway_ready(self->first, "words", 0, 0);
    s_echoes(self->first, &self->request, 1);
}

static void test_a_session_for_each_service(void **state)
{
    s_fixture_t *self = *state;
    self->first = fake_gateway_new();
    self->worker = worker_thread_new(self->first->endpoint, HEARTBEAT_MS, 0);
    const char *names[] = {"words", "history", "history.record"};
    for (unsigned i = 0; i < 3; i++) {
        worker_thread_serve(self->worker, names[i], 5, 0);
    }
    worker_thread_start(self->worker);
    unsigned seen = 0;
    zframe_t *peers[3] = {0};
    for (unsigned i = 0; i < 3; i++) {
        zmsg_t *ready = fake_gateway_expect(self->first, MDP_WORKER, MDPW_READY, &peers[i]);
        for (unsigned j = 0; j < 3; j++) {
            seen |= (unsigned)zframe_streq(zmsg_first(ready), names[j]) << j;
        }
        zmsg_destroy(&ready);
    }
    assert_int_equal(seen, 7);
    assert_false(zframe_eq(peers[0], peers[1]));
    assert_false(zframe_eq(peers[0], peers[2]));
    assert_false(zframe_eq(peers[1], peers[2]));
    for (unsigned i = 0; i < 3; i++) {
        zframe_destroy(&peers[i]);
    }
}

/* True from the third time it is asked on. */
static bool s_is_ready(void *arg)
{
    return atomic_fetch_add((atomic_uint *)arg, 1) >= 2;
}

static void test_a_session_waits_until_the_service_can_serve(void **state)
{
    s_fixture_t *self = *state;
    atomic_uint asked = 0;
    self->first = fake_gateway_new();
    self->worker = worker_thread_new(self->first->endpoint, HEARTBEAT_MS, 0);
    worker_thread_serve(self->worker, "words", 10, 8);
    lex_worker_open_when(self->worker->worker, s_is_ready, &asked);
    worker_thread_start(self->worker);
    fake_gateway_ready(self->first, "words", 10, 8);
    assert_true(atomic_load(&asked) >= 3);
    s_echoes(self->first, &self->request, 1);
}

static void test_heartbeats(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    int64_t start = lex_monotonic_ms();
    fake_reply_t reply;
    assert_false(fake_gateway_next_reply(self->first, HEARTBEAT_MS * 6, &reply));
    int64_t beats = (lex_monotonic_ms() - start) / HEARTBEAT_MS;
    /* One an interval, with much allowance for a slow machine. */
    assert_true(self->first->heartbeats >= 3);
    assert_true(self->first->heartbeats <= 2 * (uint64_t)beats);
}

static void test_disconnect_starts_a_fresh_session(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    for (unsigned i = 0; i < 3; i++) {
        zframe_t *before = zframe_dup(self->first->peer);
        fake_gateway_command(self->first, MDPW_DISCONNECT);
        zframe_destroy(&self->first->peer);
        fake_gateway_ready(self->first, "words", 10, 8);
        assert_false(zframe_eq(before, self->first->peer));
        zframe_destroy(&before);
        s_echoes(self->first, &self->request, i);
    }
}

/* What was asked in a session is not answered in the next. */
static void test_replies_of_a_session_that_is_gone_are_dropped(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    make_request(&self->request, "hold", "");
    fake_gateway_request(self->first, 1, &self->request);
    fake_gateway_request(self->first, 2, &self->request);
    s_echoes(self->first, &self->request, 3);
    fake_gateway_command(self->first, MDPW_DISCONNECT);
    zframe_destroy(&self->first->peer);
    fake_gateway_ready(self->first, "words", 10, 8);
    make_request(&self->request, "free", "");
    fake_gateway_request(self->first, 4, &self->request);
    fake_gateway_final(self->first, 4, LEX_OK);
    s_echoes(self->first, &self->request, 5);
}

static void test_a_silent_gateway_gets_a_fresh_session(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    zframe_t *before = self->first->peer;
    self->first->peer = NULL; /* nobody is sent heartbeats */
    int64_t start = lex_monotonic_ms();
    fake_gateway_ready(self->first, "words", 10, 8);
    assert_true(lex_monotonic_ms() - start >= HEARTBEAT_MS * 2);
    assert_false(zframe_eq(before, self->first->peer));
    zframe_destroy(&before);
    s_echoes(self->first, &self->request, 1);
}

static void test_a_broken_batch_ends_the_session(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    zmsg_t *broken = zmsg_new();
    zmsg_addmem(broken, "\x02\x08\x05\x00\x00\x00rest", 10);
    fake_gateway_say(self->first, self->first->peer, MDP_WORKER, MDPW_BATCH, broken);
    zmsg_t *rest = fake_gateway_expect(self->first, MDP_WORKER, MDPW_DISCONNECT, NULL);
    zmsg_destroy(&rest);
    zframe_destroy(&self->first->peer);
    fake_gateway_ready(self->first, "words", 10, 8);
    s_echoes(self->first, &self->request, 1);
}

static void s_tick(void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
}

static void test_the_gateway_may_come_later(void **state)
{
    s_fixture_t *self = *state;
    int nobody;
    char *endpoint = fake_gateway_nowhere(&nobody);
    atomic_uint ticks = 0;
    self->worker = worker_thread_new(endpoint, HEARTBEAT_MS, 0);
    worker_thread_serve(self->worker, "words", 10, 8);
    lex_worker_every(self->worker->worker, HEARTBEAT_MS, s_tick, &ticks);
    worker_thread_start(self->worker);
    /* Long enough for the worker to have failed and said so. */
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (atomic_load(&ticks) < 4 && lex_monotonic_ms() < end) {
        zclock_sleep(5);
    }
    close(nobody);
    self->first = fake_gateway_new_at(endpoint);
    fake_gateway_ready(self->first, "words", 10, 8);
    s_echoes(self->first, &self->request, 1);
    zstr_free(&endpoint);
}

/* A new gateway in the old place does not know us: it says so to our first heartbeat. */
static void test_a_gateway_that_was_started_again(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    char *endpoint = strdup(self->first->endpoint);
    fake_gateway_destroy(&self->first);
    self->first = fake_gateway_new_at(endpoint);
    bool is_ready = false;
    for (unsigned i = 0; i < 100 && !is_ready; i++) {
        zmsg_t *msg = zmsg_recv(self->first->router);
        assert_non_null(msg);
        zframe_t *peer = zmsg_pop(msg);
        zframe_t *header = zmsg_pop(msg), *command = zmsg_pop(msg);
        is_ready = zframe_data(command)[0] == MDPW_READY;
        if (is_ready) {
            self->first->peer = peer;
        } else {
            fake_gateway_say(self->first, peer, MDP_WORKER, MDPW_DISCONNECT, NULL);
            zframe_destroy(&peer);
        }
        zframe_destroy(&header);
        zframe_destroy(&command);
        zmsg_destroy(&msg);
    }
    assert_true(is_ready);
    s_echoes(self->first, &self->request, 1);
    free(endpoint);
}

static void test_two_gateways_do_not_disturb_one_another(void **state)
{
    s_fixture_t *self = *state;
    self->first = fake_gateway_new();
    self->second = fake_gateway_new();
    char *both = lex_format("%s, %s", self->first->endpoint, self->second->endpoint);
    s_start(self, both, 10, 8);
    free(both);
    fake_gateway_ready(self->first, "words", 10, 8);
    fake_gateway_ready(self->second, "words", 10, 8);
    s_echoes(self->first, &self->request, 1);
    s_echoes(self->second, &self->request, 2);

    /* The first goes away; the second keeps its session and its service. */
    fake_gateway_destroy(&self->first);
    int64_t end = lex_monotonic_ms() + HEARTBEAT_MS * 6;
    for (uint64_t i = 10; lex_monotonic_ms() < end; i++) {
        int64_t asked = lex_monotonic_ms();
        s_echoes(self->second, &self->request, i);
        assert_true(lex_monotonic_ms() - asked < 2000);
    }
}

/* The worker is stopped as a process would be: both gateways have spoken, and neither may be taken for silent. */
static void s_stand_still(void *arg)
{
    (void)arg;
    zclock_sleep(HEARTBEAT_MS * 5);
}

static void test_a_loop_that_stood_still_blames_nobody(void **state)
{
    s_fixture_t *self = *state;
    s_start_with_one(self);
    s_echoes(self->first, &self->request, 1);
    lex_worker_post(self->worker->worker, s_stand_still, NULL);
    /* In the same session, although more than three intervals went by. */
    s_echoes(self->first, &self->request, 2);
    fake_reply_t reply;
    assert_false(fake_gateway_next_reply(self->first, HEARTBEAT_MS * 2, &reply));
    s_echoes(self->first, &self->request, 3);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, s_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ready_without_options),
        TEST(test_a_session_for_each_service),
        TEST(test_a_session_waits_until_the_service_can_serve),
        TEST(test_heartbeats),
        TEST(test_disconnect_starts_a_fresh_session),
        TEST(test_replies_of_a_session_that_is_gone_are_dropped),
        TEST(test_a_silent_gateway_gets_a_fresh_session),
        TEST(test_a_broken_batch_ends_the_session),
        TEST(test_the_gateway_may_come_later),
        TEST(test_a_gateway_that_was_started_again),
        TEST(test_two_gateways_do_not_disturb_one_another),
        TEST(test_a_loop_that_stood_still_blames_nobody),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
