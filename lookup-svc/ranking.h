/* The best few words for one that was not found. The order is total, so the same dictionaries
 * always give the same answer. */

#ifndef RANKING_H
#define RANKING_H

#include <stddef.h>
#include <stdint.h>

#define RANKING_MAX      10 /* docs/protocol.md section 6 */
#define RANKING_NEAR_MAX 2u /* largest edit distance of a near word */
#define RANKING_COMPLETED                                                                          \
    3u /* instead of a distance: the word goes on where the one asked for ends */

/* Compared field by field, in this order. */
typedef struct {
    unsigned distance; /* the smaller the better */
    uint32_t rank;     /* of frequency: the smaller the better, 0, unranked, is the worst */
    unsigned length;   /* code points: the fewer the better */
    unsigned common;   /* code points at the start that both words share: the more the better */
    const char *key;   /* at last by the key's bytes */
    size_t size;
    uint32_t item;   /* number of the key in its index */
    uint32_t source; /* which dictionary */
} candidate_t;

typedef struct {
    size_t count;
    candidate_t best[RANKING_MAX]; /* best first */
} ranking_t;                       /* {0} is an empty one */

/* Takes the candidate if it is among the best. A key that several dictionaries have is there once,
 * with the best rank of them. */
void ranking_offer(ranking_t *self, const candidate_t *candidate);

/* The largest distance that may still get in, RANKING_COMPLETED while there is room. */
unsigned ranking_limit(const ranking_t *self);

#endif
