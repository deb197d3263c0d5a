/* login */

#include "auth-svc/auth.h"
#include "auth-svc/credentials.h"
#include "auth-svc/grant.h"

#include <string.h>

#define TRIES 3

typedef struct {
    const auth_t *auth;
    const unsigned char *request;
    const user_t *user;
    int64_t now;
    bool is_changed; /* the password is no longer the one that was verified */
    session_t session;
} s_opening_t;

static int s_read_time(void *arg, const lex_row_t *row)
{
    *(int64_t *)arg = lex_row_int(row, 0);
    return 0;
}

/* Writing to the user's row makes the opening of a session and a change of the password exclude
 * each other. */
static lex_db_status_t s_open(lex_db_t *db, void *arg)
{
    s_opening_t *self = arg;
    const user_t *user = self->user;
    lex_db_status_t status =
        lex_db_exec(db, "UPDATE users SET logins = logins + 1 WHERE id = ? AND password_hash = ?",
                    LEX_UINT(user->id), LEX_TEXT(user->hash, strlen(user->hash)));
    self->is_changed = status == LEX_DB_OK && lex_db_affected(db) == 0;
    if (status != LEX_DB_OK || self->is_changed)
        return status;
    int64_t from = 0;
    status = lex_db_query(db, s_read_time, &from, "SELECT sessions_from FROM users WHERE id = ?",
                          LEX_UINT(user->id));
    if (status != LEX_DB_OK)
        return status;
    /* The worker that revoked the sessions before may have had a clock that is ahead of ours. */
    int64_t issued = self->now > from ? self->now : from;
    return sessions_insert(db, user, self->request, issued, issued + self->auth->session_ms,
                           &self->session);
}

static answer_t s_attempt(s_opening_t *self, lex_db_t *db, const user_t *user, grant_t *grant)
{
    self->user = user;
    self->is_changed = false;
    lex_db_status_t status = lex_db_transaction(db, s_open, self, TRIES);
    if (status == LEX_DB_DUPLICATE) {
        self->is_changed = false;
        bool found;
        answer_t answer = grant_repeat(self->auth, db, self->request, user, grant, &found);
        return answer.code == LEX_OK && !found ? answer_contended() : answer;
    }
    if (status == LEX_DB_OK && !self->is_changed)
        return grant_sign(self->auth, user, &self->session, grant);
    return answer_of_db(status);
}

answer_t auth_login(const auth_t *self, lex_db_t *db, const unsigned char *request, text_t name,
                    text_t password, const lex_claims_t *shown, int64_t now, grant_t *grant)
{
    name_t parsed;
    user_t user;
    const char *why;
    if (names_parse(&parsed, name.text, name.size, &why) || password.size > PASSWORD_BYTES_MAX)
        return answer_wrong_credentials(); /* nobody's, without a look */
    s_opening_t opening = {.auth = self, .request = request, .now = now, .is_changed = true};
    answer_t answer = answer_contended();
    for (int i = 0; i < CREDENTIALS_TRIES && opening.is_changed; i++) {
        answer = credentials_check(self, db, &parsed, password, shown, now, &user);
        if (answer.code != LEX_OK)
            return answer;
        answer = s_attempt(&opening, db, &user, grant);
        if (answer.code != LEX_OK)
            return answer;
    }
    return opening.is_changed ? answer_contended() : answer;
}
