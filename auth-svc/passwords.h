/* Password rules (docs/protocol.md section 5) and Argon2id. Safe to use from several threads; each
 * call that hashes takes `memory` bytes while it runs. */

#ifndef AUTH_PASSWORDS_H
#define AUTH_PASSWORDS_H

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/histogram.h"

#define PASSWORD_CHARACTERS_MIN 8
#define PASSWORD_CHARACTERS_MAX 128
#define PASSWORD_BYTES_MAX      512
#define PASSWORD_HASH_SIZE      crypto_pwhash_STRBYTES /* with its NUL */

typedef struct passwords passwords_t;

typedef enum {
    PASSWORD_RIGHT,
    PASSWORD_WRONG,
    PASSWORD_FAULT /* could not be found out: no memory, or the hash is broken */
} password_verdict_t;

/* `operations` and `memory` (bytes) are libsodium's opslimit and memlimit. NULL and a logged error
 * when they cannot be used. */
passwords_t *passwords_new(unsigned long long operations, size_t memory);
void passwords_destroy(passwords_t **self_p);

/* What is wrong with a password that somebody wants to have; NULL: nothing. UTF-8 is taken for
 * granted. */
const char *passwords_problem(const char *password, size_t size);

/* A fresh hash, NUL-terminated. 0, or -1 when there is no memory for it. */
int passwords_hash(const passwords_t *self, const char *password, size_t size,
                   char out[PASSWORD_HASH_SIZE]);

/* `hash` NULL: nobody's; does the same work as for somebody's, and is PASSWORD_WRONG. */
password_verdict_t passwords_verify(const passwords_t *self, const char *hash, const char *password,
                                    size_t size);

/* Microseconds that each hash took, checks and new ones; lives as long as `self`. */
const lex_histogram_t *passwords_durations(const passwords_t *self);
/* Hashes at work now. */
unsigned passwords_running(const passwords_t *self);

/* True when the hash was made with other costs than ours. */
bool passwords_is_outdated(const passwords_t *self, const char *hash);

#endif
