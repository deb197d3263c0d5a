#include "auth-svc/purge.h"

static lex_db_status_t s_purge(lex_db_t *db, const char *sql, int64_t before, uint64_t *rows)
{
    lex_db_status_t status = LEX_DB_OK;
    uint64_t gone = PURGE_ROWS;
    for (unsigned i = 0; i < PURGE_STATEMENTS && gone == PURGE_ROWS && status == LEX_DB_OK; i++) {
        status = lex_db_exec(db, sql, LEX_INT(before), LEX_UINT(PURGE_ROWS));
        gone = status == LEX_DB_OK ? lex_db_affected(db) : 0;
        *rows += gone;
    }
    return status;
}

/* Each in the order of an index, so that workers that purge at once come to the same rows in the
 * same order. */
lex_db_status_t purge_run(lex_db_t *db, int64_t now, uint64_t *rows)
{
    int64_t expired = now - PURGE_GRACE_MS;
    const struct {
        const char *sql;
        int64_t before;
    } tables[] = {
        {"DELETE FROM sessions WHERE expires_at < ? ORDER BY expires_at LIMIT ?", expired},
        {"DELETE FROM revocations WHERE expires_at < ? ORDER BY expires_at LIMIT ?", expired},
        {"DELETE FROM deletions WHERE expires_at < ? ORDER BY expires_at LIMIT ?", expired},
        {"DELETE FROM throttle WHERE last_failure < ? ORDER BY last_failure LIMIT ?",
         now - PURGE_FAILURES_MS},
        {"DELETE FROM throttle_window WHERE second < ? ORDER BY second LIMIT ?",
         now / 1000 - PURGE_WINDOW_S},
    };
    lex_db_status_t status = LEX_DB_OK;
    *rows = 0;
    for (unsigned i = 0; i < sizeof tables / sizeof tables[0] && status == LEX_DB_OK; i++)
        status = s_purge(db, tables[i].sql, tables[i].before, rows);
    return status;
}
