/* docs/protocol.md section 2.5, the worker's half, and how lex_worker_run ends. */

#include "tests/unit/common/worker_fixture.h"

#include <signal.h>

#define HEARTBEAT_MS 500
#define DRAIN_MS     20000 /* never reached where a test means to drain in order */

static int s_setup(void **state)
{
    worker_fixture_new(state);
    return 0;
}

static void s_start(worker_fixture_t *self, unsigned drain_ms, unsigned credit)
{
    self->worker = worker_thread_new(self->gateway->endpoint, HEARTBEAT_MS, drain_ms);
    worker_thread_serve(self->worker, "words", credit, 0);
    worker_thread_start(self->worker);
    fake_gateway_ready(self->gateway, "words", credit > 1 ? credit : 0, 0);
}

static void s_expect(worker_fixture_t *self, uint8_t command)
{
    zmsg_t *rest = fake_gateway_expect(self->gateway, MDP_WORKER, command, NULL);
    assert_int_equal(zmsg_size(rest), 0);
    zmsg_destroy(&rest);
}

static void test_drain_when_idle(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 10);
    lex_worker_stop(self->worker->worker);
    s_expect(self, MDPW_DRAIN);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
    assert_true(lex_worker_is_draining(self->worker->worker));
}

/* Open requests, and one that crossed our DRAIN, are finished; meanwhile we go on with heartbeats. */
static void test_drain_finishes_what_is_open(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 10);
    make_request(&self->request, "hold", "");
    fake_gateway_request(self->gateway, 1, &self->request);
    make_request(&self->request, "echo", "");
    fake_gateway_request(self->gateway, 2, &self->request);
    fake_gateway_final(self->gateway, 2, LEX_OK);
    lex_worker_stop(self->worker->worker);
    s_expect(self, MDPW_DRAIN);
    unsigned heartbeats = self->gateway->heartbeats;
    fake_reply_t reply;
    assert_false(fake_gateway_next_reply(self->gateway, 3 * HEARTBEAT_MS, &reply));
    assert_true(self->gateway->heartbeats > heartbeats);
    make_request(&self->request, "free", "");
    fake_gateway_request(self->gateway, 3, &self->request);
    fake_gateway_final(self->gateway, 1, LEX_OK);
    fake_gateway_final(self->gateway, 3, LEX_OK);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
}

static void test_a_hold_keeps_us(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 10);
    lex_worker_hold(self->worker->worker);
    lex_worker_hold(self->worker->worker);
    lex_worker_stop(self->worker->worker);
    s_expect(self, MDPW_DRAIN);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    lex_worker_release(self->worker->worker);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_sec += 1;
    assert_int_equal(pthread_timedjoin_np(self->worker->thread, NULL, &soon), ETIMEDOUT);
    lex_worker_release(self->worker->worker);
    assert_int_equal(worker_thread_join(self->worker), 0);
}

static void test_a_plain_worker_says_disconnect(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 1);
    make_request(&self->request, "hold", "");
    fake_gateway_request(self->gateway, 1, &self->request);
    make_request(&self->request, "echo", "");
    fake_gateway_request(self->gateway, 2, &self->request);
    fake_gateway_final(self->gateway, 2, LEX_OK);
    lex_worker_stop(self->worker->worker);
    make_request(&self->request, "free", "");
    fake_gateway_request(self->gateway, 3, &self->request);
    fake_gateway_final(self->gateway, 1, LEX_OK);
    fake_gateway_final(self->gateway, 3, LEX_OK);
    s_expect(self, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
}

static void test_the_time_to_drain_has_an_end(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, 300, 10);
    make_request(&self->request, "hold", "");
    fake_gateway_request(self->gateway, 1, &self->request);
    make_request(&self->request, "echo", "");
    fake_gateway_request(self->gateway, 2, &self->request);
    fake_gateway_final(self->gateway, 2, LEX_OK);
    int64_t start = lex_monotonic_ms();
    lex_worker_stop(self->worker->worker);
    s_expect(self, MDPW_DRAIN);
    s_expect(self, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
    assert_true(lex_monotonic_ms() - start >= 300);
}

static void test_the_gateway_may_die_meanwhile(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 10);
    lex_worker_stop(self->worker->worker);
    s_expect(self, MDPW_DRAIN);
    fake_gateway_destroy(&self->gateway);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(worker_thread_join(self->worker), 0);
    assert_true(lex_monotonic_ms() - start < DRAIN_MS / 2);
}

static void s_count(void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
}

static void s_stop(void *arg)
{
    worker_thread_t *self = arg;
    lex_worker_stop(self->worker);
}

/* Posted functions, timers and after_round callbacks; a worker without services ends as soon as it is told to. */
static void test_the_loop_runs_what_it_is_given(void **state)
{
    worker_fixture_t *self = *state;
    atomic_uint posted = 0, ticks = 0, rounds = 0;
    self->worker = worker_thread_new(self->gateway->endpoint, HEARTBEAT_MS, DRAIN_MS);
    lex_worker_t *worker = self->worker->worker;
    lex_worker_every(worker, 10, s_count, &ticks);
    lex_worker_after_round(worker, s_count, &rounds);
    worker_thread_start(self->worker);
    for (unsigned i = 0; i < 1000; i++) {
        lex_worker_post(worker, s_count, &posted);
    }
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (atomic_load(&ticks) < 3 && lex_monotonic_ms() < end) {
        zclock_sleep(5);
    }
    lex_worker_post(worker, s_stop, self->worker);
    assert_int_equal(worker_thread_join(self->worker), 0);
    assert_int_equal(atomic_load(&posted), 1000);
    assert_true(atomic_load(&ticks) >= 3);
    assert_true(atomic_load(&rounds) >= 3);
}

static void test_stopped_before_it_runs(void **state)
{
    worker_fixture_t *self = *state;
    self->worker = worker_thread_new(self->gateway->endpoint, HEARTBEAT_MS, DRAIN_MS);
    worker_thread_serve(self->worker, "words", 10, 0);
    lex_worker_stop(self->worker->worker);
    worker_thread_start(self->worker);
    assert_int_equal(worker_thread_join(self->worker), 0);
}

/* ---- signals ---- */

static void s_own_handler(int number)
{
    (void)number;
}

static void test_sigterm_drains_and_handlers_are_restored(void **state)
{
    worker_fixture_t *self = *state;
    struct sigaction own = {.sa_handler = s_own_handler}, seen;
    sigaction(SIGTERM, &own, NULL);
    s_start(self, DRAIN_MS, 10);
    sigaction(SIGPIPE, NULL, &seen);
    assert_true(seen.sa_handler == SIG_IGN);
    kill(getpid(), SIGTERM);
    s_expect(self, MDPW_DRAIN);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
    sigaction(SIGTERM, NULL, &seen);
    assert_true(seen.sa_handler == s_own_handler);
    sigaction(SIGPIPE, NULL, &seen);
    assert_true(seen.sa_handler == SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static void test_a_second_signal_ends_at_once(void **state)
{
    worker_fixture_t *self = *state;
    s_start(self, DRAIN_MS, 10);
    make_request(&self->request, "hold", "");
    fake_gateway_request(self->gateway, 1, &self->request);
    kill(getpid(), SIGINT);
    s_expect(self, MDPW_DRAIN);
    int64_t start = lex_monotonic_ms();
    kill(getpid(), SIGTERM);
    s_expect(self, MDPW_DISCONNECT);
    assert_int_equal(worker_thread_join(self->worker), 0);
    assert_true(lex_monotonic_ms() - start < DRAIN_MS / 2);
}

/* ---- what cannot work ---- */

static void test_options_that_cannot_work(void **state)
{
    (void)state;
    lex_worker_options_t options = {.gateways = "tcp://127.0.0.1:5556"};
    assert_null(lex_worker_new(&options));
    options.certificate = "/nonexistent";
    options.gateway_certificate = "/nonexistent";
    assert_null(lex_worker_new(&options));
    options.insecure = true;
    options.gateways = NULL;
    assert_null(lex_worker_new(&options));
    options.gateways = " , ,";
    assert_null(lex_worker_new(&options));
    options.gateways = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q";
    assert_null(lex_worker_new(&options));
}

static void test_a_malformed_endpoint_is_a_fault(void **state)
{
    worker_fixture_t *self = *state;
    self->worker = worker_thread_new("not an endpoint", HEARTBEAT_MS, DRAIN_MS);
    worker_thread_serve(self->worker, "words", 10, 0);
    worker_thread_start(self->worker);
    assert_int_equal(worker_thread_join(self->worker), -1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, worker_fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_drain_when_idle),
        TEST(test_drain_finishes_what_is_open),
        TEST(test_a_hold_keeps_us),
        TEST(test_a_plain_worker_says_disconnect),
        TEST(test_the_time_to_drain_has_an_end),
        TEST(test_the_gateway_may_die_meanwhile),
        TEST(test_the_loop_runs_what_it_is_given),
        TEST(test_stopped_before_it_runs),
        TEST(test_sigterm_drains_and_handlers_are_restored),
        TEST(test_a_second_signal_ends_at_once),
        cmocka_unit_test(test_options_that_cannot_work),
        TEST(test_a_malformed_endpoint_is_a_fault),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
