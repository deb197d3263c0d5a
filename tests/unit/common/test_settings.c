#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/settings.h"

static const lex_setting_t s_settings[] = {
    LEX_LOG_SETTINGS,   LEX_DB_SETTINGS("lexmq_test"), LEX_WORKER_SETTINGS("4"),
    LEX_WATCH_SETTINGS, {NULL, NULL, NULL, NULL},
};
static const lex_program_t s_program = {
    .program = "lexmq-test",
    .summary = "Tests the settings.",
    .settings = s_settings,
};

#define ARGUMENTS_MAX 8

static lex_config_t *s_config(const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX] = {"lexmq-test"};
    int argc = 1, exit_code;

    for (; *arguments; arguments++)
        argv[argc++] = (char *)*arguments;
    return lex_config_new(&s_program, argc, argv, &exit_code);
}
#define CONFIG(...) s_config((const char *const[]){__VA_ARGS__, NULL})

static void options_of_a_worker(void **state)
{
    (void)state;
    lex_config_t *config = CONFIG("--certificate=c", "--gateway-certificate=g", "--threads=0");
    lex_worker_options_t worker = lex_settings_worker(config);
    assert_string_equal(worker.gateways, "tcp://127.0.0.1:5556");
    assert_string_equal(worker.certificate, "c");
    assert_string_equal(worker.gateway_certificate, "g");
    assert_false(worker.insecure);
    assert_int_equal(worker.heartbeat_ms, 1000);
    assert_int_equal(worker.drain_ms, 10000);
    assert_int_equal(worker.threads, 0);
    assert_int_equal(worker.queue, 0);
    assert_null(worker.metrics);
    assert_string_equal(worker.program, "lexmq-test");
    lex_config_destroy(&config);

    config = CONFIG("--insecure", "--certificate=c", "--metrics=*:9464");
    worker = lex_settings_worker(config);
    assert_string_equal(worker.metrics, "*:9464");
    assert_true(worker.insecure);
    assert_null(worker.certificate);
    assert_null(worker.gateway_certificate);
    assert_int_equal(worker.threads, 4);
    lex_config_destroy(&config);
}

static void what_is_told_of_requests(void **state)
{
    (void)state;
    const unsigned char id[LEX_LOG_ID_SIZE] = {[LEX_LOG_ID_SIZE - 1] = 6};
    lex_config_t *config = CONFIG("--insecure");
    lex_settings_watch(config);
    assert_false(lex_log_is_followed(id));
    assert_true(lex_log_is_slow(1000) && !lex_log_is_slow(999));
    lex_config_destroy(&config);
    config = CONFIG("--log-requests=3", "--log-slow=20");
    lex_settings_watch(config);
    assert_true(lex_log_is_followed(id));
    assert_true(lex_log_is_slow(20) && !lex_log_is_slow(19));
    lex_config_destroy(&config);
    lex_log_setup_requests(0, 1000);
}

static void options_of_a_database(void **state)
{
    (void)state;
    lex_config_t *config = CONFIG("--db-hosts=a:1,b:2", "--db-password-file=p");
    lex_db_options_t db = lex_settings_db(config, "lexmq_auth");
    assert_string_equal(db.hosts, "a:1,b:2");
    assert_string_equal(db.user, "lexmq_test");
    assert_string_equal(db.password_file, "p");
    assert_string_equal(db.schema, "lexmq_auth");
    assert_int_equal(db.timeout_ms, 5000);
    assert_false(db.multi_statements);
    lex_config_destroy(&config);
}

/* The exit code of a program that starts with this argument. */
static int s_start(const char *argument)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        lex_config_t *config = CONFIG("--certificate=c", "--gateway-certificate=g", argument);
        if (!config)
            _exit(3);
        lex_settings_log(config, "lexmq-test");
        lex_settings_db(config, NULL);
        lex_settings_worker(config);
        lex_config_destroy(&config);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void bad_values_end_the_program(void **state)
{
    static const char *const bad[] = {
        "--log-level=loud", "--log-format=xml", "--db-hosts=",    "--db-user=",
        "--db-timeout=0",   "--gateways=",      "--certificate=", "--gateway-certificate=",
        "--heartbeat=0",    "--drain=-1",       "--threads=257",  "--threads=many",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(s_start(bad[i]), 2);
    assert_int_equal(s_start("--log-level=debug"), 0);
    assert_int_equal(s_start("--log-format=json"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_a_worker),
        cmocka_unit_test(options_of_a_database),
        cmocka_unit_test(what_is_told_of_requests),
        cmocka_unit_test(bad_values_end_the_program),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
