/* The command line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/exits.h"
#include "client/options.h"

#define ARGUMENTS_MAX 24

/* The options own none of their texts, so these stay while a test runs. */
static char s_line[512];
static char *s_argv[ARGUMENTS_MAX];

/* Parses a command line written with blanks between the arguments. */
static options_t *s_parse(const char *line, int *code)
{
    int argc = 0;

    strcpy(s_line, line);
    for (char *word = strtok(s_line, " "); word; word = strtok(NULL, " "))
        s_argv[argc++] = word;
    s_argv[argc] = NULL;
    *code = -1;
    return options_new(argc, s_argv, code);
}

static options_t *s_good(const char *line)
{
    int code;
    options_t *options = s_parse(line, &code);

    assert_non_null(options);
    assert_int_equal(code, EXIT_DONE);
    return options;
}

static void s_bad(const char *line, int expected)
{
    int code;
    options_t *options = s_parse(line, &code);

    if (options)
        fail_msg("%s was accepted", line);
    assert_int_equal(code, expected);
}

static void test_anywhere(void **state)
{
    static const char *const lines[] = {
        "lexmq --gateway a:1 --timeout 2.5 lookup --json cat dog --dict d",
        "lexmq lookup cat --dict=d dog --json --gateway=a:1 --timeout=2.5",
        "lexmq --json --dict d lookup cat --timeout 2.5 dog --gateway a:1",
    };
    (void)state;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        options_t *options = s_good(lines[i]);
        assert_int_equal(options->argument_count, 3);
        assert_string_equal(options->arguments[0], "lookup");
        assert_string_equal(options->arguments[1], "cat");
        assert_string_equal(options->arguments[2], "dog");
        assert_int_equal(options->given, OPTION_JSON | OPTION_DICT);
        assert_string_equal(options->dict, "d");
        assert_string_equal(lex_config_get(options->config, "gateway"), "a:1");
        assert_int_equal(options->timeout_ms, 2500);
        options_destroy(&options);
        assert_null(options);
    }
}

static void test_words_like_options(void **state)
{
    options_t *options = s_good("lexmq lookup --json -- --json -x --");
    (void)state;

    assert_int_equal(options->argument_count, 4);
    assert_string_equal(options->arguments[1], "--json");
    assert_string_equal(options->arguments[2], "-x");
    assert_string_equal(options->arguments[3], "--");
    options_destroy(&options);
    options = s_good("lexmq lookup -");
    assert_string_equal(options->arguments[1], "-");
    options_destroy(&options);
    /* The value of an option may look like one. */
    options = s_good("lexmq --dict --json lookup x");
    assert_string_equal(options->dict, "--json");
    assert_int_equal(options->given, OPTION_DICT);
    options_destroy(&options);
}

static void test_fields(void **state)
{
    options_t *options = s_good("lexmq register a --field email=a@b=c --field phone=");
    (void)state;

    assert_int_equal(options->field_count, 2);
    assert_string_equal(options->fields[0].key, "email");
    assert_string_equal(options->fields[0].value, "a@b=c");
    assert_string_equal(options->fields[1].key, "phone");
    assert_string_equal(options->fields[1].value, "");
    options_destroy(&options);
    s_bad("lexmq register a --field email", EXIT_USAGE);
    s_bad("lexmq register a --field =x", EXIT_USAGE);
    s_bad("lexmq register a --field", EXIT_USAGE);
}

static void test_match(void **state)
{
    options_t *options = s_good("lexmq match --strategy lev --tag cet4 a --distance 2 --tag=gre "
                                "--collins 5 --max-rank 999999999 --sort rank --limit 1000");
    (void)state;

    assert_string_equal(options->strategy, "lev");
    assert_int_equal(options->tag_count, 2);
    assert_string_equal(options->tags[0], "cet4");
    assert_string_equal(options->tags[1], "gre");
    assert_true(options->distance == 2 && options->collins == 5 && options->max_rank == 999999999);
    assert_true(options->limit == 1000 && options->by_rank);
    assert_true(options->skip == 0 && options->count == 0);
    assert_string_equal(options->arguments[1], "a");
    options_destroy(&options);
    options = s_good("lexmq match a --skip 40 --count 30 --sort rank --sort word");
    assert_true(options->skip == 40 && options->count == 30 && !options->by_rank);
    assert_null(options->strategy);
    assert_int_equal(options->given, OPTION_SKIP | OPTION_COUNT | OPTION_SORT);
    options_destroy(&options);
    options =
        s_good("lexmq match a --tag=1 --tag=2 --tag=3 --tag=4 --tag=5 --tag=6 --tag=7 --tag=8");
    assert_int_equal(options->tag_count, LEXMQ_TAGS_MAX);
    options_destroy(&options);
    s_bad("lexmq match a --tag 1 --tag 2 --tag 3 --tag 4 --tag 5 --tag 6 --tag 7 --tag 8 --tag 9",
          EXIT_USAGE);
    s_bad("lexmq match a --tag=", EXIT_USAGE);
    s_bad("lexmq match a --distance 3", EXIT_USAGE);
    s_bad("lexmq match a --distance 0", EXIT_USAGE);
    s_bad("lexmq match a --collins 6", EXIT_USAGE);
    s_bad("lexmq match a --max-rank 1000000000", EXIT_USAGE);
    s_bad("lexmq match a --skip -1", EXIT_USAGE);
    s_bad("lexmq match a --count x", EXIT_USAGE);
    s_bad("lexmq match a --sort key", EXIT_USAGE);
    s_bad("lexmq match a --strategy", EXIT_USAGE);
}

static void test_mistakes(void **state)
{
    (void)state;
    s_bad("lexmq --nonsense", EXIT_USAGE);
    s_bad("lexmq -x", EXIT_USAGE);
    s_bad("lexmq whoami --gateway", EXIT_USAGE);
    s_bad("lexmq lookup a --dict", EXIT_USAGE);
    s_bad("lexmq lookup a --json=1", EXIT_USAGE);
    s_bad("lexmq history --last 0", EXIT_USAGE);
    s_bad("lexmq history --last -1", EXIT_USAGE);
    s_bad("lexmq history --last 1x", EXIT_USAGE);
    s_bad("lexmq history --last 100001", EXIT_USAGE);
    s_bad("lexmq history --last 99999999999999999999", EXIT_USAGE);
    s_bad("lexmq match a --limit 1001", EXIT_USAGE);
    s_bad("lexmq whoami --timeout 0", EXIT_USAGE);
    s_bad("lexmq whoami --timeout 0.01", EXIT_USAGE);
    s_bad("lexmq whoami --timeout 1e1", EXIT_USAGE);
    s_bad("lexmq whoami --timeout -1", EXIT_USAGE);
    s_bad("lexmq whoami --timeout inf", EXIT_USAGE);
    s_bad("lexmq whoami --timeout 1.2.3", EXIT_USAGE);
    s_bad("lexmq whoami --timeout 3601", EXIT_USAGE);
    s_bad("lexmq --config /nonexistent/file whoami", EXIT_USAGE);
}

static void test_environment(void **state)
{
    (void)state;
    setenv("LEXMQ_GATEWAY", "b:2", 1);
    setenv("LEXMQ_SESSION", "/tmp/s", 1);
    setenv("LEXMQ_TIMEOUT", "7", 1);
    options_t *options = s_good("lexmq whoami");
    assert_string_equal(lex_config_get(options->config, "gateway"), "b:2");
    assert_string_equal(lex_config_get(options->config, "session"), "/tmp/s");
    assert_int_equal(options->timeout_ms, 7000);
    options_destroy(&options);
    options = s_good("lexmq whoami --gateway c:3");
    assert_string_equal(lex_config_get(options->config, "gateway"), "c:3");
    options_destroy(&options);
    unsetenv("LEXMQ_GATEWAY");
    unsetenv("LEXMQ_SESSION");
    unsetenv("LEXMQ_TIMEOUT");
    options = s_good("lexmq");
    assert_int_equal(options->argument_count, 0);
    assert_int_equal(options->timeout_ms, 10000);
    options_destroy(&options);
}

static void test_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(exit_code(LEXMQ_OK), 0);
    assert_int_equal(exit_code(LEXMQ_UNAUTHORIZED), 3);
    assert_int_equal(exit_code(LEXMQ_CONFLICT), 3);
    assert_int_equal(exit_code(LEXMQ_RATE_LIMITED), 3);
    assert_int_equal(exit_code(LEXMQ_UNREACHABLE), 4);
    assert_int_equal(exit_code(LEXMQ_TIMEOUT), 4);
    assert_int_equal(exit_code(LEXMQ_UNAVAILABLE), 4);
    assert_int_equal(exit_code(LEXMQ_BUSY), 4);
    assert_int_equal(exit_code(LEXMQ_SERVER_ERROR), 5);
    assert_int_equal(exit_code(LEXMQ_TOO_LARGE), 5);
}

/* No file of this machine is to be found at the usual places. */
static int s_setup(void **state)
{
    (void)state;
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    unsetenv("LEXMQ_CONFIG");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anywhere),    cmocka_unit_test(test_words_like_options),
        cmocka_unit_test(test_fields),      cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_environment), cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_match),
    };

    return cmocka_run_group_tests(tests, s_setup, NULL);
}
