/* What is known beforehand of every string that a pattern matches; by it the index finds the few
 * that are worth a look. Everything here is necessary, nothing sufficient. */

#ifndef MATCH_HINTS_H
#define MATCH_HINTS_H

#include <stddef.h>

#include "common/entry.h"

#define MATCH_PIECES_MAX 8u

/* {0}: nothing is known. What the spans point to belongs to the pattern. */
typedef struct {
    lex_span_t prefix;                   /* it begins so */
    lex_span_t suffix;                   /* it ends so */
    lex_span_t pieces[MATCH_PIECES_MAX]; /* they are somewhere in it, with a blank at either end */
    size_t piece_count;
} match_hints_t;

static inline void match_hints_piece(match_hints_t *self, const char *data, size_t size)
{
    if (size > 0 && self->piece_count < MATCH_PIECES_MAX)
        self->pieces[self->piece_count++] = (lex_span_t){data, size};
}

#endif
