/* `lexmq match` and patterns of the look-up screen: what they ask a gateway, what they print, how they end. */

#include "tests/unit/client/fake_gateway.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/command.h"
#include "client/matching.h"
#include "client/screen.h"
#include "client/usage.h"

#define ARGUMENTS_MAX 24
#define OUTPUT_MAX    300000

/* ---- a lookup service ---- */

static bool s_text(const lex_body_t *request, const char *key, char *out, size_t size)
{
    const char *text;
    size_t length;

    if (!lex_body_str(request, key, &text, &length) || length >= size)
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

static void s_write_page(lex_writer_t *writer, const unsigned char *id, const char *strategy,
                         uint64_t from, uint64_t until, uint64_t all, bool complete)
{
    char word[32], cursor[32];

    lex_writer_init(writer);
    lex_write_ok(writer, id, 3);
    lex_write_text(writer, "matches");
    lex_write_array(writer, until - from);
    for (uint64_t i = from; i < until; i++) {
        snprintf(word, sizeof word, "word %04u", (unsigned)i);
        lex_write_map(writer, 3);
        lex_put_text(writer, "word", word);
        lex_put_text(writer, "dict", "d");
        lex_put_text(writer, "rule", strategy);
    }
    /* Behind a page without matches it must be another one. */
    snprintf(cursor, sizeof cursor, "%u %d", (unsigned)until, until > from);
    lex_put_bin(writer, "cursor", cursor, until < all ? strlen(cursor) : 0);
    lex_put_bool(writer, "complete", complete);
}

/* The pattern says what is found: 2500 words for "many", none for "none", five for "slow", where time runs out before every
 * match and behind it; "bad" is refused. With lev time runs out for good, behind three words of "many". */
static void s_serve(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    char pattern[64], strategy[64];
    const unsigned char *cursor;
    lex_writer_t writer;
    uint64_t limit = 20, from = 0;
    size_t size = 0;
    (void)nth;

    if (!s_text(request, "pattern", pattern, sizeof pattern) ||
        !s_text(request, "strategy", strategy, sizeof strategy) ||
        strncmp(pattern, "bad", 3) == 0) {
        fake_error(gateway, LEX_BAD_REQUEST, "the expression ends early", 0);
        return;
    }
    lex_body_uint(request, "limit", &limit);
    if (strcmp(strategy, "lev") == 0) {
        uint64_t found = strncmp(pattern, "many", 4) == 0 ? 3 : 0;
        s_write_page(&writer, gateway->id, strategy, 0, found, found, false);
        fake_writer(gateway, &writer);
        return;
    }
    if (lex_body_bin(request, "cursor", &cursor, &size))
        from = strtoul((const char *)cursor, NULL, 10);
    /* Without a count nprefix has one page. */
    bool one_page = strcmp(strategy, "nprefix") == 0 && !lex_body_find(request, "count");
    bool slow = strncmp(pattern, "slow", 4) == 0, many = strncmp(pattern, "many", 4) == 0;
    uint64_t all = one_page ? limit : many ? 2500 : slow ? 5 : 0;
    uint64_t most = slow ? (size > 0 && cursor[size - 1] == '0' ? 1 : 0) : limit;
    uint64_t until = most < all - from ? from + most : all;
    s_write_page(&writer, gateway->id, strategy, from, until, all, !slow || until == all);
    fake_writer(gateway, &writer);
}

/* ---- a run of the program ---- */

typedef struct {
    fake_gateway_t gateway;
    char folder[64], session[128];
    char out[OUTPUT_MAX], error[8192];
} s_world_t;

static int s_setup(void **state)
{
    s_world_t *world = calloc(1, sizeof *world);
    const session_t session = {.token = "token", .token_size = 5, .name = "alice"};
    char why[256];

    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    unsetenv("LEXMQ_CONFIG");
    fake_gateway_start(&world->gateway, s_serve);
    strcpy(world->folder, "/tmp/lexmq-match-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->session, sizeof world->session, "%s/session", world->folder);
    assert_true(session_file_save(world->session, &session, why, sizeof why));
    *state = world;
    return 0;
}

static int s_teardown(void **state)
{
    s_world_t *world = *state;

    fake_gateway_stop(&world->gateway);
    unlink(world->session);
    assert_int_equal(rmdir(world->folder), 0);
    free(world);
    return 0;
}

static int s_command(const options_t *options)
{
    return command_run(options);
}

static int s_screen(const options_t *options)
{
    int code;
    client_t *client = client_new(options, stdout, CLIENT_IN_SESSION, &code);
    screen_t screen = {.client = client, .out = stdout};

    if (!client)
        return code;
    bool alive = screen_lookup(&screen);
    client_destroy(&client);
    return client_finish(alive ? EXIT_DONE : EXIT_REFUSED);
}

static void s_read(FILE *file, char *out, size_t size)
{
    rewind(file);
    size_t got = fread(out, 1, size, file);
    assert_true(got < size);
    out[got] = '\0';
    fclose(file);
}

/* The fake gateway speaks plaintext, of which whoever speaks to it is warned first. */
static void s_drop_warning(char *error)
{
    static const char warning[] = "lexmq: INSECURE: nothing is encrypted, passwords neither\n";
    if (strncmp(error, warning, sizeof warning - 1) == 0)
        memmove(error, error + sizeof warning - 1, strlen(error + sizeof warning - 1) + 1);
}

/* Runs `body` in a process of its own, with a command line that has blanks between the arguments and with `typed` as its input. */
static int s_run(s_world_t *world, int (*body)(const options_t *), const char *line,
                 const char *typed)
{
    FILE *in = tmpfile(), *out = tmpfile(), *error = tmpfile();
    int status;

    assert_true(in && out && error);
    fputs(typed, in);
    rewind(in);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char *argv[ARGUMENTS_MAX + 8] = {
            "lexmq",     "--insecure",   "--gateway", world->gateway.endpoint,
            "--session", world->session, NULL};
        char copy[1024];
        int argc = 6, code;
        dup2(fileno(in), STDIN_FILENO);
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(error), STDERR_FILENO);
        snprintf(copy, sizeof copy, "%s", line);
        for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
            argv[argc++] = word;
        options_t *options = options_new(argc, argv, &code);
        if (options)
            code = body(options);
        options_destroy(&options);
        fflush(NULL);
        _exit(code);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    s_read(out, world->out, sizeof world->out);
    s_read(error, world->error, sizeof world->error);
    s_drop_warning(world->error);
    fclose(in);
    return WEXITSTATUS(status);
}

static int s_match(s_world_t *world, const char *line)
{
    char whole[1024];

    snprintf(whole, sizeof whole, "match %s", line);
    return s_run(world, s_command, whole, "");
}

static int s_lines(const char *text)
{
    int lines = 0;

    for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
        lines++;
    return lines;
}

/* ---- the command ---- */

static void test_pages(void **state)
{
    s_world_t *world = *state;

    assert_int_equal(s_match(world, "many"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 20);
    assert_ptr_equal(strstr(world->out, "word 0000  d  prefix\nword 0001  d  prefix\n"),
                     world->out);
    assert_non_null(strstr(world->error, "lexmq: there are more: --limit N"));
    assert_int_equal(s_match(world, "many --limit 1000"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 1000);
    assert_non_null(strstr(world->error, "there are more"));
    assert_int_equal(s_match(world, "--strategy nprefix many --count 30"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 30);
    assert_string_equal(world->error, "");
    assert_int_equal(s_match(world, "--strategy nprefix many --all"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 2500);
    assert_int_equal(s_match(world, "--strategy nprefix many --count 30 --all"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 30);
    assert_int_equal(s_match(world, "--strategy nprefix many --count 30 --limit 4"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 4);
    assert_non_null(strstr(world->error, "there are more"));
}

static void test_all(void **state)
{
    s_world_t *world = *state;
    char expected[128];

    int before = world->gateway.requests;
    assert_int_equal(s_match(world, "--all --json many*"), EXIT_DONE);
    assert_string_equal(world->error, "");
    assert_int_equal(world->gateway.requests, before + 3);
    const char *at = world->out;
    for (int i = 0; i < 2500; i++, at += strlen(expected)) {
        snprintf(expected, sizeof expected,
                 "{\"word\":\"word %04d\",\"dict\":\"d\",\"rule\":\"wildcard\"}\n", i);
        if (strncmp(at, expected, strlen(expected)) != 0)
            fail_msg("line %d is not %s", i, expected);
    }
    assert_string_equal(at, "");
}

/* Pages that are not whole are followed whether all are asked for or not. */
static void test_incomplete(void **state)
{
    static const char *const lines[] = {"slow", "slow --all", "slow --limit 5"};
    s_world_t *world = *state;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(s_match(world, lines[i]), EXIT_DONE);
        assert_int_equal(s_lines(world->out), 5);
        assert_string_equal(world->error, "");
    }
    assert_int_equal(s_match(world, "slow --limit 2"), EXIT_DONE);
    assert_string_equal(world->out, "word 0000  d  prefix\nword 0001  d  prefix\n");
    assert_non_null(strstr(world->error, "there are more"));
}

static void test_nothing(void **state)
{
    s_world_t *world = *state;

    assert_int_equal(s_match(world, "none"), EXIT_MISSED);
    assert_string_equal(world->out, "");
    assert_string_equal(world->error, "lexmq: nothing matches\n");
    assert_int_equal(s_match(world, "--strategy re bad("), EXIT_REFUSED);
    assert_string_equal(world->out, "");
    assert_string_equal(world->error, "lexmq: the expression ends early\n");
}

/* What is there is printed, and what may be missing is said. */
static void test_cut(void **state)
{
    s_world_t *world = *state;

    assert_int_equal(s_match(world, "many --strategy lev"), EXIT_DONE);
    assert_int_equal(s_lines(world->out), 3);
    assert_string_equal(world->error,
                        "lexmq: the server's time was over: better matches may be missing\n");
    assert_int_equal(s_match(world, "none --strategy lev --all"), EXIT_UNREACHABLE);
    assert_string_equal(world->out, "");
    assert_non_null(strstr(world->error, "before anything was found"));
}

/* A mistake costs no request. */
static void test_mistakes(void **state)
{
    static const struct {
        const char *line, *error;
    } mistakes[] = {
        {"match many --strategy sufix", "there is no strategy sufix"},
        {"match", "PATTERN"},
        {"match a b", "PATTERN"},
        {"match a --distance 2", "--distance goes with --strategy lev"},
        {"match a --distance 2 --strategy re", "--distance goes with --strategy lev"},
        {"match a --skip 2", "--skip goes with --strategy nprefix"},
        {"match a* --count 2", "--count goes with --strategy nprefix"},
        {"match a --all --limit 3", "exclude each other"},
        {"match \t", "the pattern is empty"},
        {"match \xFF", "at most 255 bytes of UTF-8"},
        {"match a --csv", "match has no option --csv"},
        {"lookup a --strategy re", "lookup has no option --strategy"},
        {"suggest a --limit 101", "suggest gives at most 100"},
    };
    s_world_t *world = *state;
    int before = world->gateway.requests;

    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        assert_int_equal(s_run(world, s_command, mistakes[i].line, ""), EXIT_USAGE);
        if (!strstr(world->error, mistakes[i].error))
            fail_msg("%s is answered by %s", mistakes[i].line, world->error);
        assert_string_equal(world->out, "");
    }
    assert_int_equal(world->gateway.requests, before);
}

/* Whoever names a strategy that there is not sees those that there are; the help has the same lines. */
static void test_strategies(void **state)
{
    s_world_t *world = *state;
    char line[128];
    int count = 0;

    assert_int_equal(s_match(world, "many --strategy sufix"), EXIT_USAGE);
    for (const strategy_t *strategy = strategy_all(); strategy->name; strategy++, count++) {
        snprintf(line, sizeof line, "  %-10s %s\n", strategy->name, strategy->help);
        if (!strstr(world->error, line))
            fail_msg("the message lacks %s", line);
        if (!strstr(usage_program()->epilogue, line))
            fail_msg("the help lacks %s", line);
        assert_true(strategy_is_known(strategy->name));
    }
    assert_int_equal(count, 14);
    assert_false(strategy_is_known(""));
    assert_string_equal(strategy_usual("ab"), "prefix");
    assert_string_equal(strategy_usual("a*b"), "wildcard");
    assert_string_equal(strategy_usual("?b"), "wildcard");
}

/* ---- the screen ---- */

static void test_screen(void **state)
{
    s_world_t *world = *state;

    int before = world->gateway.requests;
    assert_int_equal(s_run(world, s_screen, "", "slow*\nnone?\nbad*\n##\nmany*\n"), EXIT_DONE);
    assert_string_equal(world->error, "");
    assert_non_null(strstr(world->out, "ser*pity"));
    const char *at = strstr(world->out, "word 0000  d  wildcard\n");
    assert_non_null(at);
    at = strstr(at, "word 0004  d  wildcard\nword> \nNo word matches.\n");
    assert_non_null(at);
    at = strstr(at, "the expression ends early\n");
    assert_non_null(at);
    assert_null(strstr(at, "word 0000"));
    assert_null(strstr(world->out, "more"));
    assert_true(world->gateway.requests > before);
    assert_int_equal(s_run(world, s_screen, "", "many?\n"), EXIT_DONE);
    assert_non_null(strstr(world->out, "word 0019  d  wildcard\nThere are more"));
    assert_null(strstr(world->out, "word 0020"));
    /* A sentence is looked up, which this gateway refuses. */
    assert_int_equal(s_run(world, s_screen, "", "many are there?\n"), EXIT_DONE);
    assert_null(strstr(world->out, "word 0000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),      cmocka_unit_test(test_all),
        cmocka_unit_test(test_incomplete), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_cut),        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_strategies), cmocka_unit_test(test_screen),
    };

    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
