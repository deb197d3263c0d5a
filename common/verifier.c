/* A check is a look into two tables; only a token that was not seen before costs a signature, which
 * is computed outside the lock so that a flood of forged tokens does not hold up the good ones on
 * other threads. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/revoked.h"
#include "common/token_cache.h"
#include "common/token_keys.h"

struct lex_verifier {
    lex_token_keys_t keys; /* never changes, needs no lock */
    pthread_mutex_t lock;  /* for all below */
    lex_token_cache_t *cache;
    lex_revoked_t *sessions;
    lex_revoked_t *users;
};

lex_verifier_t *lex_verifier_new(const char *path)
{
    lex_verifier_t *self = lex_calloc(1, sizeof *self);

    lex_random_setup(); /* the tables hash under random keys */
    if (lex_token_keys_load(&self->keys, path)) {
        free(self);
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    self->cache = lex_token_cache_new();
    self->sessions = lex_revoked_new();
    self->users = lex_revoked_new();
    return self;
}

void lex_verifier_destroy(lex_verifier_t **self_p)
{
    lex_verifier_t *self = *self_p;

    if (self) {
        lex_token_cache_destroy(&self->cache);
        lex_revoked_destroy(&self->sessions);
        lex_revoked_destroy(&self->users);
        pthread_mutex_destroy(&self->lock);
        free(self);
        *self_p = NULL;
    }
}

static void s_user_key(uint64_t user, unsigned char key[LEX_REVOKED_KEY])
{
    memset(key, 0, LEX_REVOKED_KEY);
    memcpy(key, &user, sizeof user);
}

/* Under the lock. */
static bool s_is_revoked(const lex_verifier_t *self, const lex_claims_t *claims)
{
    unsigned char key[LEX_REVOKED_KEY];

    s_user_key(claims->user, key);
    return lex_revoked_has(self->sessions, claims->session, claims->issued) ||
           lex_revoked_has(self->users, key, claims->issued);
}

/* A genuine token; *revoked says the rest. */
static bool s_is_genuine(lex_verifier_t *self, const unsigned char *token, size_t size,
                         const lex_claims_t *claims, bool *revoked)
{
    pthread_mutex_lock(&self->lock);
    bool known = lex_token_cache_has(self->cache, token, size);
    *revoked = s_is_revoked(self, claims);
    pthread_mutex_unlock(&self->lock);
    if (known)
        return true;
    if (!lex_token_keys_verify(&self->keys, token, size))
        return false;
    pthread_mutex_lock(&self->lock);
    lex_token_cache_add(self->cache, token, size);
    *revoked = s_is_revoked(self, claims);
    pthread_mutex_unlock(&self->lock);
    return true;
}

lex_code_t lex_verifier_check(lex_verifier_t *self, const void *token, size_t size, int64_t now,
                              lex_claims_t *claims)
{
    lex_claims_t read;
    bool revoked;

    if (!lex_token_decode(token, size, &read) || now >= read.expires ||
        !s_is_genuine(self, token, size, &read, &revoked) || revoked)
        return LEX_UNAUTHORIZED;
    *claims = read;
    return LEX_OK;
}

lex_code_t lex_verifier_check_genuine(lex_verifier_t *self, const void *token, size_t size,
                                      lex_claims_t *claims)
{
    lex_claims_t read;
    bool revoked;

    if (!lex_token_decode(token, size, &read) || !s_is_genuine(self, token, size, &read, &revoked))
        return LEX_UNAUTHORIZED;
    *claims = read;
    return LEX_OK;
}

void lex_verifier_revoke_session(lex_verifier_t *self,
                                 const unsigned char session[LEX_SESSION_SIZE], int64_t expires)
{
    int64_t now = lex_utc_ms();

    pthread_mutex_lock(&self->lock);
    lex_revoked_add(self->sessions, session, INT64_MAX, expires, now);
    pthread_mutex_unlock(&self->lock);
}

void lex_verifier_revoke_user(lex_verifier_t *self, uint64_t user, int64_t issued_before,
                              int64_t expires)
{
    unsigned char key[LEX_REVOKED_KEY];
    int64_t now = lex_utc_ms();

    s_user_key(user, key);
    pthread_mutex_lock(&self->lock);
    lex_revoked_add(self->users, key, issued_before, expires, now);
    pthread_mutex_unlock(&self->lock);
}
