/* Words to offer: what may have been meant on a miss, and what begins with a prefix. */

#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

#include "lookup-svc/ranking.h"
#include "lookup-svc/search.h"

#define SUGGEST_MAX        RANKING_MAX
#define SUGGEST_PREFIX_MAX 100u

/* A word as a dictionary spells it; not terminated, lives as long as the dictionary. */
typedef struct {
    const char *word;
    size_t size;
} suggestion_t;

/* For a key that was not found: at most SUGGEST_MAX words, by edit distance (at most 2, nearest.h),
 * then words that go on where the key ends; among equals by frequency, by length, by the length of
 * the common prefix, by key. Returns how many. */
size_t suggest_nearest(const scope_t *scope, const char *key, size_t size,
                       suggestion_t out[SUGGEST_MAX]);

/* The first words, in key order, whose key begins with `key`; when they are fewer than `limit` (at
 * most SUGGEST_PREFIX_MAX) also those that do so once accents are folded. An empty key begins every
 * word. A key is listed once, as the first dictionary spells it. Returns how many. */
size_t suggest_prefix(const scope_t *scope, const char *key, size_t size, size_t limit,
                      suggestion_t *out);

#endif
