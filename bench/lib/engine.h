/* The search of the lookup service in process: one index file, asked by the functions that the service calls, without a
 * wire, a token or a record. What is not as it should be fails (failure.h). */

#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stddef.h>
#include <stdio.h>

#include "lookup-svc/index.h"

typedef struct engine engine_t;

/* Maps and checks the file as the service does. */
engine_t *engine_new(const char *path);
void engine_destroy(engine_t **self_p);

const index_view_t *engine_view(const engine_t *self);

/* What is asked from now on: the name of a strategy of `match`; "lev2", which is lev within distance 2; "define", a word's
 * articles found; or "answer", the same written as a reply has it. */
void engine_set_question(engine_t *self, const char *question);

/* Asks for a word or pattern. All results are got, a page of MATCH_LIMIT_MAX after another, because dictd gives them all.
 * Returns how many there are; for "answer" how many bytes. `keys`, if it is not NULL, gets the keys found, each
 * followed by a tab, and a line feed. */
size_t engine_ask(engine_t *self, const char *word, FILE *keys);

#endif
