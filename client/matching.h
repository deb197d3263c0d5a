/* Words by strategy (docs/protocol.md section 6), as the command and the look-up screen ask for them. */

#ifndef MATCHING_H
#define MATCHING_H

#include <lexmq.h>

#define MATCHING_USUAL 20 /* matches, unless asked for otherwise */

typedef struct {
    const char *name, *help;
} strategy_t;

/* All of them, up to one without a name. `lexmq help` and lexmq(1) say the same. */
const strategy_t *strategy_all(void);
bool strategy_is_known(const char *name);
/* What a pattern means when no strategy is named: wildcard when it has * or ?, else prefix. */
const char *strategy_usual(const char *pattern);

/* Called for each page; false: no more pages are wanted. */
typedef bool(matching_fn)(void *arg, const lexmq_matches_t *page);

typedef enum {
    MATCHING_WHOLE, /* there are no other matches */
    MATCHING_MORE,  /* there are matches beyond those that were wanted */
    MATCHING_CUT /* the server had no time to look at all words, and their order leaves nowhere to go on */
} matching_end_t;

/* Asks on until there are `most` matches, or no more; a page that the server could not finish in time is no end as long as it can
 * be gone on from. The query's limit and cursor are ours. */
lexmq_status_t matching_run(lexmq_t *lexmq, lexmq_match_query_t query, size_t most,
                            matching_fn *each, void *arg, matching_end_t *end);

#endif
