/* delete */

#include "auth-svc/auth.h"
#include "auth-svc/credentials.h"

#include <string.h>

#define TRIES 3

typedef struct {
    const unsigned char *request;
    const user_t *user; /* as verified */
    int64_t now;
    bool is_changed; /* the password is no longer the one that was verified */
} s_deletion_t;

static lex_db_status_t s_delete_rows(lex_db_t *db, uint64_t user)
{
    lex_db_status_t status =
        lex_db_exec(db, "DELETE FROM profiles WHERE user_id = ?", LEX_UINT(user));
    if (status == LEX_DB_OK)
        status = lex_db_exec(db, "DELETE FROM users WHERE id = ?", LEX_UINT(user));
    return status;
}

/* What outlives the account: that this request deleted it, and that its history is still to be
 * erased. */
static lex_db_status_t s_remember(lex_db_t *db, const s_deletion_t *self, int64_t expires)
{
    uint64_t user = self->user->id;
    lex_db_status_t status =
        lex_db_exec(db, "INSERT INTO deletions (request_id, user_id, expires_at) VALUES (?, ?, ?)",
                    LEX_BLOB(self->request, LEX_ID_SIZE), LEX_UINT(user), LEX_INT(expires));
    if (status == LEX_DB_OK)
        status = lex_db_exec(db, "INSERT INTO erasures (user_id, not_before) VALUES (?, 0)",
                             LEX_UINT(user));
    return status;
}

static lex_db_status_t s_delete(lex_db_t *db, void *arg)
{
    s_deletion_t *self = arg;
    user_t locked;
    sessions_span_t span;
    lex_db_status_t status = users_lock(db, self->user->id, &locked);
    self->is_changed = status == LEX_DB_OK && strcmp(locked.hash, self->user->hash) != 0;
    if (status != LEX_DB_OK || self->is_changed)
        return status;
    status = sessions_span(db, locked.id, &span);
    int64_t expires = span.expires > self->now ? span.expires : self->now;
    if (status == LEX_DB_OK)
        status = s_remember(db, self, expires);
    /* No token of this account is issued as late as the last of them expires. */
    if (status == LEX_DB_OK)
        status = sessions_end_all(db, locked.id, expires, expires, self->request, self->now);
    if (status == LEX_DB_OK)
        status = s_delete_rows(db, locked.id);
    return status;
}

static int s_read_user(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static answer_t s_was_done(lex_db_t *db, const unsigned char *request, uint64_t user, bool *is_done)
{
    uint64_t of = 0;
    lex_db_status_t status =
        lex_db_query(db, s_read_user, &of, "SELECT user_id FROM deletions WHERE request_id = ?",
                     LEX_BLOB(request, LEX_ID_SIZE));
    *is_done = status == LEX_DB_OK && of == user;
    return of && of != user ? answer_id_is_taken() : answer_of_db(status);
}

answer_t auth_delete(const auth_t *self, lex_db_t *db, const unsigned char *request,
                     const lex_claims_t *claims, text_t password, int64_t now)
{
    user_t user;
    s_deletion_t deletion = {.request = request, .user = &user, .now = now, .is_changed = true};
    for (int i = 0; i < CREDENTIALS_TRIES && deletion.is_changed; i++) {
        bool is_done;
        answer_t answer = s_was_done(db, request, claims->user, &is_done);
        if (answer.code != LEX_OK || is_done)
            return answer;
        answer = sessions_check(db, claims, now);
        if (answer.code == LEX_OK)
            answer = credentials_confirm(self, db, claims, password, now, &user);
        if (answer.code == LEX_UNAUTHORIZED) {
            /* Perhaps because another worker has just carried out this very request. */
            answer_t again = s_was_done(db, request, claims->user, &is_done);
            return again.code == LEX_OK && is_done ? again : answer;
        }
        if (answer.code != LEX_OK)
            return answer;
        lex_db_status_t status = lex_db_transaction(db, s_delete, &deletion, TRIES);
        if (status != LEX_DB_OK && status != LEX_DB_DUPLICATE)
            return answer_of_db(status);
        if (status == LEX_DB_DUPLICATE) /* carried out meanwhile: looked up in the next round */
            deletion.is_changed = true;
    }
    return deletion.is_changed ? answer_contended() : ANSWER_OK;
}
