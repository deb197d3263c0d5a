#include "lookup-svc/match_best.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

/* Unranked is behind every rank. */
static int s_compare_ranks(uint32_t a, uint32_t b)
{
    return a - 1 < b - 1 ? -1 : a != b;
}

static int s_compare_keys(const match_t *a, const match_t *b)
{
    size_t a_size, b_size;
    const char *a_key =
        index_table_string(&index_view(a->dictionary->index)->keys, a->key, &a_size);
    const char *b_key =
        index_table_string(&index_view(b->dictionary->index)->keys, b->key, &b_size);
    int rc = memcmp(a_key, b_key, a_size < b_size ? a_size : b_size);
    if (rc == 0 && a_size != b_size)
        rc = a_size < b_size ? -1 : 1;
    /* Dictionaries are neighbours in memory, in their order. */
    if (rc == 0 && a->dictionary != b->dictionary)
        rc = a->dictionary < b->dictionary ? -1 : 1;
    return rc;
}

static int s_compare(const void *left, const void *right, void *by_rank)
{
    const match_item_t *a = left, *b = right;
    int rc = *(const bool *)by_rank ? s_compare_ranks(a->match.rank, b->match.rank) : 0;
    if (rc == 0 && a->match.distance != b->match.distance)
        rc = a->match.distance < b->match.distance ? -1 : 1;
    if (rc == 0 && a->score != b->score)
        rc = a->score > b->score ? -1 : 1;
    if (rc == 0)
        rc = s_compare_ranks(a->match.rank, b->match.rank);
    if (rc == 0 && a->length != b->length)
        rc = a->length < b->length ? -1 : 1;
    if (rc == 0 && a->match.accent != b->match.accent)
        rc = a->match.accent ? 1 : -1;
    return rc ? rc : s_compare_keys(&a->match, &b->match);
}

void match_best_open(match_best_t *self, size_t wanted, bool by_rank)
{
    *self = (match_best_t){.by_rank = by_rank, .wanted = wanted};
}

void match_best_close(match_best_t *self)
{
    free(self->items);
    *self = (match_best_t){0};
}

void match_best_sort(match_best_t *self)
{
    if (self->count > 1)
        qsort_r(self->items, self->count, sizeof *self->items, s_compare, &self->by_rank);
    if (self->count > self->wanted)
        self->count = self->wanted;
    self->full = self->count == self->wanted;
}

void match_best_add(match_best_t *self, const match_item_t *item)
{
    if (self->wanted == 0 ||
        (self->full && s_compare(item, self->items + self->wanted - 1, &self->by_rank) >= 0))
        return;
    /* Twice as many as are wanted are sorted at a time, so each costs the logarithm of that. */
    if (self->count == 2 * self->wanted)
        match_best_sort(self);
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 64;
        self->items = lex_realloc(self->items, self->capacity * sizeof *self->items);
    }
    self->items[self->count++] = *item;
}
