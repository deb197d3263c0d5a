#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/metrics.h"

static int s_setup(void **state)
{
    *state = lex_metrics_new();
    return 0;
}

static int s_teardown(void **state)
{
    lex_metrics_destroy((lex_metrics_t **)state);
    assert_null(*state);
    return 0;
}

static void s_is(lex_metrics_t *page, const char *wanted)
{
    size_t size;
    const char *text = lex_metrics_text(page, &size);
    assert_string_equal(text, wanted);
    assert_int_equal(size, strlen(wanted));
}

static void test_an_empty_page(void **state)
{
    s_is(*state, "");
}

static void test_labels(void **state)
{
    lex_metrics_t *page = *state;
    lex_metrics_counter(page, "lexmq_a_total", "Help for a.");
    lex_metrics_put(page, 7);
    lex_metrics_gauge(page, "lexmq_b", "Help for b.");
    lex_metrics_put(page, UINT64_MAX, {"one", "1"});
    lex_metrics_put(page, 0, {"one", "1"}, {"two", ""}, {"three", "drei"});
    s_is(page, "# HELP lexmq_a_total Help for a.\n"
               "# TYPE lexmq_a_total counter\n"
               "lexmq_a_total 7\n"
               "# HELP lexmq_b Help for b.\n"
               "# TYPE lexmq_b gauge\n"
               "lexmq_b{one=\"1\"} 18446744073709551615\n"
               "lexmq_b{one=\"1\",two=\"\",three=\"drei\"} 0\n");
}

static void test_values_are_escaped(void **state)
{
    lex_metrics_t *page = *state;
    lex_metrics_gauge(page, "g", "h");
    lex_metrics_put(page, 1, {"a", "say \"x\\y\"\nand \xC3\xA9,{}="});
    s_is(page, "# HELP g h\n# TYPE g gauge\n"
               "g{a=\"say \\\"x\\\\y\\\"\\nand \xC3\xA9,{}=\"} 1\n");
}

/* A time of today has ten digits before the point and must keep its milliseconds. */
static void test_real_numbers(void **state)
{
    lex_metrics_t *page = *state;
    lex_metrics_gauge(page, "g", "h");
    lex_metrics_put_real(page, 1795632365.108);
    lex_metrics_put_real(page, 0.1);
    lex_metrics_put_real(page, 0, {"a", "b"});
    lex_metrics_put_real(page, 1e-6);
    s_is(page, "# HELP g h\n# TYPE g gauge\n"
               "g 1795632365.108\ng 0.1\ng{a=\"b\"} 0\ng 1e-06\n");
}

static void test_histograms(void **state)
{
    static const lex_bounds_t bounds = {.unit = 1e3, .count = 3, .upper = {1, 250, 10000}};
    lex_histogram_t histogram = {.bounds = &bounds};
    lex_metrics_t *page = *state;
    lex_histogram_add(&histogram, 1);
    lex_histogram_add(&histogram, 100);
    lex_histogram_add(&histogram, 200);
    lex_histogram_add(&histogram, 20500);
    lex_metrics_histogram(page, "h_seconds", "h");
    lex_metrics_put_histogram(page, &histogram, {"op", "define"});
    lex_metrics_put_histogram(page, &(lex_histogram_t){.bounds = &bounds});
    s_is(page, "# HELP h_seconds h\n# TYPE h_seconds histogram\n"
               "h_seconds_bucket{op=\"define\",le=\"0.001\"} 1\n"
               "h_seconds_bucket{op=\"define\",le=\"0.25\"} 3\n"
               "h_seconds_bucket{op=\"define\",le=\"10\"} 3\n"
               "h_seconds_bucket{op=\"define\",le=\"+Inf\"} 4\n"
               "h_seconds_sum{op=\"define\"} 20.801\n"
               "h_seconds_count{op=\"define\"} 4\n"
               "h_seconds_bucket{le=\"0.001\"} 0\n"
               "h_seconds_bucket{le=\"0.25\"} 0\n"
               "h_seconds_bucket{le=\"10\"} 0\n"
               "h_seconds_bucket{le=\"+Inf\"} 0\n"
               "h_seconds_sum 0\n"
               "h_seconds_count 0\n");
}

/* What follows `name` and a blank at the beginning of a line. */
static double s_value(const char *text, const char *name)
{
    char line[128];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *found = strstr(text, line);
    assert_non_null(found);
    return strtod(found + strlen(line), NULL);
}

static void test_the_process(void **state)
{
    lex_metrics_t *page = *state;
    size_t size;
    lex_metrics_put_process(page, "lexmq-test");
    char *before = strdup(lex_metrics_text(page, &size));
    assert_non_null(strstr(
        before, "\nlexmq_build_info{program=\"lexmq-test\",version=\"" LEXMQ_VERSION "\"} 1\n"));
    time_t now = time(NULL);
    double started = s_value(before, "process_start_time_seconds");
    assert_true(started <= (double)now + 2 && started > (double)now - 600);
    double resident = s_value(before, "process_resident_memory_bytes");
    double virtual = s_value(before, "process_virtual_memory_bytes");
    assert_true(resident > 1 << 19 && virtual > resident);
    double open = s_value(before, "process_open_fds");
    assert_true(open >= 3 && open < s_value(before, "process_max_fds"));
    double errors = s_value(before, "lexmq_log_lines_total{level=\"error\"}");

    int file = dup(STDERR_FILENO);
    lex_error("told on purpose");
    lex_metrics_t *after = lex_metrics_new();
    lex_metrics_put_process(after, "lexmq-test");
    const char *text = lex_metrics_text(after, &size);
    assert_true(s_value(text, "process_open_fds") == open + 1);
    assert_true(s_value(text, "lexmq_log_lines_total{level=\"error\"}") == errors + 1);
    assert_true(s_value(text, "process_cpu_seconds_total") >=
                s_value(before, "process_cpu_seconds_total"));
    close(file);
    lex_metrics_destroy(&after);
    free(before);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, s_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_empty_page), TEST(test_labels),     TEST(test_values_are_escaped),
        TEST(test_real_numbers),  TEST(test_histograms), TEST(test_the_process),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
