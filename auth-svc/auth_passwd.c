/* passwd */

#include "auth-svc/auth.h"
#include "auth-svc/credentials.h"
#include "auth-svc/grant.h"

#include <string.h>

#define TRIES 3

typedef struct {
    const auth_t *auth;
    const unsigned char *request;
    user_t user;                   /* as verified */
    char hash[PASSWORD_HASH_SIZE]; /* the new one */
    int64_t now;
    bool is_changed; /* the password is no longer the one that was verified */
    session_t session;
} s_change_t;

/* The new session is issued after every other, by any clock, so that one revocation ends them all
 * and spares it. */
static lex_db_status_t s_replace_sessions(lex_db_t *db, s_change_t *self, const user_t *locked)
{
    sessions_span_t span;
    lex_db_status_t status = sessions_span(db, locked->id, &span);
    if (status != LEX_DB_OK)
        return status;
    int64_t from = self->now > locked->sessions_from ? self->now : locked->sessions_from;
    if (from <= span.issued)
        from = span.issued + 1;
    int64_t expires = span.expires > self->now ? span.expires : self->now;
    status = lex_db_exec(
        db,
        "UPDATE users SET password_hash = ?, sessions_from = ?, logins = logins + 1 WHERE id = ?",
        LEX_TEXT(self->hash, strlen(self->hash)), LEX_INT(from), LEX_UINT(locked->id));
    if (status == LEX_DB_OK)
        status = sessions_end_all(db, locked->id, from, expires, self->request, self->now);
    if (status == LEX_DB_OK)
        status = sessions_insert(db, locked, self->request, from, from + self->auth->session_ms,
                                 &self->session);
    return status;
}

static lex_db_status_t s_change(lex_db_t *db, void *arg)
{
    s_change_t *self = arg;
    user_t locked;
    lex_db_status_t status = users_lock(db, self->user.id, &locked);
    self->is_changed = status == LEX_DB_OK && strcmp(locked.hash, self->user.hash) != 0;
    return status != LEX_DB_OK || self->is_changed ? status : s_replace_sessions(db, self, &locked);
}

/* A request that comes again: the password it began with is gone, so it shows that it knows the one
 * it set. */
static answer_t s_repeat(const auth_t *self, lex_db_t *db, const unsigned char *request,
                         const lex_claims_t *claims, text_t new_password, int64_t now,
                         grant_t *grant, bool *found)
{
    user_t user;
    session_t session;
    *found = false;
    answer_t answer = answer_of_db(sessions_find_request(db, request, &session));
    if (answer.code != LEX_OK || session.user == 0)
        return answer;
    if (session.user != claims->user)
        return answer_id_is_taken();
    answer = credentials_confirm(self, db, claims, new_password, now, &user);
    return answer.code == LEX_OK ? grant_repeat(self, db, request, &user, grant, found) : answer;
}

static answer_t s_attempt(s_change_t *self, lex_db_t *db, const lex_claims_t *claims,
                          text_t password, text_t new_password, grant_t *grant)
{
    answer_t answer = sessions_check(db, claims, self->now);
    if (answer.code != LEX_OK)
        return answer;
    answer = credentials_confirm(self->auth, db, claims, password, self->now, &self->user);
    if (answer.code != LEX_OK)
        return answer;
    if (passwords_hash(self->auth->passwords, new_password.text, new_password.size, self->hash))
        return answer_no_memory();
    lex_db_status_t status = lex_db_transaction(db, s_change, self, TRIES);
    /* The request was carried out meanwhile, by another worker or by a COMMIT of ours that seemed
     * lost. */
    if (status == LEX_DB_DUPLICATE)
        self->is_changed = true;
    if (status == LEX_DB_OK && !self->is_changed)
        return grant_sign(self->auth, &self->user, &self->session, grant);
    return self->is_changed ? ANSWER_OK : answer_of_db(status);
}

answer_t auth_passwd(const auth_t *self, lex_db_t *db, const unsigned char *request,
                     const lex_claims_t *claims, text_t password, text_t new_password, int64_t now,
                     grant_t *grant)
{
    const char *why = passwords_problem(new_password.text, new_password.size);
    if (why)
        return answer_refuse(LEX_BAD_REQUEST, why);
    s_change_t change = {.auth = self, .request = request, .now = now, .is_changed = true};
    for (int i = 0; i < CREDENTIALS_TRIES && change.is_changed; i++) {
        bool found;
        answer_t again = s_repeat(self, db, request, claims, new_password, now, grant, &found);
        if (again.code != LEX_OK || found)
            return again;
        change.is_changed = false;
        answer_t answer = s_attempt(&change, db, claims, password, new_password, grant);
        if (answer.code == LEX_UNAUTHORIZED) {
            /* Perhaps because another worker has just carried out this very request. */
            again = s_repeat(self, db, request, claims, new_password, now, grant, &found);
            return again.code == LEX_OK && found ? again : answer;
        }
        if (answer.code != LEX_OK)
            return answer;
    }
    return change.is_changed ? answer_contended() : ANSWER_OK;
}
