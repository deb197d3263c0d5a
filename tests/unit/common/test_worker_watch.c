/* A worker as it is watched: ready or not, and what it counts. */

#include "tests/unit/common/watch_fixture.h"

/* ---- readiness ---- */

static void test_ready_when_a_gateway_is_there(void **state)
{
    watch_fixture_t *self = *state;
    assert_int_equal(pthread_create(&self->thread, NULL, watch_run, self->worker), 0);
    self->running = true;
    watch_expect(self, "/livez", 200, "ok\n");
    /* READY is said, but nobody has answered yet. */
    fake_gateway_ready(self->gateway, "words", 1000, 64);
    watch_expect(self, "/readyz", 503, "no gateway takes requests of words\n");
    watch_expect(self, "/healthz", 503, "no gateway takes requests of words\n");
    fake_gateway_command(self->gateway, MDPW_HEARTBEAT);
    watch_await(self, "/readyz", "ok\n");
    watch_expect(self, "/healthz", 200, "ok\n");
    self->reason = "database is away";
    watch_expect(self, "/readyz", 503, "database is away\n");
    watch_expect(self, "/healthz", 200, "ok\n");
    self->reason = NULL;
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    watch_await(self, "/readyz", "no gateway takes requests of words\n");
    assert_true(atomic_load(&self->inspected) > 0);
}

static void test_each_service_needs_a_gateway(void **state)
{
    watch_fixture_t *self = *state;
    lex_service_t other = {.name = "others", .ops = watch_ops, .credit = 1};
    lex_worker_serve(self->worker, &other, self);
    assert_int_equal(pthread_create(&self->thread, NULL, watch_run, self->worker), 0);
    self->running = true;
    watch_expect(self, "/readyz", 503,
                 "no gateway takes requests of words\nno gateway takes requests of others\n");
}

static void test_draining(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    fake_gateway_command(self->gateway, MDPW_HEARTBEAT);
    watch_await(self, "/readyz", "ok\n");
    watch_ask(self, "hold", 1);
    lex_worker_stop(self->worker);
    zmsg_t *drain = fake_gateway_expect(self->gateway, MDP_WORKER, MDPW_DRAIN, NULL);
    zmsg_destroy(&drain);
    watch_expect(self, "/readyz", 503, "draining\n");
    watch_expect(self, "/livez", 200, "ok\n");
    watch_ask(self, "free", 1);
    watch_take(self, 2);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
}

/* ---- the monitor's life ---- */

static void *s_ask_for_page(void *arg)
{
    const watch_fixture_t *self = arg;
    http_reply_t reply = http_get(self->port, "/metrics");
    assert_true(reply.status == 0 || reply.status == 503);
    http_free(&reply);
    return NULL;
}

/* Whoever asks a worker that does not run is told so, and must not reach it when it is gone. */
static void test_a_worker_that_does_not_run(void **state)
{
    watch_fixture_t *self = *state;
    watch_expect(self, "/livez", 503, "the loop does not answer\n");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_ask_for_page, self), 0);
    lex_worker_destroy(&self->worker);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&self->inspected), 0);
}

static void test_asked_while_it_ends(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    watch_expect(self, "/livez", 200, "ok\n");
    watch_stop(self);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_ask_for_page, self), 0);
    lex_worker_destroy(&self->worker);
    pthread_join(thread, NULL);
}

static void test_a_bad_address(void **state)
{
    (void)state;
    lex_worker_options_t options = {
        .gateways = "tcp://127.0.0.1:1", .insecure = true, .metrics = "nonsense"};
    assert_null(lex_worker_new(&options));
}

/* ---- the page ---- */

static void s_has(const char *page, const char *line)
{
    char *whole = NULL;
    assert_true(asprintf(&whole, "\n%s\n", line) > 0);
    if (!strstr(page, whole))
        fail_msg("the page lacks: %s\n%s", line, page);
    free(whole);
}

static void test_requests_are_counted(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    fake_gateway_command(self->gateway, MDPW_HEARTBEAT);
    watch_ask(self, "ok", 50);
    watch_ask(self, "pool", 3);
    watch_ask(self, "refuse", 2);
    watch_ask(self, "fail", 1);
    watch_ask(self, "nonsense", 4);
    watch_take(self, 60);
    watch_ask(self, "hold", 1);
    watch_await(self, "/readyz", "ok\n");
    char *page;
    int64_t begin = lex_monotonic_ms();
    while (!strstr((page = watch_page(self)), "lexmq_requests_open{service=\"words\"} 1\n") &&
           lex_monotonic_ms() - begin < FAKE_LIMIT_MS)
        free(page);
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"ok\",code=\"ok\"} 50");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"pool\",code=\"ok\"} 3");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"refuse\",code=\"ok\"} 0");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"refuse\",code=\"not_found\"} 2");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"fail\",code=\"unavailable\"} 1");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"\",code=\"bad_request\"} 4");
    s_has(page, "lexmq_request_duration_seconds_count{service=\"words\",op=\"ok\"} 50");
    s_has(page, "lexmq_request_duration_seconds_bucket{service=\"words\",op=\"pool\",le=\"10\"} 3");
    s_has(page, "lexmq_request_duration_seconds_count{service=\"words\",op=\"\"} 4");
    s_has(page, "lexmq_requests_open{service=\"words\"} 1");
    s_has(page, "lexmq_credit{service=\"words\"} 1000");
    s_has(page, "lexmq_pool_queued 0");
    s_has(page, "lexmq_of_the_service 3");
    assert_null(strstr(page, "op=\"hold\",le=")); /* not answered: no duration */
    char *up = NULL;
    assert_true(asprintf(&up, "lexmq_session_up{service=\"words\",gateway=\"%s\"} 1",
                         self->gateway->endpoint) > 0);
    s_has(page, up);
    free(up);
    free(page);
    watch_ask(self, "free", 1);
    watch_take(self, 2);
    page = watch_page(self);
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"hold\",code=\"ok\"} 1");
    s_has(page, "lexmq_requests_open{service=\"words\"} 0");
    free(page);
}

/* A reply whose session is gone was worked for, and is counted in both places. */
static void test_dropped_replies_are_counted(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    watch_ask(self, "hold", 1);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    fake_gateway_ready(self->gateway, "words", 1000, 64);
    fake_gateway_command(self->gateway, MDPW_HEARTBEAT);
    watch_ask(self, "free", 1);
    watch_take(self, 1);
    char *page = watch_page(self);
    s_has(page, "lexmq_replies_dropped_total 1");
    s_has(page, "lexmq_requests_total{service=\"words\",op=\"hold\",code=\"ok\"} 1");
    s_has(page, "lexmq_requests_open{service=\"words\"} 0");
    free(page);
}

static void s_called(void *arg, lex_code_t code, const lex_body_t *reply)
{
    (void)reply;
    atomic_store((atomic_int *)arg, (int)code);
}

static atomic_int s_outcome;

static void s_call(void *arg)
{
    watch_fixture_t *self = arg;
    lex_writer_t call;
    lex_writer_init(&call);
    lex_write_request(&call, TEST_ID, "op", NULL, 0, 0);
    lex_worker_call(self->worker, "elsewhere", &call, 50, s_called, &s_outcome);
    lex_writer_close(&call);
}

static void test_calls_are_counted(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    atomic_store(&s_outcome, -1);
    lex_worker_post(self->worker, s_call, self);
    while (atomic_load(&s_outcome) < 0)
        sched_yield();
    assert_int_equal(atomic_load(&s_outcome), LEX_TIMEOUT);
    char *page = watch_page(self);
    s_has(page, "lexmq_calls_total{service=\"elsewhere\",code=\"timeout\"} 1");
    s_has(page, "lexmq_calls_total{service=\"elsewhere\",code=\"ok\"} 0");
    s_has(page, "lexmq_call_duration_seconds_bucket{service=\"elsewhere\",le=\"0.025\"} 0");
    s_has(page, "lexmq_call_duration_seconds_count{service=\"elsewhere\"} 1");
    s_has(page, "lexmq_calls_open 0");
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_ready_when_a_gateway_is_there),
        WATCH_TEST(test_each_service_needs_a_gateway),
        cmocka_unit_test_setup_teardown(test_draining, watch_setup_patient, watch_teardown),
        WATCH_TEST(test_a_worker_that_does_not_run),
        WATCH_TEST(test_asked_while_it_ends),
        cmocka_unit_test(test_a_bad_address),
        WATCH_TEST(test_requests_are_counted),
        WATCH_TEST(test_dropped_replies_are_counted),
        WATCH_TEST(test_calls_are_counted),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests_name("worker watch", tests, NULL, NULL);
}
