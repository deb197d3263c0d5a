/* Finding words by strategy: the op `match` without the wire (docs/protocol.md section 6).
 *
 * Words that match are given in the order of the strategy: by key for exact, prefix, nprefix, suffix, substring, word,
 * first, last, wildcard, re, soundex and reading; by rank for lev (distance, then frequency, then length, then key) and text (score,
 * then frequency, then key). Where several dictionaries have a key, each gives it, in the order of the dictionaries.
 * `by_rank` puts any of them into the order of frequency, unranked words last. The same dictionaries always give the
 * same answer.
 *
 * What is compared are keys (common/text.h), so letter case and width never matter. A strategy of the first kind, unless it is re
 * or reading, compares accent-folded forms with the folded pattern as well: what matches only so comes behind all that
 * match as they are, in the order of the folded forms. A blank at the end of a prefix, at the start of a suffix, or at
 * either end of a substring means that a word ends or begins there; all other patterns are trimmed. */

#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "lookup-svc/search.h"

#define MATCH_PATTERN_MAX LEX_WORD_MAX
#define MATCH_LIMIT_MAX   1000u
#define MATCH_LIMIT       20u /* unless asked for otherwise */
#define MATCH_BUDGET_MS                                                                            \
    200 /* most time of one call; then the result is incomplete and goes on at its cursor */
#define MATCH_SORTED_MAX 100000u /* pages of a ranked strategy end here */
#define MATCH_CURSOR_MAX (LEX_KEY_MAX + 64u)
#define MATCH_TAGS_MAX   8u

typedef enum {
    MATCH_EXACT,
    MATCH_PREFIX,
    MATCH_NPREFIX, /* a prefix; the first `skip` are passed over, at most `count` given */
    MATCH_SUFFIX,
    MATCH_SUBSTRING,
    MATCH_WORD, /* one of the words of a headword; words are parted by blanks and ASCII punctuation, and the
                    pattern may be several */
    MATCH_FIRST, /* its first word */
    MATCH_LAST,  /* its last word */
    MATCH_WILDCARD, /* `*` any characters, `?` one; a backslash takes their meaning away. The whole key must match */
    MATCH_RE, /* a Perl-compatible regular expression (PCRE2), anywhere in the key unless anchored */
    MATCH_SOUNDEX, /* the same code (soundex.h) and the same first byte */
    MATCH_LEV,     /* edit distance (nearest.h) at most `distance` */
    MATCH_READING, /* pinyin, with or without tones (common/reading.h) */
    MATCH_TEXT,    /* all words of the pattern in the explanation, ranked (BM25) */
    MATCH_STRATEGIES
} match_strategy_t;

/* "exact", "prefix"… */
const char *match_strategy_name(match_strategy_t strategy);
/* 0, or -1 when there is none of that name. */
int match_strategy_find(const char *name, size_t size, match_strategy_t *strategy);

/* What only some entries have. A word passes when one of its entries passes. */
typedef struct {
    lex_span_t tags
        [MATCH_TAGS_MAX]; /* all of them, each without blanks, letter case as in the dictionary */
    size_t tag_count;
    uint32_t collins;  /* at least so many stars; 0: any */
    uint32_t max_rank; /* ranked, and at most this; 0: any */
} match_filter_t;

typedef struct {
    match_strategy_t strategy;
    const char *pattern;  /* valid UTF-8 */
    size_t pattern_size;  /* 1 to MATCH_PATTERN_MAX */
    size_t limit;         /* 1 to MATCH_LIMIT_MAX */
    unsigned distance;    /* for MATCH_LEV: 1 or 2 */
    uint32_t skip, count; /* for MATCH_NPREFIX; count 0: limit */
    match_filter_t filter;
    bool by_rank;
    const unsigned char *cursor; /* of the page before; NULL: the first page */
    size_t cursor_size;
    unsigned budget_ms; /* 0: MATCH_BUDGET_MS */
} match_query_t;

/* One word that matches. */
typedef struct {
    const dictionary_t *dictionary;
    uint32_t key;  /* its number in the dictionary's index; index_view_spelling has its spelling */
    uint32_t rank; /* of frequency; 0: unranked */
    uint8_t distance; /* of MATCH_LEV */
    bool accent;      /* it matches only once accents are folded */
} match_t;

typedef enum {
    MATCH_OK,
    MATCH_BAD_PATTERN, /* `why` says what is wrong with it */
    MATCH_BAD_CURSOR,
    MATCH_TOO_COSTLY /* a single word takes more steps than are allowed, or a page is beyond MATCH_SORTED_MAX; `why`
                        says which */
} match_status_t;

/* {0} is an empty one; it may be used for many queries, one after another. Matches are valid as long as the dictionaries. */
typedef struct {
    match_t *matches;
    size_t count;
    size_t capacity;
    bool
        complete; /* false: the budget ended it before the limit was reached. By key the cursor goes on from there;
                     in a ranked order there is no cursor, and better words may be missing */
    unsigned char cursor[MATCH_CURSOR_MAX]; /* for the next page */
    size_t cursor_size;                     /* 0: this was the last page */
    char why[160];
} match_result_t;

void match_result_close(match_result_t *self);

match_status_t match_run(const scope_t *scope, const match_query_t *query, match_result_t *result);

#endif
