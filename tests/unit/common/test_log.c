#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/unit/common/capture.h"

/* What one line holds after its head, which is checked here. */
static const char *s_message(const char *line, const char *level)
{
    char head[64];

    assert_int_equal(line[10], 'T');
    assert_int_equal(line[23], 'Z');
    snprintf(head, sizeof head, " %s test[%d] ", level, (int)getpid());
    assert_memory_equal(line + 24, head, strlen(head));
    return line + 24 + strlen(head);
}

static void text_lines(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "text"), 0);
    capture_t *capture = capture_begin();
    errno = ENOENT;
    lex_warning("worker %d gone", 7);
    assert_int_equal(errno, ENOENT);
    lex_debug("unseen");
    const char *text = capture_end(capture);
    assert_string_equal(s_message(text, "WARNING"), "worker 7 gone\n");
    free(capture);
}

static void nobody_forges_a_line(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "debug", "text"), 0);
    capture_t *capture = capture_begin();
    lex_error("name %s", "a\nb\r\t\x1B[2J\x7F\xC2\x9B é \xE2\x80\xAE \xFF\"\\");
    const char *text = capture_end(capture);
    assert_string_equal(s_message(text, "ERROR"),
                        "name a\\nb\\r\\t\\u001b[2J\\u007f\\u009b é \\u202e \xEF\xBF\xBD\"\\\n");
    free(capture);
}

static void json_lines(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "debug", "json"), 0);
    capture_t *capture = capture_begin();
    lex_debug("say \"%s\"", "a\\b\n\x01é\xFF");
    const char *text = capture_end(capture);
    assert_memory_equal(text, "{\"time\":\"20", 11);
    char wanted[160];
    snprintf(wanted, sizeof wanted,
             "\",\"level\":\"debug\",\"program\":\"test\",\"pid\":%d,\"message\":\"say "
             "\\\"a\\\\b\\n\\u0001é\xEF\xBF\xBD\\\"\"}\n",
             (int)getpid());
    assert_string_equal(text + strlen("{\"time\":\"") + 24, wanted);
    free(capture);
}

static void long_lines_are_cut(void **state)
{
    static char large[10000];

    (void)state;
    memset(large, '\n', sizeof large - 1);
    for (int json = 0; json < 2; json++) {
        assert_int_equal(lex_log_setup("test", "info", json ? "json" : "text"), 0);
        capture_t *capture = capture_begin();
        lex_info("%s", large);
        const char *text = capture_end(capture);
        size_t size = strlen(text);
        assert_true(size <= PIPE_BUF && size > PIPE_BUF - 8);
        assert_string_equal(text + size - (json ? 5 : 3), json ? "\\n\"}\n" : "\\n\n");
        assert_ptr_equal(strchr(text, '\n'), text + size - 1);
        free(capture);
    }
}

static void unknown_words_are_refused(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "loud", "text"), -1);
    assert_int_equal(lex_log_setup("test", "info", "xml"), -1);
    assert_int_equal(lex_log_setup("test", "", "text"), -1);
}

static void *s_shout(void *arg)
{
    for (int i = 0; i < 500; i++)
        lex_info("%s", (const char *)arg);
    return NULL;
}

static void threads_do_not_mix(void **state)
{
    static const char *const words[] = {"aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb"};
    pthread_t threads[2];
    int lines = 0;

    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "text"), 0);
    capture_t *capture = capture_begin();
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, s_shout, (void *)words[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    char *text = capture_end(capture);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        const char *message = s_message(line, "INFO");
        assert_true(strcmp(message, words[0]) == 0 || strcmp(message, words[1]) == 0);
    }
    assert_int_equal(lines, 1000);
    free(capture);
}

static void due_once_an_interval(void **state)
{
    int64_t last = 0;
    int due = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        due += lex_log_due(&last, 60000);
    assert_int_equal(due, 1);
    last -= 60000;
    assert_int_equal(lex_log_due(&last, 60000), 1);
    assert_int_equal(lex_log_due(&last, 60000), 0);
}

static const unsigned char s_id[LEX_LOG_ID_SIZE] = {0x00, 0x1f, 0xff, 0xa0, 4, 5,    6,    7,
                                                    8,    9,    10,   11,   0, 0x01, 0x86, 0xa0};
#define HEX "001fffa00405060708090a0b000186a0"

static void ids_in_text(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "text"), 0);
    capture_t *capture = capture_begin();
    lex_log_request(LEX_LOG_INFO, s_id, "word %d", 7);
    lex_log_request(LEX_LOG_DEBUG, s_id, "unseen");
    const char *text = capture_end(capture);
    assert_string_equal(s_message(text, "INFO"), "[" HEX "] word 7\n");
    free(capture);
    capture = capture_begin();
    lex_log_request(LEX_LOG_WARNING, NULL, "nobody's");
    text = capture_end(capture);
    assert_string_equal(s_message(text, "WARNING"), "nobody's\n");
    free(capture);
    char hex[LEX_LOG_HEX_SIZE];
    assert_string_equal(lex_log_hex(s_id, hex), HEX);
}

static void ids_in_json(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "json"), 0);
    capture_t *capture = capture_begin();
    lex_log_request(LEX_LOG_ERROR, s_id, "say \"%s\"", "a");
    const char *text = capture_end(capture);
    char wanted[160];
    snprintf(wanted, sizeof wanted,
             "\",\"level\":\"error\",\"program\":\"test\",\"pid\":%d,\"request\":\"" HEX
             "\",\"message\":\"say \\\"a\\\"\"}\n",
             (int)getpid());
    assert_string_equal(text + strlen("{\"time\":\"") + 24, wanted);
    free(capture);
}

/* By the id alone, so every program picks the same ones: its last four bytes here are 100,000. */
static void the_same_ones_everywhere(void **state)
{
    (void)state;
    const struct {
        unsigned every;
        bool followed;
    } cases[] = {{0, false}, {1, true}, {7, false}, {10, true}, {100000, true}, {100001, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lex_log_setup_requests(cases[i].every, 1000);
        assert_int_equal(lex_log_is_followed(s_id), cases[i].followed);
        assert_false(lex_log_is_followed(NULL));
    }
    unsigned followed = 0;
    unsigned char id[LEX_LOG_ID_SIZE] = {0};
    lex_log_setup_requests(10, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        id[LEX_LOG_ID_SIZE - 1] = (unsigned char)i;
        id[LEX_LOG_ID_SIZE - 2] = (unsigned char)(i >> 8);
        followed += lex_log_is_followed(id);
    }
    assert_int_equal(followed, 100);
    lex_log_setup_requests(0, 1000);
}

static int s_evaluated;

static int s_evaluate(void)
{
    return ++s_evaluated;
}

static void others_cost_nothing(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "text"), 0);
    capture_t *capture = capture_begin();
    lex_log_setup_requests(0, 1000);
    lex_follow(s_id, "step %d", s_evaluate());
    lex_log_setup_requests(1, 1000);
    lex_follow(s_id, "step %d", s_evaluate());
    lex_follow(NULL, "step %d", s_evaluate());
    const char *text = capture_end(capture);
    assert_string_equal(s_message(text, "INFO"), "[" HEX "] step 1\n");
    assert_int_equal(s_evaluated, 1);
    free(capture);
    lex_log_setup_requests(0, 1000);
}

static void slow_from_a_bound_on(void **state)
{
    (void)state;
    lex_log_setup_requests(0, 250);
    assert_false(lex_log_is_slow(249));
    assert_true(lex_log_is_slow(250));
    lex_log_setup_requests(0, 1000);
    assert_false(lex_log_is_slow(999));
}

/* What a level hides is not written, and so not counted. */
static void lines_are_counted(void **state)
{
    uint64_t before[4];

    (void)state;
    assert_int_equal(lex_log_setup("test", "info", "text"), 0);
    for (lex_log_level_t level = LEX_LOG_ERROR; level <= LEX_LOG_DEBUG; level++)
        before[level] = lex_log_count(level);
    capture_t *capture = capture_begin();
    lex_error("a");
    lex_warning("b");
    lex_warning("c");
    lex_log_request(LEX_LOG_INFO, s_id, "d");
    lex_debug("unseen");
    capture_end(capture);
    free(capture);
    assert_int_equal(lex_log_count(LEX_LOG_ERROR) - before[LEX_LOG_ERROR], 1);
    assert_int_equal(lex_log_count(LEX_LOG_WARNING) - before[LEX_LOG_WARNING], 2);
    assert_int_equal(lex_log_count(LEX_LOG_INFO) - before[LEX_LOG_INFO], 1);
    assert_int_equal(lex_log_count(LEX_LOG_DEBUG) - before[LEX_LOG_DEBUG], 0);
    assert_string_equal(lex_log_level_name(LEX_LOG_WARNING), "warning");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_lines),
        cmocka_unit_test(nobody_forges_a_line),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(unknown_words_are_refused),
        cmocka_unit_test(threads_do_not_mix),
        cmocka_unit_test(due_once_an_interval),
        cmocka_unit_test(ids_in_text),
        cmocka_unit_test(ids_in_json),
        cmocka_unit_test(the_same_ones_everywhere),
        cmocka_unit_test(others_cost_nothing),
        cmocka_unit_test(slow_from_a_bound_on),
        cmocka_unit_test(lines_are_counted),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
