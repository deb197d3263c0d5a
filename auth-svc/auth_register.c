/* register */

#include "auth-svc/auth.h"
#include "auth-svc/credentials.h"
#include "auth-svc/grant.h"

#define TRIES 3

typedef struct {
    const auth_t *auth;
    const unsigned char *request;
    const name_t *name;
    const char *hash;
    const profile_t *profile;
    int64_t now;
    user_t user;
    session_t session;
} s_account_t;

/* The unique key of the names decides between two that want the same. */
static lex_db_status_t s_create(lex_db_t *db, void *arg)
{
    s_account_t *self = arg;
    lex_db_status_t status = users_insert(db, self->name, self->hash, self->now, &self->user);
    if (status == LEX_DB_OK)
        status = profile_insert(self->profile, db, self->user.id);
    if (status == LEX_DB_OK)
        status = sessions_insert(db, &self->user, self->request, self->now,
                                 self->now + self->auth->session_ms, &self->session);
    return status;
}

static answer_t s_taken(void)
{
    return answer_refuse(LEX_CONFLICT, "the name is taken");
}

/* The name has an owner. Was it this very request that made the account? Then it gets the same
 * answer, provided that it knows the password, at which nobody may guess here any faster than at a login; in
 * all other cases the name is taken and nothing is said about the password. */
static answer_t s_repeat(const s_account_t *self, lex_db_t *db, text_t password,
                         const user_t *owner, grant_t *grant)
{
    session_t session;
    answer_t answer = answer_of_db(sessions_find_request(db, self->request, &session));
    if (answer.code != LEX_OK)
        return answer;
    if (session.user != owner->id)
        return s_taken();
    user_t user;
    answer = credentials_check(self->auth, db, self->name, password, NULL, self->now, &user);
    if (answer.code == LEX_OK && user.id == session.user)
        return grant_sign(self->auth, &user, &session, grant);
    if (answer.code == LEX_OK || answer.code == LEX_UNAUTHORIZED)
        return s_taken();
    return answer;
}

static answer_t s_request_is_used(lex_db_t *db, const unsigned char *request, bool *is_used)
{
    session_t session;
    answer_t answer = answer_of_db(sessions_find_request(db, request, &session));
    *is_used = answer.code == LEX_OK && session.user != 0;
    return answer;
}

static answer_t s_attempt(s_account_t *self, lex_db_t *db, text_t password, grant_t *grant,
                          bool *again)
{
    user_t owner;
    bool is_used;
    *again = false;
    answer_t answer = answer_of_db(users_find(db, self->name, &owner));
    if (answer.code != LEX_OK)
        return answer;
    if (owner.id)
        return s_repeat(self, db, password, &owner, grant);

    lex_db_status_t status = lex_db_transaction(db, s_create, self, TRIES);
    if (status == LEX_DB_OK)
        return grant_sign(self->auth, &self->user, &self->session, grant);
    if (status != LEX_DB_DUPLICATE)
        return answer_of_db(status);
    /* Either somebody has just taken the name, which the next attempt sees, or the id was used
     * before: for another name, or for this one by an account that was deleted since. */
    answer = answer_of_db(users_find(db, self->name, &owner));
    if (answer.code == LEX_OK && owner.id == 0) {
        answer = s_request_is_used(db, self->request, &is_used);
        if (answer.code == LEX_OK && is_used)
            return answer_id_is_taken();
    }
    *again = answer.code == LEX_OK;
    return answer;
}

answer_t auth_register(const auth_t *self, lex_db_t *db, const unsigned char *request, text_t name,
                       text_t password, const profile_t *profile, int64_t now, grant_t *grant)
{
    name_t parsed;
    const char *why;
    char hash[PASSWORD_HASH_SIZE];
    if (names_parse(&parsed, name.text, name.size, &why))
        return answer_refuse(LEX_BAD_REQUEST, why);
    if ((why = passwords_problem(password.text, password.size)))
        return answer_refuse(LEX_BAD_REQUEST, why);

    user_t owner;
    s_account_t account = {.auth = self,
                           .request = request,
                           .name = &parsed,
                           .hash = hash,
                           .profile = profile,
                           .now = now};
    answer_t answer = answer_of_db(users_find(db, &parsed, &owner));
    if (answer.code != LEX_OK)
        return answer;
    if (owner.id) /* found out before the costly part */
        return s_repeat(&account, db, password, &owner, grant);
    if (passwords_hash(self->passwords, password.text, password.size, hash))
        return answer_no_memory();
    bool again = true;
    for (int i = 0; i < CREDENTIALS_TRIES && again; i++)
        answer = s_attempt(&account, db, password, grant, &again);
    return again ? answer_contended() : answer;
}
