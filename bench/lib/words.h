/* The words asked for: a file with one a line, in an order that is random already. Asking in that order from a random
 * place is asking for random words, without a cache miss of our own for each. */

#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

typedef struct words words_t;

/* Fails (failure.h) when the file cannot be read, is empty or has a word that DICT could not quote. */
words_t *words_new(const char *path);
void words_destroy(words_t **self_p);

unsigned words_count(const words_t *self);
const char *words_get(const words_t *self, unsigned index);

/* Where a client begins: a random place, the same each time for the same client. */
unsigned words_begin(const words_t *self, unsigned client);

/* The number of the next word; moves *place on. */
unsigned words_next(const words_t *self, unsigned *place);

#endif
