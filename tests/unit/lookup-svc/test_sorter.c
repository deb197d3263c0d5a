/* Sorting in bounded memory: the same order with and without runs. */

#include "fixture.h"

#include "lookup-svc/sorter.h"

#define LARGE ((size_t)64 << 20)

static sorter_t *s_new(void **state, size_t budget)
{
    char *path = fixture_path(state, "index");
    sorter_t *sorter = sorter_new(path, budget);
    free(path);
    return sorter;
}

static void s_expect(sorter_t *sorter, const void *record, size_t size)
{
    const void *found;
    size_t found_size;
    assert_int_equal(sorter_next(sorter, &found, &found_size), 1);
    assert_int_equal(found_size, size);
    assert_memory_equal(found, record, size);
}

static void s_expect_end(sorter_t *sorter)
{
    const void *record;
    size_t size;
    assert_int_equal(sorter_next(sorter, &record, &size), 0);
    assert_int_equal(sorter_next(sorter, &record, &size), 0);
}

static void s_check_order(sorter_t *sorter)
{
    static const char *const words[] = {"b",        "a", "ab",   "\xff", "aaaaaaaab", "aaaaaaaaa",
                                        "aaaaaaaa", "c", "\x7f", "a",    "aaaaaaaaa", "abc"};
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(sorter_add(sorter, words[i], strlen(words[i])), 0);
    assert_int_equal(sorter_add(sorter, "a\0b", 3), 0);
    assert_int_equal(sorter_add(sorter, "\0", 1), 0);
    assert_int_equal(sorter_sort(sorter), 0);
    s_expect(sorter, "\0", 1);
    s_expect(sorter, "a", 1);
    s_expect(sorter, "a", 1);
    s_expect(sorter, "a\0b", 3);
    s_expect(sorter, "aaaaaaaa", 8);
    s_expect(sorter, "aaaaaaaaa", 9);
    s_expect(sorter, "aaaaaaaaa", 9);
    s_expect(sorter, "aaaaaaaab", 9);
    s_expect(sorter, "ab", 2);
    s_expect(sorter, "abc", 3);
    s_expect(sorter, "b", 1);
    s_expect(sorter, "c", 1);
    s_expect(sorter, "\x7f", 1);
    s_expect(sorter, "\xff", 1);
    s_expect_end(sorter);
    sorter_destroy(&sorter);
    assert_null(sorter);
}

static void test_order(void **state)
{
    s_check_order(s_new(state, LARGE));
    s_check_order(s_new(state, 1));   /* each record is a run */
    s_check_order(s_new(state, 100)); /* two or three are */
}

/* Many runs, which are merged into one again and again, against the C library's sort. */

static int s_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void test_many_runs(void **state)
{
    enum { COUNT = 5000 };
    static const size_t budgets[] = {200, 3000, 100000, LARGE};
    static char words[COUNT][24];
    static char *sorted[COUNT];
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < COUNT; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        snprintf(words[i], sizeof words[i], "%.*s%llu", (int)(random >> 60), "commonprefixed",
                 (unsigned long long)(random >> 8) % 3000);
        sorted[i] = words[i];
    }
    qsort(sorted, COUNT, sizeof *sorted, s_compare);
    for (size_t j = 0; j < 4; j++) {
        sorter_t *sorter = s_new(state, budgets[j]);
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(sorter_add(sorter, words[i], strlen(words[i])), 0);
        assert_int_equal(sorter_sort(sorter), 0);
        for (int i = 0; i < COUNT; i++)
            s_expect(sorter, sorted[i], strlen(sorted[i]));
        s_expect_end(sorter);
        sorter_destroy(&sorter);
    }
    assert_int_equal(rmdir(*state), 0); /* no file is left */
    assert_int_equal(mkdir(*state, 0700), 0);
}

static void test_longest_records(void **state)
{
    static const size_t budgets[] = {1, LARGE};
    char record[SORTER_RECORD_MAX];
    for (size_t j = 0; j < 2; j++) {
        sorter_t *sorter = s_new(state, budgets[j]);
        for (int i = 0; i < 40; i++) {
            memset(record, 'x', sizeof record);
            record[sizeof record - 1] = (char)('Z' - i * 7 % 40);
            assert_int_equal(sorter_add(sorter, record, sizeof record), 0);
        }
        assert_int_equal(sorter_sort(sorter), 0);
        for (int i = 0; i < 40; i++) {
            record[sizeof record - 1] = (char)('Z' - 39 + i);
            s_expect(sorter, record, sizeof record);
        }
        s_expect_end(sorter);
        sorter_destroy(&sorter);
    }
}

static void test_nothing(void **state)
{
    sorter_t *sorter = s_new(state, LARGE);
    assert_int_equal(sorter_sort(sorter), 0);
    s_expect_end(sorter);
    sorter_destroy(&sorter);
    sorter_destroy(&sorter);
}

/* Where no temporary file can be made, that is said as soon as one is needed. */
static void test_no_place_for_runs(void **state)
{
    (void)state;
    char record[SORTER_RECORD_MAX] = {0};
    sorter_t *sorter = sorter_new("/proc/nowhere/index", 1);
    int rc = 0;
    for (int i = 0; i < 100 && rc == 0; i++)
        rc = sorter_add(sorter, record, sizeof record);
    assert_int_equal(rc, -1);
    sorter_destroy(&sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_runs, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_longest_records, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_no_place_for_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
