#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>

#include "common/histogram.h"

static const lex_bounds_t s_bounds = {.unit = 1, .count = 3, .upper = {10, 20, 40}};

static uint64_t s_at(const lex_histogram_t *self, size_t place)
{
    return atomic_load(&self->counts[place]);
}

static void test_a_bound_is_among_its_own(void **state)
{
    (void)state;
    lex_histogram_t self = {.bounds = &s_bounds};
    const uint64_t values[] = {0, 10, 11, 20, 21, 40, 41, UINT32_MAX};
    for (size_t i = 0; i < 8; i++)
        lex_histogram_add(&self, values[i]);
    for (size_t place = 0; place < 4; place++)
        assert_int_equal(s_at(&self, place), 2);
    assert_int_equal(lex_histogram_count(&self), 8);
    assert_int_equal(lex_histogram_sum(&self), 143 + (uint64_t)UINT32_MAX);
}

/* A binary search goes wrong at its ends first: every bound of those that are in use, and its neighbours. */
static void s_check_bounds(const lex_bounds_t *bounds)
{
    assert_true(bounds->count <= LEX_HISTOGRAM_MAX);
    for (size_t i = 0; i < bounds->count; i++) {
        assert_true(i == 0 || bounds->upper[i] > bounds->upper[i - 1]);
        lex_histogram_t self = {.bounds = bounds};
        lex_histogram_add(&self, bounds->upper[i]);
        lex_histogram_add(&self, bounds->upper[i] + 1);
        assert_int_equal(s_at(&self, i), 1);
        assert_int_equal(s_at(&self, i + 1), 1);
    }
}

static void test_the_bounds_in_use(void **state)
{
    (void)state;
    s_check_bounds(&lex_bounds_duration);
    s_check_bounds(&lex_bounds_size);
    assert_int_equal(lex_bounds_duration.upper[0], 10);
    assert_int_equal(lex_bounds_duration.upper[lex_bounds_duration.count - 1], 10000000);
}

static void test_quantile(void **state)
{
    (void)state;
    lex_histogram_t self = {.bounds = &s_bounds};
    assert_int_equal(lex_histogram_quantile(&self, 0.5), 0);
    for (int i = 0; i < 50; i++) {
        lex_histogram_add(&self, 5);
        lex_histogram_add(&self, 30);
    }
    assert_int_equal(lex_histogram_quantile(&self, 0.25), 5);
    assert_int_equal(lex_histogram_quantile(&self, 0.5), 10);
    assert_int_equal(lex_histogram_quantile(&self, 0.75), 30);
    assert_int_equal(lex_histogram_quantile(&self, 1), 40);
    for (int i = 0; i < 900; i++)
        lex_histogram_add(&self, 1000);
    assert_int_equal(lex_histogram_quantile(&self, 0.99), 40); /* beyond: the last bound */
}

enum { THREADS = 4, VALUES = 100000 };

static void *s_add(void *arg)
{
    for (uint64_t i = 0; i < VALUES; i++)
        lex_histogram_add(arg, i % 50);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    lex_histogram_t self = {.bounds = &s_bounds};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, s_add, &self), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(lex_histogram_count(&self), THREADS * VALUES);
    assert_int_equal(lex_histogram_sum(&self), (uint64_t)THREADS * VALUES / 50 * (49 * 50 / 2));
    assert_int_equal(s_at(&self, 0), THREADS * VALUES / 50 * 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bound_is_among_its_own),
        cmocka_unit_test(test_the_bounds_in_use),
        cmocka_unit_test(test_quantile),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
