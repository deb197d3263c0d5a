/* Keys within a small edit distance of a word, found by walking the sorted keys as an implicit
 * trie.
 *
 * The distance is optimal string alignment over code points: insertion, deletion, substitution and
 * the exchange of two neighbours count one each, and no part is edited twice (F. Damerau, "A
 * technique for computer detection and correction of spelling errors", CACM 7(3), 1964; name and
 * comparison in L. Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16,
 * 2011).
 *
 * Neighbouring keys share the rows of the distance matrix for the bytes that they share; a row
 * holds only the cells that can be within the limit, a band around the diagonal (E. Ukkonen,
 * "Algorithms for approximate string matching", Information and Control 64, 1985); and once a row
 * has no cell within the limit, all keys with that beginning are passed over. */

#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_view.h"
#include "lookup-svc/ranking.h"

/* Offers every key within RANKING_NEAR_MAX of `key` that can still get into the ranking. `key` is
 * at most LEX_KEY_MAX bytes. */
void nearest_search(const index_view_t *view, const char *key, size_t size, uint32_t source,
                    ranking_t *ranking);

/* Offers every key that begins with `key` and is further away than RANKING_NEAR_MAX. */
void nearest_complete(const index_view_t *view, const char *key, size_t size, uint32_t source,
                      ranking_t *ranking);

#endif
