/* Lines in bounded memory. */

#include "tests/unit/dict/scratch.h"
#include "tests/unit/dict/scratch_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "dict/lines.h"

#define GIGABYTE       ((off_t)1 << 30)
#define MEMORY_MAX_KIB (16L << 10)

static void s_assert_line(lines_t *lines, const char *expected)
{
    char *line;
    size_t size;
    assert_int_equal(lines_next(lines, &line, &size), LINES_LINE);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(line, expected, size);
}

static void test_lines_and_limit(void **state)
{
    (void)state;
    const char *path = scratch_write(&s_scratch, "lines", "12345\n123456\n\nx\r\n1234567", 24);
    lines_t *lines = lines_open(path, 5);
    char *line;
    size_t size;
    uint64_t done, total;
    s_assert_line(lines, "12345");
    assert_int_equal(lines_next(lines, &line, &size), LINES_TOO_LONG);
    assert_int_equal(lines_number(lines), 2);
    lines_position(lines, &done, &total);
    assert_int_equal(done, 13);
    assert_int_equal(total, 24);
    s_assert_line(lines, "");
    s_assert_line(lines, "x\r");
    lines_set_limit(lines, 6);
    assert_int_equal(lines_next(lines, &line, &size), LINES_TOO_LONG); /* without a line feed */
    assert_int_equal(lines_next(lines, &line, &size), LINES_END);
    assert_int_equal(lines_next(lines, &line, &size), LINES_END);
    assert_int_equal(lines_number(lines), 5);
    lines_close(&lines);
    lines_close(&lines);
}

/* Every length about the size of a read, so that a line feed falls on every edge of the buffer. */
static void test_edges(void **state)
{
    (void)state;
    static const size_t middle = 64 << 10;
    char *data = malloc(4 * middle);
    memset(data, 'a', 4 * middle);
    for (size_t length = middle - 3; length <= middle + 3; length++) {
        memset(data, 'a', 2 * length + 2);
        data[length] = '\n';
        data[2 * length + 1] = '\n';
        lines_t *lines =
            lines_open(scratch_write(&s_scratch, "edges", data, 2 * length + 2), 1 << 20);
        char *line;
        size_t size;
        for (int i = 0; i < 2; i++) {
            assert_int_equal(lines_next(lines, &line, &size), LINES_LINE);
            assert_int_equal(size, length);
        }
        assert_int_equal(lines_next(lines, &line, &size), LINES_END);
        lines_close(&lines);
    }
    free(data);
}

/* A sparse file whose second line is a gigabyte of NULs. */
static const char *s_huge_file(void)
{
    const char *path = scratch_write(&s_scratch, "huge.txt", "first            1\n", 19);
    int fd = open(path, O_WRONLY);
    assert_int_equal(ftruncate(fd, 19 + GIGABYTE), 0);
    assert_int_equal(pwrite(fd, "\nlast             2\n", 20, 19 + GIGABYTE), 20);
    close(fd);
    return path;
}

static long s_memory_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void s_assert_huge_line_is_passed_over(const char *path)
{
    reading_t reading;
    long before = s_memory_kib();
    assert_int_equal(reading_run(&reading, &format_wordbook, path), 0);
    assert_string_equal(reading.entries, "first=1|last=2");
    assert_int_equal(reading.skipped, 1);
    assert_int_equal(reading.lines[0], 2);
    assert_string_equal(reading.messages[0], "the line is longer than 1 MiB");
    assert_true(s_memory_kib() - before < MEMORY_MAX_KIB);
}

static void test_gigabyte_line(void **state)
{
    (void)state;
    const char *path = s_huge_file();
    s_assert_huge_line_is_passed_over(path);
    unlink(path);
}

static void test_gigabyte_line_through_a_pipe(void **state)
{
    (void)state;
    char pipe_path[192];
    snprintf(pipe_path, sizeof pipe_path, "%s", scratch_path(&s_scratch, "pipe"));
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(pipe_path, O_WRONLY);
        static char zeros[1 << 20];
        ssize_t put = write(fd, "first            1\n", 19);
        for (off_t done = 0; done < GIGABYTE && put > 0; done += put)
            put = write(fd, zeros, sizeof zeros);
        if (put > 0)
            put = write(fd, "\nlast             2\n", 20);
        _exit(put > 0 ? 0 : 1);
    }
    s_assert_huge_line_is_passed_over(pipe_path);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_limit),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_gigabyte_line),
        cmocka_unit_test(test_gigabyte_line_through_a_pipe),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
