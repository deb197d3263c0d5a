#include "tests/chaos/wire_queue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct wire_queue {
    wire_packet_t *heap[WIRE_QUEUE_MAX]; /* every one no later than those at 2i+1 and 2i+2 */
    size_t count;
    uint64_t sequence;
};

wire_queue_t *wire_queue_new(void)
{
    return calloc(1, sizeof(wire_queue_t));
}

void wire_queue_destroy(wire_queue_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t at = 0; at < (*self_p)->count; at++)
        free((*self_p)->heap[at]);
    free(*self_p);
    *self_p = NULL;
}

static bool s_before(const wire_packet_t *a, const wire_packet_t *b)
{
    return a->due != b->due ? a->due < b->due : a->sequence < b->sequence;
}

int wire_queue_push(wire_queue_t *self, uint64_t due, int to, const void *data, size_t size)
{
    wire_packet_t *packet = self->count < WIRE_QUEUE_MAX ? malloc(sizeof *packet + size) : NULL;
    if (!packet)
        return -1;
    *packet = (wire_packet_t){.due = due, .sequence = self->sequence++, .to = to, .size = size};
    memcpy(packet->data, data, size);
    size_t at = self->count++;
    for (; at > 0 && s_before(packet, self->heap[(at - 1) / 2]); at = (at - 1) / 2)
        self->heap[at] = self->heap[(at - 1) / 2];
    self->heap[at] = packet;
    return 0;
}

wire_packet_t *wire_queue_pop(wire_queue_t *self, uint64_t now)
{
    if (self->count == 0 || self->heap[0]->due > now)
        return NULL;
    wire_packet_t *first = self->heap[0], *last = self->heap[--self->count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < self->count) {
        if (child + 1 < self->count && s_before(self->heap[child + 1], self->heap[child]))
            child++;
        if (!s_before(self->heap[child], last))
            break;
        self->heap[at] = self->heap[child];
        at = child;
    }
    self->heap[at] = last;
    return first;
}

int64_t wire_queue_wait(const wire_queue_t *self, uint64_t now)
{
    if (self->count == 0)
        return -1;
    uint64_t due = self->heap[0]->due;
    return due <= now ? 0 : (int64_t)(due - now);
}
