/* Full-text search: the entries whose explanations have all the words of a query, ranked by BM25 (S.
 * Robertson, H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and Trends in
 * Information Retrieval 3(4), 2009). Characters of a script without word boundaries that stand next to each other
 * in the query must do so in the text. */

#ifndef MATCH_TEXT_H
#define MATCH_TEXT_H

#include "lookup-svc/match_best.h"
#include "lookup-svc/match_deadline.h"
#include "lookup-svc/terms.h"

#define MATCH_TEXT_TERMS 64u /* different ones that are looked for; a pattern has room for more */

/* A term in self->bytes, or a run of ideographs. */
typedef struct {
    uint16_t offset;
    uint16_t size;
} match_text_part_t;

typedef struct {
    size_t term_count;
    match_text_part_t terms[MATCH_TEXT_TERMS];
    size_t run_count;
    match_text_part_t runs[MATCH_PATTERN_MAX / 2];
    size_t size;
    char bytes[LEX_KEY_MAX * 2];
} match_text_t;

/* Cuts a pattern into terms. 0, or -1 when no term or too many are in it. */
int match_text_parse(match_text_t *self, const char *pattern, size_t size);

/* Gives every key of a dictionary that has an entry which matches, with the best score of its entries.
 * False when the deadline passed. */
bool match_text_search(const match_text_t *self, const dictionary_t *dictionary,
                       const match_filter_t *filter, match_deadline_t *deadline,
                       match_best_t *best);

#endif
