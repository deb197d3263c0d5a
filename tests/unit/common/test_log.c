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
#include <unistd.h>

#include "common/log.h"

/* Standard error goes to a file for the length of a test. */
typedef struct {
    FILE *file;
    int kept;
    char text[1 << 20];
} s_capture_t;

static s_capture_t *s_begin(void)
{
    s_capture_t *self = calloc(1, sizeof *self);

    self->file = tmpfile();
    assert_non_null(self->file);
    self->kept = dup(STDERR_FILENO);
    dup2(fileno(self->file), STDERR_FILENO);
    return self;
}

static char *s_end(s_capture_t *self)
{
    dup2(self->kept, STDERR_FILENO);
    close(self->kept);
    rewind(self->file);
    size_t size = fread(self->text, 1, sizeof self->text - 1, self->file);
    self->text[size] = '\0';
    fclose(self->file);
    return self->text;
}

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
    s_capture_t *capture = s_begin();
    errno = ENOENT;
    lex_warning("worker %d gone", 7);
    assert_int_equal(errno, ENOENT);
    lex_debug("unseen");
    const char *text = s_end(capture);
    assert_string_equal(s_message(text, "WARNING"), "worker 7 gone\n");
    free(capture);
}

static void nobody_forges_a_line(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "debug", "text"), 0);
    s_capture_t *capture = s_begin();
    lex_error("name %s", "a\nb\r\t\x1B[2J\x7F\xC2\x9B é \xE2\x80\xAE \xFF\"\\");
    const char *text = s_end(capture);
    assert_string_equal(s_message(text, "ERROR"),
                        "name a\\nb\\r\\t\\u001b[2J\\u007f\\u009b é \\u202e \xEF\xBF\xBD\"\\\n");
    free(capture);
}

static void json_lines(void **state)
{
    (void)state;
    assert_int_equal(lex_log_setup("test", "debug", "json"), 0);
    s_capture_t *capture = s_begin();
    lex_debug("say \"%s\"", "a\\b\n\x01é\xFF");
    const char *text = s_end(capture);
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
        s_capture_t *capture = s_begin();
        lex_info("%s", large);
        const char *text = s_end(capture);
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
    s_capture_t *capture = s_begin();
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, s_shout, (void *)words[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    char *text = s_end(capture);
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
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
