#include "auth-svc/passwords.h"

#include <errno.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"

struct passwords {
    unsigned long long operations;
    size_t memory;
    char nobody[PASSWORD_HASH_SIZE]; /* of a password that was thrown away */
};

passwords_t *passwords_new(unsigned long long operations, size_t memory)
{
    passwords_t *self = lex_calloc(1, sizeof *self);
    self->operations = operations;
    self->memory = memory;
    char password[32];
    randombytes_buf(password, sizeof password);
    if (passwords_hash(self, password, sizeof password, self->nobody)) {
        lex_error("passwords cannot be hashed with %llu operations and %zu bytes of memory",
                  operations, memory);
        passwords_destroy(&self);
    }
    sodium_memzero(password, sizeof password);
    return self;
}

void passwords_destroy(passwords_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

const char *passwords_problem(const char *password, size_t size)
{
    if (size > PASSWORD_BYTES_MAX)
        return "a password has at most 512 bytes";
    size_t length = lex_text_length(password, size);
    if (length < PASSWORD_CHARACTERS_MIN || length > PASSWORD_CHARACTERS_MAX)
        return "a password has 8 to 128 characters";
    return NULL;
}

int passwords_hash(const passwords_t *self, const char *password, size_t size,
                   char out[PASSWORD_HASH_SIZE])
{
    return crypto_pwhash_str_alg(out, password, size, self->operations, self->memory,
                                 crypto_pwhash_ALG_ARGON2ID13);
}

password_verdict_t passwords_verify(const passwords_t *self, const char *hash, const char *password,
                                    size_t size)
{
    errno = 0;
    if (crypto_pwhash_str_verify(hash ? hash : self->nobody, password, size) == 0)
        return hash ? PASSWORD_RIGHT : PASSWORD_WRONG;
    /* libsodium says EINVAL for a password that does not match; anything else is no verdict on it.
     */
    return errno == EINVAL ? PASSWORD_WRONG : PASSWORD_FAULT;
}

bool passwords_is_outdated(const passwords_t *self, const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, self->operations, self->memory) == 1;
}
