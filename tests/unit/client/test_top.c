/* The figures of lexmq top: differences of two answers, and numbers. */

#include "client/top_number.h"
#include "tests/unit/client/top_status.h"

/* ---- figures ---- */

static void test_quantile(void **state)
{
    const uint64_t before[] = {5, 5, 5, 5}, now[] = {5, 105, 5, 5}, beyond[] = {5, 5, 5, 9};
    const uint64_t spread[] = {10, 80, 10, 0};
    (void)state;

    assert_int_equal(top_quantile(s_bounds, 3, before, before, 0.5), -1);
    assert_int_equal(top_quantile(s_bounds, 3, before, now, 0.5), 150);
    assert_int_equal(top_quantile(s_bounds, 3, before, now, 0.99), 199);
    assert_int_equal(top_quantile(s_bounds, 3, before, beyond, 0.5), 1000);
    assert_int_equal(top_quantile(s_bounds, 3, NULL, spread, 0.05), 50);
    assert_int_equal(top_quantile(s_bounds, 3, NULL, spread, 0.5), 150);
    assert_int_equal(top_quantile(s_bounds, 3, NULL, spread, 0.95), 600);
    /* Counters that began anew count from nothing. */
    assert_int_equal(top_quantile(s_bounds, 3, now, spread, 0.99),
                     top_quantile(s_bounds, 3, (const uint64_t[]){5, 0, 5, 0}, spread, 0.99));
}

static void test_rates(void **state)
{
    const uint64_t before_counts[] = {0, 100, 0, 0}, now_counts[] = {0, 100, 50, 0};
    lexmq_service_t old[] = {{.service = "lookup",
                              .requests = 1000,
                              .finals = 900,
                              .busy = 3,
                              .latency = before_counts}};
    lexmq_service_t new[] = {{.service = "lookup",
                              .workers = 2,
                              .credit = 20,
                              .free = 15,
                              .requests = 2000,
                              .finals = 1400,
                              .busy = 4,
                              .timeouts = 2,
                              .unavailable = 1,
                              .redispatched = 9,
                              .latency = now_counts},
                             {.service = "new", .requests = 10}};
    lexmq_worker_t old_worker = {.name = "a:1", .service = "lookup", .finals = 10, .ready_ms = 500};
    lexmq_worker_t new_workers[] = {
        {.name = "a:1", .service = "lookup", .finals = 510, .ready_ms = 2500},
        {.name = "b:2", .service = "lookup", .finals = 30, .ready_ms = 1000},
        {.name = "a:1", .service = "other", .finals = 0, .ready_ms = 2500}};
    lexmq_gateway_status_t before = s_status(10000, old, 1), now = s_status(12000, new, 2);
    lexmq_workers_t workers_before = {&old_worker, 1}, workers = {new_workers, 3};
    (void)state;

    top_figures_t *figures = top_figures_new(&before, &workers_before, &now, &workers);
    const top_service_t *lookup = &figures->services[0];
    assert_true(figures->has_rates && figures->requests == 505 && figures->open == 7);
    assert_true(lookup->requests == 500 && lookup->replies == 250 && lookup->busy == 0.5);
    assert_true(lookup->timeouts == 1 && lookup->unavailable == 0.5 && lookup->redispatched == 9);
    assert_true(lookup->p50_us == 600 && lookup->p99_us == 992);
    assert_true(figures->services[1].requests == 5 && figures->services[1].p50_us == -1);
    assert_true(figures->workers[0].finals == 250); /* in two seconds */
    assert_true(figures->workers[1].finals == 30);  /* it came a second ago */
    assert_true(figures->workers[2].finals == 0);
    top_figures_destroy(&figures);
    assert_null(figures);

    /* The first look, and one at a gateway that was started anew. */
    figures = top_figures_new(NULL, NULL, &now, &workers);
    assert_true(!figures->has_rates && figures->requests == 0 && figures->services[0].p99_us == -1);
    top_figures_destroy(&figures);
    figures = top_figures_new(&now, &workers, &before, NULL);
    assert_true(!figures->has_rates && figures->worker_count == 0);
    top_figures_destroy(&figures);
    /* A service that was forgotten and came back has lower counters. */
    new[0].requests = 100;
    figures = top_figures_new(&before, NULL, &now, NULL);
    assert_true(figures->services[0].requests == 50);
    top_figures_destroy(&figures);
}

/* The two gateways need not have the same bounds: one was exchanged for another version. */
static void test_other_bounds(void **state)
{
    static const uint64_t others[] = {100, 300, 1000};
    const uint64_t counts[] = {1, 2, 3, 4};
    lexmq_service_t service = {.service = "a", .latency = counts};
    lexmq_gateway_status_t before = s_status(1, &service, 1), now = s_status(2, &service, 1);
    (void)state;

    before.latency_bounds_us = others;
    top_figures_t *figures = top_figures_new(&before, NULL, &now, NULL);
    assert_int_equal(figures->services[0].p50_us, -1);
    top_figures_destroy(&figures);
    before.latency_bounds_us = now.latency_bounds_us = NULL;
    before.latency_bound_count = now.latency_bound_count = 0;
    service.latency = NULL;
    figures = top_figures_new(&before, NULL, &now, NULL);
    assert_int_equal(figures->services[0].p50_us, -1);
    top_figures_destroy(&figures);
}

static void s_assert_order(top_figures_t *figures, top_order_t order, const char *services,
                           const char *workers)
{
    top_figures_sort(figures, order);
    for (size_t i = 0; i < figures->service_count; i++)
        assert_int_equal(figures->services[i].name[0], services[i]);
    for (size_t i = 0; i < figures->worker_count; i++)
        assert_int_equal(figures->workers[i].name[0], workers[i]);
}

static void test_order(void **state)
{
    top_service_t services[] = {{.name = "b", .requests = 1, .p99_us = 5},
                                {.name = "c", .requests = 3, .p99_us = -1},
                                {.name = "a", .requests = 1, .open = 4, .p99_us = 9}};
    top_worker_t workers[] = {{.name = "y", .service = "s", .finals = 2, .silent_ms = 1},
                              {.name = "x", .service = "s", .finals = 2, .silent_ms = 5},
                              {.name = "z", .service = "r", .finals = 9, .silent_ms = 0}};
    top_figures_t figures = {
        .services = services, .service_count = 3, .workers = workers, .worker_count = 3};
    (void)state;

    s_assert_order(&figures, TOP_BY_LOAD, "cab", "zxy");
    s_assert_order(&figures, TOP_BY_NAME, "abc", "zxy");
    s_assert_order(&figures, TOP_BY_WAIT, "abc", "xyz");
}

/* ---- numbers ---- */

static void test_numbers(void **state)
{
    char out[TOP_NUMBER_SIZE];
    (void)state;

    assert_string_equal(top_count(out, 0), "0");
    assert_string_equal(top_count(out, 99999), "99999");
    assert_string_equal(top_count(out, 100000), "100k");
    assert_string_equal(top_count(out, 999999), "999k");
    assert_string_equal(top_count(out, 1290000), "1.2M");
    assert_string_equal(top_count(out, 45600000000), "45.6G");
    assert_string_equal(top_count(out, UINT64_MAX), ">999G");
    assert_string_equal(top_rate(out, 0), "0");
    assert_string_equal(top_rate(out, 0.01), "<0.1");
    assert_string_equal(top_rate(out, 99.94), "99.9");
    assert_string_equal(top_rate(out, 99.96), "100");
    assert_string_equal(top_rate(out, 123456.7), "123k");
    assert_string_equal(top_duration(out, -1), "-");
    assert_string_equal(top_duration(out, 870), "870us");
    assert_string_equal(top_duration(out, 1234), "1.23ms");
    assert_string_equal(top_duration(out, 9994), "9.99ms");
    assert_string_equal(top_duration(out, 9995), "10ms");
    assert_string_equal(top_duration(out, 999499), "999ms");
    assert_string_equal(top_duration(out, 999500), "1.0s");
    assert_string_equal(top_duration(out, INT64_MAX), "999.9s");
    assert_string_equal(top_age(out, 59999), "59s");
    assert_string_equal(top_age(out, 252000), "4m12s");
    assert_string_equal(top_age(out, 7500000), "2h05m");
    assert_string_equal(top_age(out, UINT64_C(273600000)), "3d04h");
    for (uint64_t value = 1; value < UINT64_MAX / 3; value = value * 3 + 1) {
        assert_true(strlen(top_count(out, value)) <= 6);
        assert_true(strlen(top_rate(out, (double)value / 7)) <= 6);
        assert_true(strlen(top_duration(out, (int64_t)(value / 2))) <= 6);
        assert_true(strlen(top_age(out, value)) <= 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile),     cmocka_unit_test(test_rates),
        cmocka_unit_test(test_other_bounds), cmocka_unit_test(test_order),
        cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
