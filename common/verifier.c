/* A check is a look into two tables; only a token that was not seen before costs a signature, which
 * is computed outside the lock so that a flood of forged tokens does not hold up the good ones on
 * other threads. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/revoked.h"
#include "common/token_cache.h"
#include "common/token_keys.h"

/* How often the file of the keys is looked at, by whoever checks a token then. */
#define LOOK_MS 1000

struct lex_verifier {
    char *path;
    pthread_mutex_t lock; /* for all below */
    lex_token_keys_t keys;
    struct stat seen;         /* the file when it was last read */
    int64_t look_at;          /* monotonic */
    lex_token_cache_t *cache; /* of what `keys` have signed */
    lex_revoked_t *sessions;
    lex_revoked_t *users;
};

lex_verifier_t *lex_verifier_new(const char *path)
{
    lex_verifier_t *self = lex_calloc(1, sizeof *self);

    lex_random_setup(); /* the tables hash under random keys */
    /* Looked at first: what changes in between is found at the next look. */
    if (stat(path, &self->seen))
        memset(&self->seen, 0, sizeof self->seen);
    if (lex_token_keys_load(&self->keys, path)) {
        free(self);
        return NULL;
    }
    self->path = lex_strdup(path);
    self->look_at = lex_monotonic_ms() + LOOK_MS;
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
        free(self->path);
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

static bool s_is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Under the lock. Follows a change of the file; one that cannot be used is logged once and changes nothing. A token of a key that
 * is not known is a reason to look at once: the key may just have been added. */
static void s_follow(lex_verifier_t *self, const unsigned char *token)
{
    struct stat status;
    lex_token_keys_t keys;
    int64_t now = lex_monotonic_ms();

    if (now < self->look_at && lex_token_keys_have(&self->keys, token))
        return;
    self->look_at = now + LOOK_MS;
    if (stat(self->path, &status) || s_is_same(&status, &self->seen))
        return;
    self->seen = status;
    if (lex_token_keys_load(&keys, self->path)) {
        lex_warning("token keys %s: those known are kept", self->path);
        return;
    }
    self->keys = keys;
    lex_token_cache_destroy(&self->cache);
    self->cache = lex_token_cache_new();
    lex_info("token keys %s: read again, %zu keys", self->path, keys.count);
}

/* A genuine token; *revoked says the rest. */
static bool s_is_genuine(lex_verifier_t *self, const unsigned char *token, size_t size,
                         const lex_claims_t *claims, bool *revoked)
{
    pthread_mutex_lock(&self->lock);
    s_follow(self, token);
    bool known = lex_token_cache_has(self->cache, token, size);
    *revoked = s_is_revoked(self, claims);
    lex_token_keys_t keys;
    if (!known)
        keys = self->keys;
    pthread_mutex_unlock(&self->lock);
    if (known)
        return true;
    if (!lex_token_keys_verify(&keys, token, size))
        return false;
    pthread_mutex_lock(&self->lock);
    /* The key may be gone meanwhile. */
    if (memcmp(&keys, &self->keys, sizeof keys) == 0)
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
