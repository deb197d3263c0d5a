/* What the progress bar says. */

#include "tests/unit/dict/scratch.h"

#include "dict/progress.h"

static char s_out[256];

static void test_share_rate_and_time_left(void **state)
{
    (void)state;
    progress_format(s_out, sizeof s_out, 0, "wn", 20000, 25, 100, 2000);
    assert_string_equal(s_out, "wn:  25 %, 20000 rows, 10000 rows/s, 0:06 left");
    progress_format(s_out, sizeof s_out, 0, "wn", 1000, 10, 1000, 1000);
    assert_string_equal(s_out, "wn:   1 %, 1000 rows, 1000 rows/s, 1:39 left");
    progress_format(s_out, sizeof s_out, 0, "wn", 0, 0, 100, 0);
    assert_string_equal(s_out, "wn:   0 %, 0 rows, 0 rows/s");
    progress_format(s_out, sizeof s_out, 0, "wn", 10, 200, 100, 1000);
    assert_string_equal(s_out, "wn: 100 %, 10 rows, 10 rows/s, 0:00 left");
}

static void test_unknown_total(void **state)
{
    (void)state;
    progress_format(s_out, sizeof s_out, 80, "pipe", 500, 12345, 0, 1000);
    assert_string_equal(s_out, "pipe: 500 rows, 500 rows/s");
}

static void test_bar_fits_the_line(void **state)
{
    (void)state;
    for (unsigned columns = 1; columns < 200; columns++) {
        progress_format(s_out, sizeof s_out, columns, "wn", 20000, 50, 100, 2000);
        assert_non_null(strstr(s_out, " 50 %, 20000 rows"));
        if (strchr(s_out, '['))
            assert_true(strlen(s_out) < columns);
    }
    assert_non_null(strstr(s_out, "[####################....................] "));
}

static void test_quiet_at_first_and_without_a_terminal(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    progress_t *progress = progress_new(file, "wn");
    for (uint64_t i = 0; i < 1000; i++)
        progress_update(progress, i, i, 1000);
    progress_destroy(&progress);
    progress_destroy(&progress);
    assert_int_equal(ftell(file), 0); /* no bar, and no line before its time */
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share_rate_and_time_left),
        cmocka_unit_test(test_unknown_total),
        cmocka_unit_test(test_bar_fits_the_line),
        cmocka_unit_test(test_quiet_at_first_and_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
