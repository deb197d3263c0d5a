#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "common/config.h"

static const lex_setting_t s_settings[] = {
    {"db-hosts", "HOSTS", "127.0.0.1:3306", "database servers"},
    {"limit", "N", "10", "most of them"},
    {"file", "FILE", NULL, "a file"},
    {"insecure", NULL, NULL, "no encryption"},
    {NULL, NULL, NULL, NULL},
};
static const lex_program_t s_program = {
    .program = "lexmq-test",
    .summary = "Tests the settings.",
    .epilogue = "The end.",
    .settings = s_settings,
};

/* The one file of these tests, written anew by s_write_file. */
static char s_path[] = "/tmp/lexmq-config-XXXXXX";

static int s_setup(void **state)
{
    (void)state;
    int file = mkstemp(s_path);
    close(file);
    return file < 0;
}

static int s_teardown(void **state)
{
    (void)state;
    return unlink(s_path);
}

static void s_write_file(const char *text)
{
    FILE *file = fopen(s_path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define ARGUMENTS_MAX 12

static lex_config_t *s_read(int *exit_code, const char *first, va_list rest)
{
    static char *argv[ARGUMENTS_MAX];
    int argc = 0;

    argv[argc++] = "lexmq-test";
    for (const char *next = first; next; next = va_arg(rest, const char *))
        argv[argc++] = (char *)next;
    argv[argc] = NULL;
    return lex_config_new(&s_program, argc, argv, exit_code);
}

/* Settings from these arguments, which end with NULL. */
static lex_config_t *s_config(const char *first, ...)
{
    int exit_code = -1;
    va_list rest;

    va_start(rest, first);
    lex_config_t *config = s_read(&exit_code, first, rest);
    va_end(rest);
    assert_non_null(config);
    assert_int_equal(exit_code, 0);
    return config;
}

/* Runs `use` on the settings in a child, whose output and exit code are returned. */
static char s_output[8192];
typedef void(s_use_fn)(const lex_config_t *config);

static int s_child(int stream, s_use_fn *use, const char *first, ...)
{
    int pipes[2], status, exit_code = -1;
    va_list rest;

    assert_int_equal(pipe(pipes), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], stream);
        va_start(rest, first);
        lex_config_t *config = s_read(&exit_code, first, rest);
        va_end(rest);
        if (config && use)
            use(config);
        lex_config_destroy(&config);
        fflush(NULL);
        _exit(exit_code);
    }
    close(pipes[1]);
    size_t size = 0;
    ssize_t count;
    while (size < sizeof s_output - 1 &&
           (count = read(pipes[0], s_output + size, sizeof s_output - 1 - size)) > 0)
        size += (size_t)count;
    s_output[size] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The arguments are refused with one line on standard error. */
#define REFUSES(message, ...)                                                                      \
    do {                                                                                           \
        assert_int_equal(s_child(STDERR_FILENO, NULL, __VA_ARGS__, NULL), 2);                      \
        assert_string_equal(s_output, message "\n");                                               \
    } while (0)

static void defaults(void **state)
{
    (void)state;
    lex_config_t *config = s_config(NULL);
    assert_string_equal(lex_config_get(config, "db-hosts"), "127.0.0.1:3306");
    assert_null(lex_config_get(config, "file"));
    assert_false(lex_config_is_on(config, "insecure"));
    assert_int_equal(lex_config_number(config, "limit", 0, 10), 10);
    assert_int_equal(lex_config_arguments(config), 0);
    lex_config_destroy(&config);
    assert_null(config);
    lex_config_destroy(&config);
}

static void flags_and_arguments(void **state)
{
    (void)state;
    lex_config_t *config = s_config("one", "--db-hosts", "a:1", "-", "--insecure", "--limit=-7",
                                    "two", "--", "--db-hosts", NULL);
    assert_string_equal(lex_config_get(config, "db-hosts"), "a:1");
    assert_true(lex_config_is_on(config, "insecure"));
    assert_int_equal(lex_config_number(config, "limit", -10, 10), -7);
    assert_int_equal(lex_config_arguments(config), 4);
    assert_string_equal(lex_config_argument(config, 0), "one");
    assert_string_equal(lex_config_argument(config, 1), "-");
    assert_string_equal(lex_config_argument(config, 2), "two");
    assert_string_equal(lex_config_argument(config, 3), "--db-hosts");
    lex_config_destroy(&config);

    config = s_config("--file=a=b", "--insecure", "--insecure=off", "--limit", "1", "--limit", "2",
                      NULL);
    assert_string_equal(lex_config_get(config, "file"), "a=b");
    assert_false(lex_config_is_on(config, "insecure"));
    assert_string_equal(lex_config_require(config, "limit"), "2");
    lex_config_destroy(&config);
}

static void layers(void **state)
{
    (void)state;
    s_write_file("#  comment\ndb-hosts = file:1\nlimit = 1\ninsecure = 1\nfile = \"from file\"\n");
    setenv("LEXMQ_DB_HOSTS", "environment:1", 1);
    setenv("LEXMQ_LIMIT", "2", 1);
    setenv("LEXMQ_UNKNOWN", "x", 1);
    setenv("LEXMQ_FILE", "", 1);
    lex_config_t *config = s_config("word", "--limit", "3", "--config", s_path, NULL);
    assert_string_equal(lex_config_get(config, "limit"), "3");
    assert_string_equal(lex_config_get(config, "db-hosts"), "environment:1");
    assert_string_equal(lex_config_get(config, "file"), "from file");
    assert_true(lex_config_is_on(config, "insecure"));
    assert_int_equal(lex_config_arguments(config), 1);
    lex_config_destroy(&config);

    unsetenv("LEXMQ_DB_HOSTS");
    setenv("LEXMQ_CONFIG", s_path, 1);
    config = s_config("--file=", NULL);
    assert_string_equal(lex_config_get(config, "db-hosts"), "file:1");
    assert_null(lex_config_get(config, "file"));
    lex_config_destroy(&config);
    unsetenv("LEXMQ_CONFIG");
    unsetenv("LEXMQ_LIMIT");
    unsetenv("LEXMQ_FILE");

    s_write_file("");
    config = s_config("--config", s_path, NULL);
    lex_config_destroy(&config);
}

static void mistakes_on_the_command_line(void **state)
{
    (void)state;
    REFUSES("lexmq-test: --nothing is not an option; --help lists them", "--nothing=1");
    REFUSES("lexmq-test: -x is not an option; --help lists them", "-x");
    REFUSES("lexmq-test: --limi is not an option; --help lists them", "--limi", "1");
    REFUSES("lexmq-test: --limit needs a value", "--limit");
    REFUSES("lexmq-test: --config needs a value", "--config");
    REFUSES("lexmq-test: --insecure: \"maybe\" is neither 1 nor 0", "--insecure=maybe");
    setenv("LEXMQ_INSECURE", "maybe", 1);
    REFUSES("lexmq-test: --insecure: \"maybe\" is neither 1 nor 0", "--limit=1");
    unsetenv("LEXMQ_INSECURE");
}

static void s_refuses_file(const char *text, const char *message)
{
    char wanted[256];

    s_write_file(text);
    assert_int_equal(s_child(STDERR_FILENO, NULL, "--config", s_path, NULL), 2);
    snprintf(wanted, sizeof wanted, "lexmq-test: %s: %s\n", s_path, message);
    assert_string_equal(s_output, wanted);
}

static void mistakes_in_the_file(void **state)
{
    static char line[5000];

    (void)state;
    REFUSES("lexmq-test: /nowhere/at/all: No such file or directory", "--config=/nowhere/at/all");
    s_refuses_file("limit = 1\nhosts = a\n",
                   "\"hosts\" is not a setting of this program; --help lists them");
    s_refuses_file("limit = 1\nlimit = 2\n", "\"limit\" is there twice");
    s_refuses_file("limit = 1\n    more = 2\n", "\"limit\" has settings below it, which none has");
    s_refuses_file("limit = 1\n  more = 2\n", "is not ZPL: a setting is a line like  name = value");
    memset(line, 'x', sizeof line - 1);
    s_refuses_file(line, "has a line of more than 1023 bytes");
}

static void s_number(const lex_config_t *config)
{
    printf("%lld\n", (long long)lex_config_number(config, "limit", 1, 100));
}

static void s_require(const lex_config_t *config)
{
    puts(lex_config_require(config, "file"));
}

static void values_that_will_not_do(void **state)
{
    static const char *const bad[] = {
        "0", "101", "1x", "", " 1", "+1", "0x10", "ten", "-", "1.", "99999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char wanted[160];
        assert_int_equal(s_child(STDERR_FILENO, s_number, "--limit", bad[i], NULL), 2);
        snprintf(wanted, sizeof wanted,
                 "lexmq-test: --limit: \"%s\" is not a whole number from 1 to 100\n", bad[i]);
        assert_string_equal(s_output, wanted);
    }
    assert_int_equal(s_child(STDOUT_FILENO, s_number, "--limit", "100", NULL), 0);
    assert_string_equal(s_output, "100\n");
    assert_int_equal(s_child(STDERR_FILENO, s_require, NULL), 2);
    assert_string_equal(s_output, "lexmq-test: --file: is needed and has no value\n");
}

static void help_and_version(void **state)
{
    (void)state;
    assert_int_equal(s_child(STDOUT_FILENO, NULL, "--version", "--nonsense", NULL), 0);
    assert_string_equal(s_output, "lexmq-test " LEXMQ_VERSION "\n");
    assert_int_equal(s_child(STDOUT_FILENO, NULL, "x", "--help", NULL), 0);
    assert_non_null(strstr(s_output, "Usage: lexmq-test [OPTION]…\nTests the settings.\n"));
    assert_non_null(strstr(s_output, "\n  --db-hosts HOSTS  database servers [127.0.0.1:3306]\n"));
    assert_non_null(strstr(s_output, "\n  --insecure        no encryption\n"));
    assert_non_null(strstr(s_output, "\n  --config FILE     read settings"));
    assert_non_null(strstr(s_output, "\nThe end.\n"));
    assert_non_null(strstr(s_output, "Environment: LEXMQ_<NAME>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(flags_and_arguments),
        cmocka_unit_test(layers),
        cmocka_unit_test(mistakes_on_the_command_line),
        cmocka_unit_test(mistakes_in_the_file),
        cmocka_unit_test(values_that_will_not_do),
        cmocka_unit_test(help_and_version),
    };
    return cmocka_run_group_tests_name("config", tests, s_setup, s_teardown);
}
