/* How much of an outbox goes into one message (docs/protocol.md section 2.4). */

#include "tests/unit/gateway/unit.h"

#include "common/packet.h"
#include "common/random.h"
#include "gateway/outbox.h"

typedef struct {
    requests_t *requests;
    peers_t peers;
    peer_t *worker;
} box_t;

static int s_set_up(void **state)
{
    box_t *box = calloc(1, sizeof *box);
    zmq_msg_t id;
    box->requests = requests_new();
    peers_init(&box->peers);
    unit_frame(&id, "worker", 6);
    box->worker = peers_add(&box->peers, &id);
    zmq_msg_close(&id);
    *state = box;
    return 0;
}

static int s_tear_down(void **state)
{
    box_t *box = *state;
    list_init(&box->worker->outbox);
    list_init(&box->worker->at_work);
    peers_close(&box->peers);
    requests_destroy(&box->requests);
    free(box);
    return 0;
}

static void s_put(box_t *box, size_t size, unsigned count)
{
    frames_t frames = {.count = count};
    unsigned char *body = calloc(1, size + 1);
    for (unsigned i = 0; i < count; i++)
        unit_frame(&frames.part[i], body, size);
    free(body);
    request_t *request = requests_take(box->requests);
    request_take_body(request, &frames, 0);
    request->state = REQUEST_OUTBOX;
    list_append(&box->worker->outbox, &request->place);
    frames_close(&frames);
}

static void s_assert_next(box_t *box, unsigned count, size_t bytes)
{
    size_t packed = 1;
    assert_int_equal(outbox_next(box->worker, &packed), count);
    assert_int_equal(packed, bytes);
}

static void test_empty(void **state)
{
    s_assert_next(*state, 0, 0);
}

static void test_worker_without_batch(void **state)
{
    box_t *box = *state;
    s_put(box, 10, 1);
    s_put(box, 10, 1);
    s_assert_next(box, 1, 0);
}

static void test_as_many_as_the_worker_takes(void **state)
{
    box_t *box = *state;
    box->worker->batch = 3;
    for (int i = 0; i < 5; i++)
        s_put(box, 10, 1);
    s_assert_next(box, 3, 3 * lex_packet_record_size(MDP_ADDRESS_SIZE, 10));
}

static void test_one_alone_is_packed_too(void **state)
{
    box_t *box = *state;
    box->worker->batch = 1;
    s_put(box, 0, 1);
    s_assert_next(box, 1, lex_packet_record_size(MDP_ADDRESS_SIZE, 0));
}

static void test_stops_before_what_cannot_be_packed(void **state)
{
    box_t *box = *state;
    box->worker->batch = 10;
    s_put(box, 10, 1);
    s_put(box, 10, 2);
    s_put(box, 10, 1);
    s_assert_next(box, 1, lex_packet_record_size(MDP_ADDRESS_SIZE, 10));
}

static void test_several_frames_go_alone(void **state)
{
    box_t *box = *state;
    box->worker->batch = 10;
    s_put(box, 10, 2);
    s_put(box, 10, 1);
    s_assert_next(box, 1, 0);
}

static void test_large_bodies_go_alone(void **state)
{
    box_t *box = *state;
    box->worker->batch = 10;
    s_put(box, OUTBOX_PACK_MAX + 1, 1);
    s_put(box, OUTBOX_PACK_MAX, 1);
    s_assert_next(box, 1, 0);
}

static void test_packed_frame_is_bounded(void **state)
{
    box_t *box = *state;
    box->worker->batch = MDP_BATCH_MAX;
    for (int i = 0; i < 40; i++)
        s_put(box, OUTBOX_PACK_MAX, 1);
    size_t packed;
    unsigned count = outbox_next(box->worker, &packed);
    assert_true(packed < MDP_BATCH_BYTES);
    assert_true(packed + lex_packet_record_size(MDP_ADDRESS_SIZE, OUTBOX_PACK_MAX) >=
                MDP_BATCH_BYTES);
    assert_int_equal(count, packed / lex_packet_record_size(MDP_ADDRESS_SIZE, OUTBOX_PACK_MAX));
}

static void test_worker_that_is_gone(void **state)
{
    box_t *box = *state;
    int one = 1;
    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &one, sizeof one);
    s_put(box, 10, 1);
    assert_int_equal(outbox_flush(box->worker, router), -1);
    assert_false(list_is_empty(&box->worker->outbox));
    assert_true(list_is_empty(&box->worker->at_work));
    zmq_close(router);
    zmq_ctx_term(context);
}

int main(void)
{
    lex_random_setup();
#define s_test(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)
    const struct CMUnitTest tests[] = {
        s_test(test_empty),
        s_test(test_worker_without_batch),
        s_test(test_as_many_as_the_worker_takes),
        s_test(test_one_alone_is_packed_too),
        s_test(test_stops_before_what_cannot_be_packed),
        s_test(test_several_frames_go_alone),
        s_test(test_large_bodies_go_alone),
        s_test(test_packed_frame_is_bounded),
        s_test(test_worker_that_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
