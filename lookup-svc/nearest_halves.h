/* Keys within one edit of a word, found by its two ends.
 *
 * One edit touches one place of a word, and the exchange of neighbours two. So when a beginning and an end of the word leave
 * at least one character between them, one of the two is untouched, and a key within one edit begins or ends with it: the
 * partition of S. Wu and U. Manber ("Fast text searching allowing errors", CACM 35(10), 1992), with the sorted keys and the
 * reversed ones as the two lists. The keys of the beginning are walked (nearest.h), those of the end measured one by
 * one. Words too short for an end that is rare are walked through all keys. */

#ifndef NEAREST_HALVES_H
#define NEAREST_HALVES_H

#include "lookup-svc/nearest.h"

typedef struct {
    const index_view_t *view;
    nearest_t walk;
    uint32_t first, end; /* keys that begin like the word: those the walk looks at */
    uint32_t place,
        limit;      /* in the reversed keys: those that end like it and are still to be measured */
    bool measuring; /* the walk is over */
} nearest_halves_t;

/* Starts for a word of at most LEX_KEY_MAX bytes. */
void nearest_halves_open(nearest_halves_t *self, const index_view_t *view, const char *key,
                         size_t size);

/* The next key within one edit, in no order, each once. False at the end. */
bool nearest_halves_next(nearest_halves_t *self, uint32_t *item, unsigned *distance);

#endif
