/* The workers of a service, a binary heap in an array: the choice of a worker and each change of
 * its credit cost log2 of the number of workers, so thousands of plain workers with credit 1 are no
 * burden. */

#include <assert.h>

#include "common/memory.h"
#include "gateway/service.h"

#define HEAP_MIN 8

/* a is to be chosen before b. */
static bool s_is_better(const peer_t *a, const peer_t *b)
{
    unsigned a_free = peer_free_credit(a);
    unsigned b_free = peer_free_credit(b);
    return a_free != b_free ? a_free > b_free : a->turn < b->turn;
}

static void s_set(service_t *self, unsigned place, peer_t *worker)
{
    self->heap[place] = worker;
    worker->place = place;
}

static void s_sift_up(service_t *self, peer_t *worker)
{
    unsigned place = worker->place;
    while (place > 0 && s_is_better(worker, self->heap[(place - 1) / 2])) {
        s_set(self, place, self->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    s_set(self, place, worker);
}

static void s_sift_down(service_t *self, peer_t *worker)
{
    unsigned place = worker->place;
    for (;;) {
        unsigned child = 2 * place + 1;
        if (child >= self->workers)
            break;
        if (child + 1 < self->workers && s_is_better(self->heap[child + 1], self->heap[child]))
            child++;
        if (!s_is_better(self->heap[child], worker))
            break;
        s_set(self, place, self->heap[child]);
        place = child;
    }
    s_set(self, place, worker);
}

void service_add_worker(service_t *self, peer_t *worker)
{
    if (self->workers == self->heap_size) {
        self->heap_size = self->heap_size ? self->heap_size * 2 : HEAP_MIN;
        self->heap = lex_realloc(self->heap, self->heap_size * sizeof *self->heap);
    }
    worker->service = self;
    self->was_served = true;
    s_set(self, self->workers++, worker);
    s_sift_up(self, worker);
}

void service_remove_worker(service_t *self, peer_t *worker)
{
    assert(worker->place < self->workers && self->heap[worker->place] == worker);
    peer_t *last = self->heap[--self->workers];
    if (last == worker)
        return;
    s_set(self, worker->place, last);
    service_worker_changed(self, last);
}

void service_worker_changed(service_t *self, peer_t *worker)
{
    assert(self->heap[worker->place] == worker);
    s_sift_up(self, worker);
    s_sift_down(self, worker);
}

peer_t *service_best(const service_t *self)
{
    peer_t *best = self->workers ? self->heap[0] : NULL;
    return best && peer_free_credit(best) > 0 ? best : NULL;
}

uint64_t service_credit(const service_t *self)
{
    uint64_t credit = 0;
    for (unsigned i = 0; i < self->workers; i++)
        credit += self->heap[i]->credit;
    return credit;
}

uint64_t service_free_credit(const service_t *self)
{
    uint64_t credit = 0;
    for (unsigned i = 0; i < self->workers; i++)
        credit += peer_free_credit(self->heap[i]);
    return credit;
}
