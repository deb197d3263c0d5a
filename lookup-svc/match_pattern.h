/* A pattern made ready: what a strategy finds by a look at one word at a time. */

#ifndef MATCH_PATTERN_H
#define MATCH_PATTERN_H

#include "common/reading.h"
#include "lookup-svc/match.h"
#include "lookup-svc/match_hints.h"
#include "lookup-svc/match_re.h"
#include "lookup-svc/wildcard.h"

typedef struct {
    match_strategy_t strategy;
    char key[LEX_KEY_MAX + 1]; /* of the pattern; of MATCH_RE the pattern as it is */
    size_t size;
    match_hints_t hints;
    uint16_t soundex;      /* of MATCH_SOUNDEX */
    wildcard_t wildcard;   /* of MATCH_WILDCARD */
    lex_reading_t reading; /* of MATCH_READING */
    match_re_t *re;        /* of MATCH_RE */
    char literals[MATCH_RE_LITERALS_MAX];
} match_pattern_t;

/* True when the order of the strategy is not that of the keys; then there is nothing here to test with. */
bool match_strategy_is_ranked(match_strategy_t strategy);
/* True when it goes through the accent-folded forms as well. */
bool match_strategy_folds(match_strategy_t strategy);

/* Makes a query's pattern ready, to be closed whatever is returned. MATCH_OK, or MATCH_BAD_PATTERN with *why set, at
 * most `max` bytes. */
match_status_t match_pattern_open(match_pattern_t *self, const match_query_t *query, char *why,
                                  size_t max);
/* The same pattern for accent-folded words. False when nothing can match in another way than it does already. */
bool match_pattern_fold(match_pattern_t *self, const match_pattern_t *plain);
void match_pattern_close(match_pattern_t *self);

/* 1 when a key, or a fold for a folded pattern, matches; 0 when not; -1 when it is too costly to find out. For
 * MATCH_READING only match_pattern_fits knows. */
int match_pattern_test(const match_pattern_t *self, const char *string, size_t size);

/* What only the entries of a key can tell: whether one of them is read as asked. */
bool match_pattern_fits(const match_pattern_t *self, const index_view_t *view, uint32_t key);

#endif
