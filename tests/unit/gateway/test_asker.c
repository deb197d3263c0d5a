/* Askers and their lanes: found while they have something open, and forgotten with it. */

#include "tests/unit/gateway/unit.h"

#include "common/random.h"
#include "gateway/lane.h"
#include "gateway/service.h"

static asker_t *s_add(askers_t *askers, const char *name, bool is_back)
{
    zmq_msg_t id;
    unit_frame(&id, name, strlen(name));
    asker_t *asker = askers_add(askers, &id, is_back);
    zmq_msg_close(&id);
    return asker;
}

static asker_t *s_find(askers_t *askers, const char *name, bool is_back)
{
    zmq_msg_t id;
    unit_frame(&id, name, strlen(name));
    asker_t *asker = askers_find(askers, &id, is_back);
    zmq_msg_close(&id);
    return asker;
}

static void test_front_and_back_are_two(void **state)
{
    (void)state;
    askers_t askers;
    askers_init(&askers);
    asker_t *front = s_add(&askers, "same", false);
    assert_null(s_find(&askers, "same", true));
    asker_t *back = s_add(&askers, "same", true);
    assert_ptr_equal(s_find(&askers, "same", false), front);
    assert_ptr_equal(s_find(&askers, "same", true), back);
    assert_int_equal(askers_count(&askers), 2);
    asker_remove(front);
    assert_null(s_find(&askers, "same", false));
    assert_ptr_equal(s_find(&askers, "same", true), back);
    askers_close(&askers);
}

/* Long ids are blocks of libzmq; the leak checker sees them if they stay. */
static void test_memory_is_used_again(void **state)
{
    (void)state;
    askers_t askers;
    askers_init(&askers);
    char name[200];
    asker_t *first = NULL;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "%0150d", i);
        asker_t *asker = s_add(&askers, name, false);
        assert_true(!first || asker == first);
        assert_int_equal(asker->open, 0);
        assert_ptr_equal(s_find(&askers, name, false), asker);
        first = asker;
        asker_remove(asker);
        assert_null(s_find(&askers, name, false));
        assert_int_equal(askers_count(&askers), 0);
    }
    askers_close(&askers);
}

static void test_lanes(void **state)
{
    (void)state;
    askers_t askers;
    askers_init(&askers);
    service_t one = {.lanes = 0};
    service_t two = {.lanes = 0};
    asker_t *asker = s_add(&askers, "a", false);
    assert_null(lane_find(asker, &one));
    lane_t *first = lane_add(asker, &one);
    lane_t *second = lane_add(asker, &two);
    assert_ptr_equal(lane_find(asker, &one), first);
    assert_ptr_equal(lane_find(asker, &two), second);
    assert_int_equal(one.lanes, 1);
    lane_remove(first);
    assert_int_equal(one.lanes, 0);
    assert_null(lane_find(asker, &one));
    assert_ptr_equal(lane_add(asker, &one), first); /* its memory */
    askers_close(&askers);                          /* with lanes in use */
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front_and_back_are_two),
        cmocka_unit_test(test_memory_is_used_again),
        cmocka_unit_test(test_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
