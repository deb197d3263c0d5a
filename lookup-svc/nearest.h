/* Keys within a small edit distance of a word, found by walking the sorted keys as an implicit
 * trie.
 *
 * The distance is optimal string alignment over code points: insertion, deletion, substitution and
 * the exchange of two neighbours count one each, and no part is edited twice (F. Damerau, "A
 * technique for computer detection and correction of spelling errors", CACM 7(3), 1964; name and
 * comparison in L. Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16,
 * 2011).
 *
 * The walk runs a nondeterministic automaton by bits (S. Wu, U. Manber, "Fast text searching
 * allowing errors", CACM 35(10), 1992), of which only the states around the diagonal can be within
 * the limit (E. Ukkonen, "Algorithms for approximate string matching", Information and Control 64,
 * 1985): they fit into one machine word a code point. Neighbouring keys share the states for the
 * bytes that they share, and once no state is left, all keys with that beginning are passed over,
 * 64 of them at a time. */

#ifndef NEAREST_H
#define NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "lookup-svc/index_view.h"
#include "lookup-svc/ranking.h"

#define NEAREST_MAX 2u /* largest limit */
/* A key that is longer than the word by more than the limit is given up at that depth at the
 * latest. */
#define NEAREST_DEPTH (LEX_KEY_MAX + NEAREST_MAX + 2)

/* The states that live after some code points of a key; nearest.c knows more. */
typedef struct {
    uint32_t alive;
    uint32_t swapping;
} nearest_states_t;

typedef struct {
    const index_view_t *view;
    unsigned limit;
    size_t length;                                          /* of the word, in code points */
    uint32_t word[LEX_KEY_MAX + 2 * (2 * NEAREST_MAX + 1)]; /* padded with what is no code point */
    uint32_t next;                                          /* key that is looked at next */
    uint32_t end;                                           /* and the one behind the last */
    size_t depth;                                           /* code points of the key on the path */
    uint32_t ends[NEAREST_DEPTH];                           /* bytes of the key up to there */
    nearest_states_t states[NEAREST_DEPTH];
} nearest_t;

/* Starts a walk for a word of at most LEX_KEY_MAX bytes, by distances up to `limit`. */
void nearest_open(nearest_t *self, const index_view_t *view, const char *key, size_t size,
                  unsigned limit);

/* Before the first key: only those from number `first` to `end` - 1 are looked at. */
void nearest_restrict(nearest_t *self, uint32_t first, uint32_t end);

/* The next key within the limit, in the order of the keys. False at the end. */
bool nearest_next(nearest_t *self, uint32_t *item, unsigned *distance);

/* After the last key: the distance of any string, above NEAREST_MAX when it is beyond the limit. */
unsigned nearest_measure(nearest_t *self, const char *key, size_t size);

/* Offers every key within RANKING_NEAR_MAX of `key` that can still get into the ranking. */
void nearest_search(const index_view_t *view, const char *key, size_t size, uint32_t source,
                    ranking_t *ranking);

/* Offers every key that begins with `key` and is further away than RANKING_NEAR_MAX. */
void nearest_complete(const index_view_t *view, const char *key, size_t size, uint32_t source,
                      ranking_t *ranking);

#endif
