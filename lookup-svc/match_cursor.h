/* The cursor between two pages, as clients keep it: bytes that mean nothing to them. It belongs to
 * one query; the dictionaries may have changed in between. */

#ifndef MATCH_CURSOR_H
#define MATCH_CURSOR_H

#include "lookup-svc/match_walk.h"

typedef struct {
    uint64_t passed;     /* matches on the pages before, and those that were skipped */
    match_place_t place; /* where a walk goes on; only by key */
} match_cursor_t;

/* Takes the query's cursor apart; without one it is the start. 0, or -1 when it is damaged, or of another query. */
int match_cursor_read(const match_query_t *query, match_cursor_t *cursor);

/* Writes it for the next page of the query. */
void match_cursor_write(const match_query_t *query, const match_cursor_t *cursor,
                        match_result_t *result);

#endif
