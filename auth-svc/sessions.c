#include "auth-svc/sessions.h"

#include <string.h>

#include "common/random.h"

#define COLUMNS "id, user_id, issued_at, expires_at, revoked_at, revoked_by"
#define TRIES   3

static void s_read_bytes(unsigned char *out, size_t size, const lex_row_t *row, unsigned column)
{
    size_t got;
    const char *bytes = lex_row_bytes(row, column, &got);
    memset(out, 0, size);
    memcpy(out, bytes, got < size ? got : size);
}

static int s_read(void *arg, const lex_row_t *row)
{
    session_t *session = arg;
    s_read_bytes(session->id, sizeof session->id, row, 0);
    session->user = lex_row_uint(row, 1);
    session->issued = lex_row_int(row, 2);
    session->expires = lex_row_int(row, 3);
    session->is_revoked = !lex_row_is_null(row, 4);
    s_read_bytes(session->revoked_by, sizeof session->revoked_by, row, 5);
    return 0;
}

lex_db_status_t sessions_find_request(lex_db_t *db, const unsigned char request[LEX_ID_SIZE],
                                      session_t *session)
{
    memset(session, 0, sizeof *session);
    return lex_db_query(db, s_read, session,
                        "SELECT " COLUMNS " FROM sessions WHERE request_id = ?",
                        LEX_BLOB(request, LEX_ID_SIZE));
}

lex_db_status_t sessions_find(lex_db_t *db, const unsigned char id[LEX_SESSION_SIZE],
                              session_t *session)
{
    memset(session, 0, sizeof *session);
    return lex_db_query(db, s_read, session, "SELECT " COLUMNS " FROM sessions WHERE id = ?",
                        LEX_BLOB(id, LEX_SESSION_SIZE));
}

lex_db_status_t sessions_insert(lex_db_t *db, const user_t *user,
                                const unsigned char request[LEX_ID_SIZE], int64_t issued,
                                int64_t expires, session_t *session)
{
    memset(session, 0, sizeof *session);
    lex_random_bytes(session->id, sizeof session->id);
    session->user = user->id;
    session->issued = issued;
    session->expires = expires;
    return lex_db_exec(db,
                       "INSERT INTO sessions (id, user_id, request_id, issued_at, expires_at) "
                       "VALUES (?, ?, ?, ?, ?)",
                       LEX_BLOB(session->id, sizeof session->id), LEX_UINT(user->id),
                       LEX_BLOB(request, LEX_ID_SIZE), LEX_INT(issued), LEX_INT(expires));
}

answer_t sessions_check(lex_db_t *db, const lex_claims_t *claims, int64_t now)
{
    session_t session;
    lex_db_status_t status = sessions_find(db, claims->session, &session);
    if (status != LEX_DB_OK)
        return answer_of_db(status);
    bool stands = session.user == claims->user && !session.is_revoked && session.expires > now;
    return stands ? ANSWER_OK : answer_no_session();
}

typedef struct {
    session_t *out;
    size_t count;
} s_list_t;

static int s_read_listed(void *arg, const lex_row_t *row)
{
    s_list_t *list = arg;
    s_read(&list->out[list->count++], row);
    return list->count == SESSIONS_LISTED;
}

lex_db_status_t sessions_list(lex_db_t *db, uint64_t user, int64_t now, session_t *out,
                              size_t *count)
{
    s_list_t list = {.out = out};
    lex_db_status_t status =
        lex_db_query(db, s_read_listed, &list,
                     "SELECT " COLUMNS
                     " FROM sessions WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?"
                     " ORDER BY issued_at DESC, id LIMIT ?",
                     LEX_UINT(user), LEX_INT(now), LEX_UINT(SESSIONS_LISTED));
    *count = list.count;
    return status;
}

typedef struct {
    const unsigned char *id;
    const unsigned char *request;
    uint64_t user;
    int64_t expires;
    int64_t now;
} s_end_t;

/* The revocation is made even for a session that this database knows nothing of: the token is
 * genuine, and the other services would go on accepting it. */
static lex_db_status_t s_end(lex_db_t *db, void *arg)
{
    const s_end_t *self = arg;
    lex_db_status_t status =
        lex_db_exec(db,
                    "UPDATE sessions SET revoked_at = ?, revoked_by = ? WHERE id = ? AND user_id = "
                    "? AND revoked_at IS NULL",
                    LEX_INT(self->now), LEX_BLOB(self->request, LEX_ID_SIZE),
                    LEX_BLOB(self->id, LEX_SESSION_SIZE), LEX_UINT(self->user));
    if (status != LEX_DB_OK)
        return status;
    return lex_db_exec(db,
                       "INSERT INTO revocations (session_id, user_id, expires_at) VALUES (?, ?, ?)"
                       " ON DUPLICATE KEY UPDATE user_id = user_id",
                       LEX_BLOB(self->id, LEX_SESSION_SIZE), LEX_UINT(self->user),
                       LEX_INT(self->expires));
}

lex_db_status_t sessions_end(lex_db_t *db, const unsigned char id[LEX_SESSION_SIZE], uint64_t user,
                             int64_t expires, const unsigned char request[LEX_ID_SIZE], int64_t now)
{
    s_end_t self = {.id = id, .request = request, .user = user, .expires = expires, .now = now};
    return lex_db_transaction(db, s_end, &self, TRIES);
}

static int s_read_span(void *arg, const lex_row_t *row)
{
    sessions_span_t *span = arg;
    span->issued = lex_row_int(row, 0);
    span->expires = lex_row_int(row, 1);
    return 0;
}

lex_db_status_t sessions_span(lex_db_t *db, uint64_t user, sessions_span_t *span)
{
    memset(span, 0, sizeof *span);
    return lex_db_query(db, s_read_span, span,
                        "SELECT MAX(issued_at), MAX(expires_at) FROM sessions WHERE user_id = ?",
                        LEX_UINT(user));
}

lex_db_status_t sessions_end_all(lex_db_t *db, uint64_t user, int64_t issued_before,
                                 int64_t expires, const unsigned char request[LEX_ID_SIZE],
                                 int64_t now)
{
    lex_db_status_t status =
        lex_db_exec(db,
                    "UPDATE sessions SET revoked_at = ?, revoked_by = ? WHERE user_id = ? AND "
                    "revoked_at IS NULL",
                    LEX_INT(now), LEX_BLOB(request, LEX_ID_SIZE), LEX_UINT(user));
    if (status != LEX_DB_OK)
        return status;
    return lex_db_exec(
        db, "INSERT INTO revocations (user_id, issued_before, expires_at) VALUES (?, ?, ?)",
        LEX_UINT(user), LEX_INT(issued_before), LEX_INT(expires));
}
