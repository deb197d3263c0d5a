/* Inverted lists: ascending numbers with, for terms, how often each has it.
 *
 *     varint count | count items: varint (step << 1 | more) [varint times - 2, if more]
 *
 * where step is the number less the one before it (the first: less -1, so steps are never 0), and without `more` the
 * term occurs once. Varints are little-endian groups of seven bits, the high bit saying that another follows (LEB128).
 *
 * The reader trusts nothing: it ends at the end of the bytes, at a step of 0 or at a number beyond its bound, as
 * if the list ended there. */

#ifndef POSTINGS_H
#define POSTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_view.h"

typedef struct {
    const unsigned char *next, *end;
    uint32_t left;   /* items */
    uint32_t bound;  /* numbers are less than this */
    uint32_t number; /* of the item that was read last */
    uint32_t times;
    bool started;
} postings_t;

/* Starts reading; self->left is then how many the list claims to have, at most `bound`. */
void postings_open(postings_t *self, index_list_t list, uint32_t bound);

/* Goes to the next item: number and times. False at the end. */
bool postings_next(postings_t *self);

/* Goes to the first item whose number is at least `number` (not back). False when there is none. */
bool postings_seek(postings_t *self, uint32_t number);

#endif
