/* The slab of open requests: an address names one request for its life and nothing after it. */

#include "tests/unit/gateway/unit.h"

#include "gateway/request.h"

static void s_address(const request_t *request, unsigned char out[MDP_ADDRESS_SIZE])
{
    request_address(request, out);
}

static void test_address_finds_its_request(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    request_t *taken[3000]; /* more than a chunk */
    unsigned char address[MDP_ADDRESS_SIZE];
    for (int i = 0; i < 3000; i++)
        taken[i] = requests_take(requests);
    for (int i = 0; i < 3000; i++) {
        s_address(taken[i], address);
        assert_ptr_equal(requests_find(requests, address, sizeof address), taken[i]);
    }
    requests_destroy(&requests);
    assert_null(requests);
    requests_destroy(&requests);
}

static void test_stale_address(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    unsigned char first[MDP_ADDRESS_SIZE], second[MDP_ADDRESS_SIZE];
    request_t *request = requests_take(requests);
    s_address(request, first);
    requests_release(requests, request);
    assert_null(requests_find(requests, first, sizeof first));
    assert_ptr_equal(requests_take(requests), request); /* the same place, warm in the cache */
    s_address(request, second);
    assert_null(requests_find(requests, first, sizeof first));
    assert_ptr_equal(requests_find(requests, second, sizeof second), request);
    requests_destroy(&requests);
}

static void test_invented_addresses(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    unsigned char address[255] = {0};
    assert_null(requests_find(requests, address, MDP_ADDRESS_SIZE)); /* nothing was ever taken */
    request_t *request = requests_take(requests);
    s_address(request, address);
    assert_null(requests_find(requests, address, 0));
    assert_null(requests_find(requests, address, 7));
    assert_null(requests_find(requests, address, 9));
    assert_null(requests_find(requests, address, 255));
    memset(address, 0xff, sizeof address);
    assert_null(requests_find(requests, address, MDP_ADDRESS_SIZE));
    s_address(request, address);
    address[0] ^= 1; /* a place that is free */
    assert_null(requests_find(requests, address, MDP_ADDRESS_SIZE));
    requests_destroy(&requests);
}

static void test_bound(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    request_t *last = NULL;
    for (unsigned i = 0; i < REQUESTS_MAX; i++)
        assert_non_null(last = requests_take(requests));
    assert_null(requests_take(requests));
    requests_release(requests, last);
    assert_ptr_equal(requests_take(requests), last);
    requests_destroy(&requests);
}

static void test_body_is_moved_and_counted(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    request_t *request = requests_take(requests);
    frames_t frames = {.count = 4};
    unit_frame(&frames.part[0], "not body", 8);
    unit_frame(&frames.part[1], "one", 3);
    unit_frame(&frames.part[2], "", 0);
    unit_frame(&frames.part[3], "three", 5);
    request_take_body(request, &frames, 1);
    assert_int_equal(request->frames, 3);
    assert_int_equal(request->bytes, 8);
    assert_memory_equal(zmq_msg_data(&request->body), "one", 3);
    assert_int_equal(zmq_msg_size(&request->rest[0]), 0);
    assert_memory_equal(zmq_msg_data(&request->rest[1]), "three", 5);
    assert_int_equal(zmq_msg_size(&frames.part[1]), 0); /* moved out */
    frames_close(&frames);
    requests_release(requests, request);
    assert_null(request->rest);
    requests_destroy(&requests);
}

static void test_release_leaves_lists(void **state)
{
    (void)state;
    requests_t *requests = requests_new();
    request_t *request = requests_take(requests);
    list_t arrivals, queue;
    list_init(&arrivals);
    list_init(&queue);
    list_append(&arrivals, &request->arrival);
    list_append(&queue, &request->place);
    requests_release(requests, request);
    assert_true(list_is_empty(&arrivals));
    assert_true(list_is_empty(&queue));
    requests_destroy(&requests);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_finds_its_request),
        cmocka_unit_test(test_stale_address),
        cmocka_unit_test(test_invented_addresses),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_body_is_moved_and_counted),
        cmocka_unit_test(test_release_leaves_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
