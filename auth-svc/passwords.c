#include "auth-svc/passwords.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"

/* What several threads count, whatever else they may only read. */
typedef struct {
    lex_histogram_t durations;
    atomic_uint running;
} s_counts_t;

struct passwords {
    s_counts_t *counts;
    unsigned long long operations;
    size_t memory;
    char nobody[PASSWORD_HASH_SIZE]; /* of a password that was thrown away */
};

passwords_t *passwords_new(unsigned long long operations, size_t memory)
{
    passwords_t *self = lex_calloc(1, sizeof *self);
    self->counts = lex_calloc(1, sizeof *self->counts);
    self->counts->durations.bounds = &lex_bounds_duration;
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
    passwords_t *self = *self_p;
    if (!self)
        return;
    free(self->counts);
    free(self);
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

static int64_t s_begin(const passwords_t *self)
{
    atomic_fetch_add(&self->counts->running, 1);
    return lex_monotonic_us();
}

static void s_end(const passwords_t *self, int64_t begun)
{
    int saved = errno;
    lex_histogram_add(&self->counts->durations, (uint64_t)(lex_monotonic_us() - begun));
    atomic_fetch_sub(&self->counts->running, 1);
    errno = saved;
}

int passwords_hash(const passwords_t *self, const char *password, size_t size,
                   char out[PASSWORD_HASH_SIZE])
{
    int64_t begun = s_begin(self);
    int rc = crypto_pwhash_str_alg(out, password, size, self->operations, self->memory,
                                   crypto_pwhash_ALG_ARGON2ID13);
    s_end(self, begun);
    return rc;
}

password_verdict_t passwords_verify(const passwords_t *self, const char *hash, const char *password,
                                    size_t size)
{
    int64_t begun = s_begin(self);
    errno = 0;
    int rc = crypto_pwhash_str_verify(hash ? hash : self->nobody, password, size);
    s_end(self, begun);
    if (rc == 0)
        return hash ? PASSWORD_RIGHT : PASSWORD_WRONG;
    /* libsodium says EINVAL for a password that does not match; anything else is no verdict on it.
     */
    return errno == EINVAL ? PASSWORD_WRONG : PASSWORD_FAULT;
}

bool passwords_is_outdated(const passwords_t *self, const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, self->operations, self->memory) == 1;
}

const lex_histogram_t *passwords_durations(const passwords_t *self)
{
    return &self->counts->durations;
}

unsigned passwords_running(const passwords_t *self)
{
    return atomic_load(&self->counts->running);
}
