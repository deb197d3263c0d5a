/* Pairs of a secret and its public half, each in a file of its own. */

#ifndef KEYGEN_PAIRS_H
#define KEYGEN_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

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

/* The two kinds of pairs, for changing keys. A public file of either kind may list several keys, first the one in use. */
typedef struct {
    /* 0, or -1 and a logged error. */
    int (*make_secret)(const char *path);
    /* The public key of a secret file as text. NULL and a logged error. Caller owns return value and must free it when done. */
    char *(*public_of)(const char *secret);
    /* The keys that a public file lists, as many as `max` at most; how many, or -1 and a logged error. Caller owns them. */
    int (*list)(const char *public, char **keys, size_t max);
    /* Replaces a public file; what else it says stays. 0, or -1 and a logged error. */
    int (*write)(const char *public, char *const *keys, size_t count);
} pair_kind_t;

extern const pair_kind_t pair_curve;
extern const pair_kind_t pair_token;

#endif
