#include "lookup-svc/ranking.h"

#include <stdbool.h>
#include <string.h>

static int s_compare_keys(const candidate_t *a, const candidate_t *b)
{
    int rc = memcmp(a->key, b->key, a->size < b->size ? a->size : b->size);
    if (rc != 0 || a->size == b->size)
        return rc;
    return a->size < b->size ? -1 : 1;
}

static int s_compare(const candidate_t *a, const candidate_t *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->rank != b->rank) /* one less, so that 0 is the largest */
        return a->rank - 1 < b->rank - 1 ? -1 : 1;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    if (a->common != b->common)
        return a->common > b->common ? -1 : 1;
    return s_compare_keys(a, b);
}

/* Takes the candidate's key out if it is there with a worse rank. False when it is there already
 * and as good. */
static bool s_make_way(ranking_t *self, const candidate_t *candidate)
{
    for (size_t i = 0; i < self->count; i++) {
        if (s_compare_keys(candidate, self->best + i) != 0)
            continue;
        if (s_compare(candidate, self->best + i) >= 0)
            return false;
        self->count--;
        memmove(self->best + i, self->best + i + 1, (self->count - i) * sizeof *self->best);
        break;
    }
    return true;
}

void ranking_offer(ranking_t *self, const candidate_t *candidate)
{
    size_t place = self->count;
    if (place == RANKING_MAX && s_compare(candidate, self->best + place - 1) >= 0)
        return;
    if (!s_make_way(self, candidate))
        return;
    for (place = self->count; place > 0; place--)
        if (s_compare(candidate, self->best + place - 1) > 0)
            break;
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
