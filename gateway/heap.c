#include "gateway/heap.h"

#include <assert.h>
#include <stdlib.h>

#include "common/memory.h"

#define HEAP_MIN 8

void heap_close(heap_t *self)
{
    free(self->nodes);
    *self = (heap_t){.nodes = NULL};
}

static void s_set(heap_t *self, unsigned place, heap_node_t *node)
{
    self->nodes[place] = node;
    node->place = place;
}

static void s_sift_up(heap_t *self, heap_node_t *node)
{
    unsigned place = node->place;
    while (place > 0 && node->weight > self->nodes[(place - 1) / 2]->weight) {
        s_set(self, place, self->nodes[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    s_set(self, place, node);
}

static void s_sift_down(heap_t *self, heap_node_t *node)
{
    unsigned place = node->place;
    for (;;) {
        unsigned child = 2 * place + 1;
        if (child >= self->count)
            break;
        if (child + 1 < self->count && self->nodes[child + 1]->weight > self->nodes[child]->weight)
            child++;
        if (self->nodes[child]->weight <= node->weight)
            break;
        s_set(self, place, self->nodes[child]);
        place = child;
    }
    s_set(self, place, node);
}

static void s_join(heap_t *self, heap_node_t *node)
{
    if (self->count == self->size) {
        self->size = self->size ? self->size * 2 : HEAP_MIN;
        self->nodes = lex_realloc(self->nodes, self->size * sizeof *self->nodes);
    }
    s_set(self, self->count++, node);
}

static void s_leave(heap_t *self, const heap_node_t *node)
{
    heap_node_t *last = self->nodes[--self->count];
    if (last == node)
        return;
    s_set(self, node->place, last);
    s_sift_up(self, last);
    s_sift_down(self, last);
}

void heap_weigh(heap_t *self, heap_node_t *node, uint64_t weight)
{
    uint64_t old = node->weight;
    node->weight = weight;
    if (old == weight)
        return;
    assert(old == 0 || self->nodes[node->place] == node);
    if (weight == 0) {
        s_leave(self, node);
        return;
    }
    if (old == 0)
        s_join(self, node);
    if (weight > old)
        s_sift_up(self, node);
    else
        s_sift_down(self, node);
}

heap_node_t *heap_first(const heap_t *self)
{
    return self->count ? self->nodes[0] : NULL;
}
