#include "lookup-svc/ranking.h"

#include <string.h>

static int s_compare(const candidate_t *a, const candidate_t *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->common != b->common)
        return a->common > b->common ? -1 : 1;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    int rc = memcmp(a->key, b->key, a->size < b->size ? a->size : b->size);
    if (rc != 0 || a->size == b->size)
        return rc;
    return a->size < b->size ? -1 : 1;
}

void ranking_offer(ranking_t *self, const candidate_t *candidate)
{
    size_t place = self->count;
    while (place > 0) {
        int rc = s_compare(candidate, self->best + place - 1);
        if (rc == 0)
            return; /* the rank follows from the key, so an equal rank is the same key */
        if (rc > 0)
            break;
        place--;
    }
    if (place == RANKING_MAX)
        return;
    size_t behind = self->count - place;
    if (self->count == RANKING_MAX)
        behind--;
    else
        self->count++;
    memmove(self->best + place + 1, self->best + place, behind * sizeof *self->best);
    self->best[place] = *candidate;
}

unsigned ranking_limit(const ranking_t *self)
{
    return self->count < RANKING_MAX ? RANKING_COMPLETED : self->best[RANKING_MAX - 1].distance;
}
