/* A gateway whose host name nobody answers for, beside one that is there. libzmq looks names up on its I/O threads. */

#include "common/settings.h"
#include "tests/unit/common/worker_thread.h"
#include "tests/unit/slow_name.h"

#define HEARTBEAT_MS 300
#define ANSWER_MS    (3 * HEARTBEAT_MS) /* before a gateway would take the worker for lost */
#define REQUESTS     20
#define STEP_MS      50

/* Of the test's own gateway, so that it is not held up itself. */
#define SECOND_THREAD (1 << 1)

static const lex_setting_t s_settings[] = {
    LEX_WORKER_SETTINGS("2"), LEX_WATCH_SETTINGS, {NULL, NULL, NULL, NULL}};

static void test_a_slow_name_holds_up_no_other_gateway(void **state)
{
    (void)state;
    static const lex_program_t program = {
        .program = "test", .summary = "A test.", .settings = s_settings};
    /* The port of a gateway that is made once libzmq has its threads. */
    int reserved, rc = 0;
    char *endpoint = fake_gateway_nowhere(&reserved);
    char *gateways = zsys_sprintf("tcp://" SLOW_NAME ":1,%s", endpoint);
    char *arguments[] = {"test", "--insecure", "--gateways", gateways};
    lex_config_t *config = lex_config_new(&program, 4, arguments, &rc);
    assert_non_null(config);
    lex_settings_worker(config);
    close(reserved);
    fake_gateway_t *gateway = fake_gateway_new_on(endpoint, SECOND_THREAD);

    worker_thread_t *worker = worker_thread_new(gateways, HEARTBEAT_MS, 0);
    worker_thread_serve(worker, "words", 10, 8);
    worker_thread_start(worker);
    fake_gateway_ready(gateway, "words", 10, 8);
    lex_writer_t request;
    lex_writer_init(&request);
    for (uint64_t i = 1; i <= REQUESTS; i++) {
        int64_t asked = lex_monotonic_ms();
        make_request(&request, "echo", "word");
        fake_gateway_request(gateway, i, &request);
        fake_gateway_final(gateway, i, LEX_OK);
        assert_true(lex_monotonic_ms() - asked < ANSWER_MS);
        zclock_sleep(STEP_MS);
    }
    assert_true(atomic_load(&slow_name_asked) > 0);

    atomic_store(&slow_name_is_over, true);
    worker_thread_destroy(&worker);
    fake_gateway_destroy(&gateway);
    lex_writer_close(&request);
    lex_config_destroy(&config);
    zstr_free(&gateways);
    zstr_free(&endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slow_name_holds_up_no_other_gateway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
