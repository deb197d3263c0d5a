/* Pairs of a secret and its public half, each in a file of its own. */

#ifndef KEYGEN_PAIRS_H
#define KEYGEN_PAIRS_H

#include <stdbool.h>

/* What a pair needs to have made; either may be done already. */
typedef enum {
    PAIR_FAILED = -1, /* logged */
    PAIR_COMPLETE = 0,
    PAIR_MADE_PUBLIC = 1,
    PAIR_MADE_SECRET = 2,
    PAIR_MADE_BOTH = 3,
} pair_outcome_t;

/* A CURVE key pair as czmq certificates. `services` and `calls` become metadata, NULL leaves them out. `replace`: makes a new
 * pair whatever is there. */
pair_outcome_t pair_make_curve(const char *secret, const char *public, const char *services,
                               const char *calls, bool replace);

/* The Ed25519 pair of session tokens in hexadecimal. */
pair_outcome_t pair_make_token(const char *secret, const char *public);

#endif
