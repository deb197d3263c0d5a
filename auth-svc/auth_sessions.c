/* logout, revoke, whoami, sessions */

#include "auth-svc/auth.h"

#include <stdio.h>
#include <string.h>

answer_t auth_logout(lex_db_t *db, const unsigned char *request, const lex_claims_t *claims,
                     int64_t now)
{
    return answer_of_db(
        sessions_end(db, claims->session, claims->user, claims->expires, request, now));
}

/* Whether this request has ended the session before. It comes again perhaps with the token of that very session. */
static bool s_was_revoked_by(const session_t *session, const unsigned char *request, uint64_t user)
{
    return session->user == user && session->is_revoked &&
           memcmp(session->revoked_by, request, LEX_ID_SIZE) == 0;
}

answer_t auth_revoke(lex_db_t *db, const unsigned char *request, const lex_claims_t *claims,
                     const unsigned char target[LEX_SESSION_SIZE], int64_t now)
{
    /* Whether we may is asked before the session is read: if this very request is being carried out
     * elsewhere too, and ends our own session, that shows in what is read. */
    session_t session;
    answer_t allowed = sessions_check(db, claims, now);
    answer_t answer = answer_of_db(sessions_find(db, target, &session));
    if (answer.code != LEX_OK || s_was_revoked_by(&session, request, claims->user))
        return answer;
    if (allowed.code != LEX_OK)
        return allowed;
    if (session.user != claims->user || session.expires <= now)
        return answer_refuse(LEX_NOT_FOUND, "there is no such session");
    return answer_of_db(sessions_end(db, target, claims->user, session.expires, request, now));
}

static int s_read_whoami(void *arg, const lex_row_t *row)
{
    whoami_t *out = arg;
    snprintf(out->name, sizeof out->name, "%s", lex_row_bytes(row, 0, NULL));
    out->created = lex_row_int(row, 1);
    out->issued = lex_row_int(row, 2);
    out->expires = lex_row_int(row, 3);
    return 0;
}

answer_t auth_whoami(lex_db_t *db, const lex_claims_t *claims, int64_t now, whoami_t *out)
{
    memset(out, 0, sizeof *out);
    lex_db_status_t status = lex_db_query(
        db, s_read_whoami, out,
        "SELECT u.name, u.created_at, s.issued_at, s.expires_at FROM sessions s JOIN users u ON "
        "u.id = s.user_id"
        " WHERE s.id = ? AND s.user_id = ? AND s.revoked_at IS NULL AND s.expires_at > ?",
        LEX_BLOB(claims->session, LEX_SESSION_SIZE), LEX_UINT(claims->user), LEX_INT(now));
    if (status != LEX_DB_OK)
        return answer_of_db(status);
    return out->created ? ANSWER_OK : answer_no_session();
}

answer_t auth_sessions(lex_db_t *db, const lex_claims_t *claims, int64_t now, session_t *out,
                       size_t *count)
{
    answer_t answer = sessions_check(db, claims, now);
    return answer.code == LEX_OK ? answer_of_db(sessions_list(db, claims->user, now, out, count))
                                 : answer;
}
