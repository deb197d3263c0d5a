#include "lookup-svc/postings.h"

#include "lookup-svc/varint.h"

void postings_open(postings_t *self, index_list_t list, uint32_t bound)
{
    *self = (postings_t){.next = list.data, .bound = bound};
    if (list.size == 0)
        return;
    self->end = list.data + list.size;
    uint32_t count;
    if (varint_get(&self->next, self->end, &count))
        self->left = count < bound ? count : bound;
}

bool postings_next(postings_t *self)
{
    uint32_t step = 0, more = 0;
    if (self->left == 0)
        return false;
    self->left--;
    /* The first number is counted from -1. */
    uint64_t base = self->started ? self->number : UINT64_MAX;
    bool whole = varint_get(&self->next, self->end, &step);
    if (whole && step & 1)
        whole = varint_get(&self->next, self->end, &more) && more <= UINT32_MAX - 2;
    uint64_t number = base + (step >> 1);
    if (!whole || step >> 1 == 0 || number >= self->bound) {
        self->left = 0;
        return false;
    }
    self->number = (uint32_t)number;
    self->times = step & 1 ? more + 2 : 1;
    self->started = true;
    return true;
}

bool postings_seek(postings_t *self, uint32_t number)
{
    if (self->started && self->number >= number)
        return true;
    while (postings_next(self))
        if (self->number >= number)
            return true;
    return false;
}
