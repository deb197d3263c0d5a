/* The queue of a service: lanes take turns, the longest is known, and who has its part at the
 * workers is held. */

#include "tests/unit/gateway/unit.h"

#include "common/random.h"
#include "gateway/service.h"

typedef struct {
    services_t services;
    requests_t *requests;
    askers_t askers;
    service_t *service;
} s_world_t;

static int s_setup(void **state)
{
    s_world_t *world = calloc(1, sizeof *world);
    services_init(&world->services);
    askers_init(&world->askers);
    world->requests = requests_new();
    world->service = services_add(&world->services, "echo", 4);
    world->service->workers = 1; /* for the part of a lane; none is in the heap */
    *state = world;
    return 0;
}

static int s_teardown(void **state)
{
    s_world_t *world = *state;
    requests_destroy(&world->requests);
    askers_close(&world->askers);
    world->service->open = 0;
    services_close(&world->services);
    free(world);
    return 0;
}

static lane_t *s_lane(s_world_t *world, const char *name)
{
    zmq_msg_t id;
    unit_frame(&id, name, strlen(name));
    asker_t *asker = askers_find(&world->askers, &id, false);
    if (!asker)
        asker = askers_add(&world->askers, &id, false);
    zmq_msg_close(&id);
    lane_t *lane = lane_find(asker, world->service);
    return lane ? lane : lane_add(asker, world->service);
}

static request_t *s_request(s_world_t *world, const char *asker, size_t bytes)
{
    request_t *request = requests_take(world->requests);
    request->service = world->service;
    request->lane = s_lane(world, asker);
    request->bytes = bytes;
    world->service->open++;
    service_seen(world->service, 0);
    return request;
}

static request_t *s_push(s_world_t *world, const char *asker, size_t bytes)
{
    request_t *request = s_request(world, asker, bytes);
    service_push(world->service, request);
    return request;
}

/* The next one goes to a worker; its asker, or "-". */
static const char *s_give(s_world_t *world)
{
    static char name[16];
    request_t *request = service_pop(world->service);
    if (!request)
        return "-";
    service_given(request->lane);
    zmq_msg_t *id = &request->lane->asker->routing_id;
    snprintf(name, sizeof name, "%.*s", (int)zmq_msg_size(id), (char *)zmq_msg_data(id));
    return name;
}

static void test_lanes_take_turns(void **state)
{
    s_world_t *world = *state;
    for (int i = 0; i < 5; i++)
        s_push(world, "a", 1);
    s_push(world, "b", 1);
    s_push(world, "b", 1);
    s_push(world, "c", 1);
    const char *expected[] = {"a", "b", "c", "a", "b", "a", "a", "a", "-"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(s_give(world), expected[i]);
    assert_int_equal(world->service->queued, 0);
}

static void test_a_lane_keeps_its_order(void **state)
{
    s_world_t *world = *state;
    request_t *list[3];
    for (int i = 0; i < 3; i++)
        list[i] = s_push(world, "a", 10);
    assert_int_equal(world->service->queued_bytes, 30);
    service_unqueue(world->service, list[1]);
    assert_ptr_equal(service_pop(world->service), list[0]);
    assert_ptr_equal(service_pop(world->service), list[2]);
    assert_null(service_pop(world->service));
    assert_int_equal(world->service->queued_bytes, 0);
}

static void test_what_is_put_back_goes_first(void **state)
{
    s_world_t *world = *state;
    request_t *first = s_request(world, "z", 1);
    request_t *second = s_request(world, "z", 1);
    s_push(world, "a", 1);
    request_t *later = s_push(world, "z", 1);
    service_put_back(world->service, second);
    service_put_back(world->service, first);
    assert_ptr_equal(service_pop(world->service), first);
    assert_string_equal(s_give(world), "a");
    assert_ptr_equal(service_pop(world->service), second);
    assert_ptr_equal(service_pop(world->service), later);
}

static void test_longest(void **state)
{
    s_world_t *world = *state;
    assert_null(service_last_of_longest(world->service, false));
    s_push(world, "many", 0);
    s_push(world, "many", 0);
    request_t *many = s_push(world, "many", 0);
    assert_null(service_last_of_longest(world->service, true)); /* they have no bytes */
    s_push(world, "much", 500);
    request_t *much = s_push(world, "much", 500);
    assert_ptr_equal(service_last_of_longest(world->service, false), many);
    assert_ptr_equal(service_last_of_longest(world->service, true), much);
    service_unqueue(world->service, many);
    service_unqueue(world->service, service_last_of_longest(world->service, false));
    assert_ptr_equal(service_last_of_longest(world->service, true), much);
    service_unqueue(world->service, much);
    assert_int_equal(service_last_of_longest(world->service, true)->bytes, 500);
}

/* Of 128 that one worker has, two lanes have 64 each; alone, a lane has all. */
static void test_a_lane_that_has_its_part_is_held(void **state)
{
    s_world_t *world = *state;
    lane_t *greedy = s_lane(world, "greedy");
    for (int i = 0; i < 200; i++)
        s_push(world, "greedy", 1);
    for (int i = 0; i < 100; i++)
        assert_string_equal(s_give(world), "greedy");
    s_push(world, "b", 1);
    assert_string_equal(s_give(world), "b");
    assert_string_equal(s_give(world), "-");
    assert_true(greedy->is_held);
    while (greedy->at_work > 64) {
        world->service->open--;
        service_left(world->service, greedy);
        assert_string_equal(s_give(world), "-");
    }
    world->service->open--;
    service_left(world->service, greedy);
    assert_string_equal(s_give(world), "greedy");
    assert_string_equal(s_give(world), "-");
}

/* It has no turn that others would take for a free worker's. */
static void test_who_asks_with_its_part_is_held_at_once(void **state)
{
    s_world_t *world = *state;
    lane_t *greedy = s_lane(world, "greedy");
    for (int i = 0; i < 100; i++)
        s_push(world, "greedy", 1);
    for (int i = 0; i < 100; i++)
        assert_string_equal(s_give(world), "greedy");
    s_push(world, "b", 1);
    assert_string_equal(s_give(world), "b");
    s_push(world, "greedy", 1);
    assert_true(greedy->is_held && list_is_empty(&world->service->turns));
    s_push(world, "b", 1);
    assert_false(s_lane(world, "b")->is_held);
    assert_string_equal(s_give(world), "b");
}

static void test_much_of_all_is_for_many(void **state)
{
    s_world_t *world = *state;
    for (int i = 0; i < 300; i++) {
        s_push(world, "a", 1);
        s_push(world, "b", 1);
    }
    for (int i = 0; i < 300; i++) { /* neither has more than twice what the other has */
        assert_string_equal(s_give(world), "a");
        assert_string_equal(s_give(world), "b");
    }
}

/* Others that were there a moment ago count, for two whiles at most. */
static void test_held_until_the_others_are_forgotten(void **state)
{
    s_world_t *world = *state;
    service_t *service = world->service;
    request_t *other = s_push(world, "other", 1);
    for (int i = 0; i < 100; i++)
        s_push(world, "greedy", 1);
    service_unqueue(service, other);
    service->open--;
    lane_remove(other->lane);
    for (int i = 0; i < 64; i++)
        assert_string_equal(s_give(world), "greedy");
    assert_string_equal(s_give(world), "-");
    service_seen(service, 150);
    assert_string_equal(s_give(world), "-");
    service_seen(service, 250);
    assert_string_equal(s_give(world), "greedy");
    assert_string_equal(s_give(world), "greedy");
}

/* Against a model: each request leaves once, in its lane's order, and no turn is left out. */
static void test_many_steps(void **state)
{
    s_world_t *world = *state;
    service_t *service = world->service;
    static const char *names[] = {"a", "b", "c", "d", "e", "f", "g"};
    unsigned waiting = 0;
    srand(2);
    for (int step = 0; step < 20000; step++) {
        if (rand() % 2) {
            s_push(world, names[rand() % 7], (size_t)(rand() % 50));
            waiting++;
        } else if (waiting && rand() % 8 == 0) {
            request_t *last = service_last_of_longest(service, false);
            service_unqueue(service, last);
            requests_release(world->requests, last);
            service->open--;
            waiting--;
        } else if (waiting) {
            request_t *request = service_pop(service);
            assert_non_null(request);
            requests_release(world->requests, request);
            service->open--;
            waiting--;
        }
        assert_int_equal(service->queued, waiting);
        request_t *last = service_last_of_longest(service, false);
        for (int i = 0; last && i < 7; i++)
            assert_true(lane_waiting(s_lane(world, names[i])) <= lane_waiting(last->lane));
    }
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lanes_take_turns, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_a_lane_keeps_its_order, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_put_back_goes_first, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_longest, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_who_asks_with_its_part_is_held_at_once, s_setup,
                                        s_teardown),
        cmocka_unit_test_setup_teardown(test_a_lane_that_has_its_part_is_held, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_much_of_all_is_for_many, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_held_until_the_others_are_forgotten, s_setup,
                                        s_teardown),
        cmocka_unit_test_setup_teardown(test_many_steps, s_setup, s_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
