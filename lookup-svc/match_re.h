/* Regular expressions (PCRE2) as anybody may send them: no pattern can take more than a bounded
 * number of steps, memory or stack on one word. */

#ifndef MATCH_RE_H
#define MATCH_RE_H

#include <stdbool.h>
#include <stddef.h>

#include "lookup-svc/match_hints.h"

/* Steps of backtracking for one word, over all places where a match may begin: milliseconds, or some ten of them for
 * the longest words and the worst patterns. */
#define MATCH_RE_STEPS 500000u

typedef struct match_re match_re_t;

/* Case is not regarded; \w and the like go by Unicode. NULL for a bad pattern; `why` then says in at most
 * `max` bytes what is wrong, and where. */
match_re_t *match_re_new(const char *pattern, size_t size, char *why, size_t max);
void match_re_destroy(match_re_t **self_p);

/* 1 when the pattern is found in a word, 0 when it is not, -1 when that takes too many steps. */
int match_re_test(const match_re_t *self, const char *word, size_t size);

/* Most bytes that match_re_hints writes: every run has room for a blank. */
#define MATCH_RE_LITERALS_MAX 512u

/* The literal strings that every match of the pattern must have, as far as that is plain to see: anything but
 * plain characters, classes, groups and the usual quantifiers gives no hints. They point into `literals`. */
void match_re_hints(const char *pattern, size_t size, char literals[MATCH_RE_LITERALS_MAX],
                    match_hints_t *hints);

#endif
