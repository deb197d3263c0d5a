/* The user on whose behalf the whole stack is asked: registered over the wire for this run alone. */

#ifndef BENCH_ACCOUNT_H
#define BENCH_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "bench/lib/load.h"

typedef struct account account_t;

/* Registers a user with a random name and password at the load's gateway. */
account_t *account_new(const load_t *load);
void account_destroy(account_t **self_p);

const void *account_token(const account_t *self, size_t *size);

/* Fails (failure.h) unless the user's history holds exactly `words`, within a few seconds: what was answered before it
 * was committed is delivered a little later. */
void account_check_history(account_t *self, uint64_t words);

#endif
