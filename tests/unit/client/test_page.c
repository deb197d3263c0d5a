/* Words on a real terminal (a pty): wrapped to its width, with the signs and colours that it knows. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/show.h"
#include "common/clock.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (10000 * TEST_PATIENCE)

static const lexmq_entry_t s_entry = {
    .dict = "ec",
    .headword = "go",
    .text = "to move from one place to another",
    .phonetic = "ɡoʊ",
    .forms = "p:went/d:gone/i:going",
    .collins = 3,
};

static void s_child(const char *locale, const char *term)
{
    lexmq_entry_t entry = s_entry;
    const lexmq_definition_t word = {
        .word = "went", .found = true, .rule = "lemma", .entries = &entry, .entry_count = 1};

    setenv("LC_ALL", locale, 1);
    setenv("TERM", term, 1);
    unsetenv("NO_COLOR");
    const page_t page = page_new(stdout);
    show_entries(&page, &word);
    fflush(stdout);
    _exit(0);
}

/* All that the child shows on a terminal of 30 columns, line ends as "\n". */
static void s_shows(const char *locale, const char *term, const char *expected)
{
    struct winsize size = {.ws_row = 24, .ws_col = 30};
    int64_t until = lex_monotonic_ms() + LIMIT_MS;
    char seen[4096];
    size_t length = 0;
    int fd, status;
    pid_t child = forkpty(&fd, NULL, NULL, &size);

    assert_true(child >= 0);
    if (child == 0)
        s_child(locale, term);
    while (length < sizeof seen - 1) {
        struct pollfd input = {.fd = fd, .events = POLLIN};
        int64_t left = until - lex_monotonic_ms();
        assert_true(left > 0 && poll(&input, 1, (int)left) > 0);
        ssize_t got = read(fd, seen + length, sizeof seen - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    close(fd);
    seen[length] = '\0';
    for (char *end = strchr(seen, '\r'); end; end = strchr(end, '\r'))
        memmove(end, end + 1, strlen(end));
    assert_int_equal(status, 0);
    assert_string_equal(seen, expected);
}

static void test_utf8(void **state)
{
    (void)state;
    s_shows("C.UTF-8", "dumb",
            "went → go (lemma)\n"
            "go  [ɡoʊ]  (ec)\n"
            "  ★★★\n"
            "  past went, past participle\n"
            "  gone, present participle\n"
            "  going\n"
            "  to move from one place to\n"
            "  another\n");
}

static void test_ascii(void **state)
{
    (void)state;
    s_shows("C", "dumb",
            "went -> go (lemma)\n"
            "go  [ɡoʊ]  (ec)\n"
            "  ***\n"
            "  past went, past participle\n"
            "  gone, present participle\n"
            "  going\n"
            "  to move from one place to\n"
            "  another\n");
}

static void test_colours(void **state)
{
    (void)state;
    s_shows("C", "xterm",
            "went -> go (lemma)\n"
            "\033[1mgo\033[0m  [ɡoʊ]  (\033[2mec\033[0m)\n"
            "  ***\n"
            "  past went, past participle\n"
            "  gone, present participle\n"
            "  going\n"
            "  to move from one place to\n"
            "  another\n");
}

/* What is no terminal takes everything, unwrapped. */
static void test_file(void **state)
{
    FILE *file = tmpfile();
    char seen[1024];
    lexmq_entry_t entry = s_entry;
    const lexmq_definition_t word = {
        .word = "went", .found = true, .rule = "lemma", .entries = &entry, .entry_count = 1};
    (void)state;

    assert_non_null(file);
    setenv("LC_ALL", "C", 1);
    const page_t page = page_new(file);
    show_entries(&page, &word);
    rewind(file);
    seen[fread(seen, 1, sizeof seen - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(seen, "went → go (lemma)\n"
                              "go  [ɡoʊ]  (ec)\n"
                              "  ★★★\n"
                              "  past went, past participle gone, present participle going\n"
                              "  to move from one place to another\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
