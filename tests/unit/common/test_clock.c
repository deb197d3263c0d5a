#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/clock.h"

static void s_is(int64_t utc_ms, const char *wanted)
{
    char text[LEX_ISO_TIME_SIZE];

    assert_ptr_equal(lex_iso_time(utc_ms, text, sizeof text), text);
    assert_string_equal(text, wanted);
}

static void iso_times(void **state)
{
    (void)state;
    s_is(0, "1970-01-01T00:00:00.000Z");
    s_is(1772368496789, "2026-03-01T12:34:56.789Z");
    s_is(951782400000, "2000-02-29T00:00:00.000Z");
    s_is(-1, "1969-12-31T23:59:59.999Z");
    s_is(-1000, "1969-12-31T23:59:59.000Z");
    s_is(253402300799999, "9999-12-31T23:59:59.999Z");
    s_is(253402300800000, "(time out of range)");
    s_is(INT64_MAX, "(time out of range)");
    s_is(INT64_MIN, "(time out of range)");
}

static void iso_time_is_cut_not_overrun(void **state)
{
    char text[8] = "1234567";

    (void)state;
    lex_iso_time(0, text, 4);
    assert_memory_equal(text + 4, "567", 4);
    assert_int_equal(text[0], '\0');
    char exact[25];
    assert_string_equal(lex_iso_time(0, exact, sizeof exact), "1970-01-01T00:00:00.000Z");
}

static void clocks_run(void **state)
{
    (void)state;
    int64_t before = lex_monotonic_ms();
    while (lex_monotonic_ms() == before)
        continue;
    assert_true(lex_monotonic_ms() > before);
    assert_true(llabs(lex_utc_ms() / 1000 - (int64_t)time(NULL)) <= 1);
}

static void nobody_is_heard_in_the_future(void **state)
{
    (void)state;
    assert_int_equal(lex_heard_after_gap(1000, 5000, 6500), 6000); /* was silent for 500 besides */
    assert_int_equal(lex_heard_after_gap(6400, 5000, 6500), 6500); /* heard since */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_times),
        cmocka_unit_test(iso_time_is_cut_not_overrun),
        cmocka_unit_test(clocks_run),
        cmocka_unit_test(nobody_is_heard_in_the_future),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
