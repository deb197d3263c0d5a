/* Services: names, and the choice of a worker. */

#include "tests/unit/gateway/unit.h"

#include "common/random.h"
#include "gateway/service.h"

static void test_names(void **state)
{
    (void)state;
    char longest[256];
    memset(longest, 'x', sizeof longest);
    assert_true(service_name_is_valid("a", 1));
    assert_true(service_name_is_valid("history.record", 14));
    assert_true(service_name_is_valid("!~", 2));
    assert_true(service_name_is_valid(longest, 255));
    assert_false(service_name_is_valid(longest, 256));
    assert_false(service_name_is_valid("", 0));
    assert_false(service_name_is_valid("a b", 3));
    assert_false(service_name_is_valid("a\0b", 3));
    assert_false(service_name_is_valid("a\x7f", 2));
    assert_false(service_name_is_valid("\xc3\xa9", 2));
}

static void test_names_are_bounded(void **state)
{
    (void)state;
    services_t services;
    services_init(&services);
    char name[16];
    for (int i = 0; i < SERVICES_MAX; i++) {
        int size = snprintf(name, sizeof name, "s%d", i);
        service_t *service = services_add(&services, name, (size_t)size);
        assert_non_null(service);
        service->open = 1;
        service->sessions = i != 7; /* one of them nobody serves */
    }
    assert_null(services_add(&services, "more", 4));
    service_t *idle = services_find_idle(&services);
    assert_string_equal(idle->name, "s7");
    idle->open = 0;
    assert_non_null(services_add(&services, "more", 4)); /* the idle one made way */
    assert_null(services_find(&services, "s7", 2));
    assert_non_null(services_find(&services, "more", 4));
    for (list_t *node = services.all.next; node != &services.all; node = node->next)
        list_item(node, service_t, all)->sessions = list_item(node, service_t, all)->open = 0;
    services_close(&services);
}

/* Names of the settings stay; of the others the one that nobody ever served goes first. */
static void test_expected_names(void **state)
{
    (void)state;
    services_t services;
    services_init(&services);
    assert_true(services_expect(&services, ""));
    assert_true(services_expect(&services, "auth,lookup, auth"));
    assert_int_equal(table_count(services.by_name), 2);
    assert_false(services_expect(&services, "a\x01"));
    char many[256] = "";
    for (int i = 0; i <= SERVICES_EXPECTED_MAX; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "s%d,", i % 10);
    assert_false(services_expect(&services, many));
    services_close(&services);

    services_init(&services);
    assert_true(services_expect(&services, "auth"));
    services_add(&services, "served", 6)->was_served = true;
    char name[16];
    for (int i = 0; i < 2 * SERVICES_MAX; i++) {
        int size = snprintf(name, sizeof name, "s%d", i);
        assert_non_null(services_add(&services, name, (size_t)size));
    }
    assert_int_equal(table_count(services.by_name), SERVICES_MAX);
    assert_non_null(services_find(&services, "auth", 4));
    assert_non_null(services_find(&services, "served", 6));
    for (list_t *node = services.all.next; node != &services.all; node = node->next)
        list_item(node, service_t, all)->was_served = true;
    assert_non_null(services_add(&services, "last", 4));
    assert_null(services_find(&services, "served", 6)); /* the longest known */
    assert_string_not_equal(services_find_idle(&services)->name, "auth");
    services_close(&services);
}

/* The choice by looking at all workers. */
static peer_t *s_expected(peer_t *workers, unsigned count)
{
    peer_t *best = NULL;
    for (unsigned i = 0; i < count; i++) {
        peer_t *worker = &workers[i];
        unsigned unused = peer_free_credit(worker);
        if (unused == 0)
            continue;
        if (!best || unused > peer_free_credit(best) ||
            (unused == peer_free_credit(best) && worker->turn < best->turn))
            best = worker;
    }
    return best;
}

static void test_choice_is_the_best_of_all(void **state)
{
    (void)state;
    enum { WORKERS = 37 };
    service_t service = {0};
    peer_t workers[WORKERS];
    memset(workers, 0, sizeof workers);
    assert_null(service_best(&service));
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i].credit = 1 + i % 5;
        workers[i].turn = 1000 - i;
        service_add_worker(&service, &workers[i]);
    }
    uint64_t turns = 2000;
    srand(1);
    for (int step = 0; step < 20000; step++) {
        peer_t *best = service_best(&service);
        assert_ptr_equal(best, s_expected(workers, WORKERS));
        peer_t *worker = &workers[rand() % WORKERS];
        if (best && rand() % 2) {
            best->held++;
            best->turn = ++turns;
            service_worker_changed(&service, best);
        } else if (worker->held) {
            worker->held--;
            service_worker_changed(&service, worker);
        }
    }
    free(service.heap);
}

static void test_workers_leave_in_any_order(void **state)
{
    (void)state;
    enum { WORKERS = 20 };
    service_t service = {0};
    peer_t workers[WORKERS];
    memset(workers, 0, sizeof workers);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i].credit = 1 + (i * 7) % WORKERS;
        service_add_worker(&service, &workers[i]);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        unsigned index = (i * 3) % WORKERS;
        service_remove_worker(&service, &workers[index]);
        workers[index].held = workers[index].credit; /* out of the expected choice as well */
        assert_ptr_equal(service_best(&service), s_expected(workers, WORKERS));
    }
    assert_int_equal(service.workers, 0);
    free(service.heap);
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_are_bounded),
        cmocka_unit_test(test_expected_names),
        cmocka_unit_test(test_choice_is_the_best_of_all),
        cmocka_unit_test(test_workers_leave_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
