/* Whoever has most of something: a binary max-heap of nodes that live inside the things they weigh.
 * A change of a weight costs log2 of the number of things, the heaviest is found at once. */

#ifndef GATEWAY_HEAP_H
#define GATEWAY_HEAP_H

#include <stdint.h>

/* All zero: weighs nothing and is in no heap. */
typedef struct {
    uint64_t weight;
    unsigned place; /* in the heap; meaningless while the weight is 0 */
} heap_node_t;

/* All zero is an empty heap. */
typedef struct {
    heap_node_t **nodes;
    unsigned count;
    unsigned size;
} heap_t;

/* Frees the heap's own memory; the nodes belong to the caller. */
void heap_close(heap_t *self);

/* Gives a node another weight: it joins with its first, and leaves with 0. */
void heap_weigh(heap_t *self, heap_node_t *node, uint64_t weight);

/* A node that none outweighs, or NULL. list_item gives the thing around it. */
heap_node_t *heap_first(const heap_t *self);

#endif
