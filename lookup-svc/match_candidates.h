/* The items of one string table that are worth a look for a pattern, in ascending order, by the cheapest way that
 * the index has: a range of the sorted strings, the reversed keys, grams, the codes of soundex, or readings. */

#ifndef MATCH_CANDIDATES_H
#define MATCH_CANDIDATES_H

#include "lookup-svc/match_pattern.h"
#include "lookup-svc/postings.h"

/* Lists that are met with one another; more hardly ever drop a block. */
#define MATCH_LISTS_MAX 6u

typedef enum {
    CANDIDATES_RANGE,   /* all of `first` to `end` */
    CANDIDATES_NUMBERS, /* a few numbers, sorted */
    CANDIDATES_BITS,    /* those whose unit has its bit set */
    CANDIDATES_LISTS,   /* those whose block is in all the lists */
    CANDIDATES_SOUNDEX  /* those with the code */
} match_candidates_way_t;

typedef struct {
    match_candidates_way_t way;
    uint32_t first, end;
    const index_view_t *view;
    uint32_t *numbers;
    size_t number_count;
    uint64_t *bits;
    uint32_t unit; /* items a bit */
    postings_t lists[MATCH_LISTS_MAX];
    size_t list_count;
    bool lists_ended;
    uint16_t soundex;
} match_candidates_t;

/* For the keys of a dictionary, from number `from` on. To be closed. */
void match_candidates_open_keys(match_candidates_t *self, const index_view_t *view,
                                const match_pattern_t *pattern, uint32_t from);
/* For its folds. */
void match_candidates_open_folds(match_candidates_t *self, const index_view_t *view,
                                 const match_pattern_t *pattern, uint32_t from);
void match_candidates_close(match_candidates_t *self);

/* The next run of neighbours at or behind `from`, which never goes back: *first to *end - 1. False at the end. */
bool match_candidates_run(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end);

#endif
