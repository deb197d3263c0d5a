/* Who has most: the heap against a look at all. */

#include "tests/unit/gateway/unit.h"

#include "gateway/heap.h"

enum { NODES = 50 };

static uint64_t s_most(const heap_node_t *nodes)
{
    uint64_t most = 0;
    for (int i = 0; i < NODES; i++)
        if (nodes[i].weight > most)
            most = nodes[i].weight;
    return most;
}

static void test_first_is_the_heaviest(void **state)
{
    (void)state;
    heap_t heap = {.nodes = NULL};
    heap_node_t nodes[NODES];
    memset(nodes, 0, sizeof nodes);
    assert_null(heap_first(&heap));
    srand(1);
    for (int step = 0; step < 20000; step++) {
        /* Every third weighs nothing, so nodes leave from everywhere and come back. */
        uint64_t weight = rand() % 3 ? (uint64_t)(rand() % 100) : 0;
        heap_weigh(&heap, &nodes[rand() % NODES], weight);
        heap_node_t *first = heap_first(&heap);
        assert_int_equal(first ? first->weight : 0, s_most(nodes));
        /* Nobody is below one who weighs less, or another first would be wrong some day. */
        for (unsigned i = 1; i < heap.count; i++)
            assert_true(heap.nodes[i]->weight <= heap.nodes[(i - 1) / 2]->weight);
    }
    for (int i = 0; i < NODES; i++)
        heap_weigh(&heap, &nodes[i], 0);
    assert_null(heap_first(&heap));
    heap_close(&heap);
}

static void test_same_weight_is_no_change(void **state)
{
    (void)state;
    heap_t heap = {.nodes = NULL};
    heap_node_t node = {.weight = 0};
    heap_weigh(&heap, &node, 0);
    assert_null(heap_first(&heap));
    heap_weigh(&heap, &node, 7);
    heap_weigh(&heap, &node, 7);
    assert_int_equal(heap.count, 1);
    heap_close(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_is_the_heaviest),
        cmocka_unit_test(test_same_weight_is_no_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
