#include "auth-svc/erasures.h"

typedef struct {
    uint64_t *users;
    unsigned count;
    unsigned max;
} s_due_t;

static int s_read_user(void *arg, const lex_row_t *row)
{
    s_due_t *due = arg;
    due->users[due->count++] = lex_row_uint(row, 0);
    return due->count == due->max;
}

lex_db_status_t erasures_take(lex_db_t *db, int64_t now, int64_t lease_ms, uint64_t *users,
                              unsigned max, unsigned *count)
{
    s_due_t due = {.users = users, .max = max};
    *count = 0;
    if (max == 0)
        return LEX_DB_OK;
    lex_db_status_t status = lex_db_query(
        db, s_read_user, &due,
        "SELECT user_id FROM erasures WHERE not_before <= ? ORDER BY not_before, user_id LIMIT ?",
        LEX_INT(now), LEX_UINT(max));
    for (unsigned i = 0; i < due.count && status == LEX_DB_OK; i++) {
        status = lex_db_exec(
            db, "UPDATE erasures SET not_before = ? WHERE user_id = ? AND not_before <= ?",
            LEX_INT(now + lease_ms), LEX_UINT(users[i]), LEX_INT(now));
        if (status == LEX_DB_OK && lex_db_affected(db) == 1)
            users[(*count)++] = users[i];
    }
    return status;
}

lex_db_status_t erasures_done(lex_db_t *db, uint64_t user)
{
    return lex_db_exec(db, "DELETE FROM erasures WHERE user_id = ?", LEX_UINT(user));
}
