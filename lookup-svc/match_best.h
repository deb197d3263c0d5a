/* The best of any number of matches, by frequency or by the order of a ranked strategy. */

#ifndef MATCH_BEST_H
#define MATCH_BEST_H

#include "lookup-svc/match.h"

typedef struct {
    match_t match;
    double score;    /* of MATCH_TEXT: the more the better */
    uint32_t length; /* of MATCH_LEV: the less the better */
} match_item_t;

typedef struct {
    bool by_rank;
    size_t wanted;
    size_t count;
    size_t capacity;
    bool
        full; /* `wanted` of them are in order at the start: what is not better than the last is not wanted */
    match_item_t *items;
} match_best_t;

/* To be closed. */
void match_best_open(match_best_t *self, size_t wanted, bool by_rank);
void match_best_close(match_best_t *self);

void match_best_add(match_best_t *self, const match_item_t *item);
/* Puts the best `wanted` ones, or all when they are fewer, in order: self->items, self->count. */
void match_best_sort(match_best_t *self);

#endif
