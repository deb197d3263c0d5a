/* Lines of a pipe. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/line_reader.h"

typedef struct {
    int in, out; /* the pipe's ends */
    line_reader_t *lines;
} s_pipe_t;

static s_pipe_t s_open(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    return (s_pipe_t){ends[1], ends[0], line_reader_new(ends[0])};
}

static void s_close(s_pipe_t *self)
{
    line_reader_destroy(&self->lines);
    if (self->in >= 0)
        close(self->in);
    close(self->out);
}

static void s_write(s_pipe_t *self, const void *data, size_t size)
{
    assert_int_equal(write(self->in, data, size), (ssize_t)size);
}

static void s_end(s_pipe_t *self)
{
    close(self->in);
    self->in = -1;
}

static void s_expect(s_pipe_t *self, const char *expected)
{
    char line[21];

    assert_int_equal(line_reader_next(self->lines, line, 20), LINE_READ);
    assert_string_equal(line, expected);
}

static void s_expect_result(s_pipe_t *self, line_result_t result)
{
    char line[21];

    assert_int_equal(line_reader_next(self->lines, line, 20), result);
}

static void test_lines(void **state)
{
    s_pipe_t self = s_open();
    (void)state;

    s_write(&self, "one\r\n\ntwo\nthree", 15);
    s_end(&self);
    s_expect(&self, "one");
    s_expect(&self, "");
    s_expect(&self, "two");
    s_expect(&self, "three");
    s_expect_result(&self, LINE_END);
    s_expect_result(&self, LINE_END);
    s_close(&self);
}

static void test_bounds(void **state)
{
    static char big[200000];
    s_pipe_t self = s_open();
    (void)state;

    s_write(&self, "12345678901234567890\n123456789012345678901\nnul\0here\nend\n", 56);
    s_expect(&self, "12345678901234567890");
    s_expect_result(&self, LINE_TOO_LONG);
    s_expect_result(&self, LINE_TOO_LONG);
    s_expect(&self, "end");
    /* Longer than any buffer, so it is written while it is read. */
    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = '\n';
    pid_t writer = fork();
    if (writer == 0) {
        s_write(&self, big, sizeof big);
        s_write(&self, "after\n", 6);
        _exit(0);
    }
    s_end(&self);
    s_expect_result(&self, LINE_TOO_LONG);
    s_expect(&self, "after");
    s_expect_result(&self, LINE_END);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    s_close(&self);
}

static void test_readiness(void **state)
{
    s_pipe_t self = s_open();
    (void)state;

    assert_false(line_reader_is_ready(self.lines));
    s_write(&self, "one\ntw", 6);
    assert_true(line_reader_is_ready(self.lines));
    s_expect(&self, "one");
    assert_false(line_reader_is_ready(self.lines));
    s_write(&self, "o\n", 2);
    assert_true(line_reader_is_ready(self.lines));
    s_expect(&self, "two");
    assert_false(line_reader_is_ready(self.lines));
    s_end(&self);
    assert_true(line_reader_is_ready(self.lines));
    s_expect_result(&self, LINE_END);
    s_close(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_readiness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
