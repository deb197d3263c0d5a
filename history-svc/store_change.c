#include "common/body.h"
#include "common/clock.h"
#include "history-svc/store.h"

#define TRIES 5
#define CLEARS_KEPT_MS                                                                             \
    (30 * 24 * 3600 * INT64_C(1000)) /* no client retries for that long, and hardly a journal */
#define CLEARS_PURGE_MAX 10000

/* ---- clear ---- */

typedef struct {
    uint64_t user;
    const unsigned char *id;
    uint64_t bound;
    uint64_t cleared;
    bool done;
} clear_t;

/* The first to come sets the bound. Reading the user's last row for it waits for those who are writing one. */
static lex_db_status_t s_clear_begin(lex_db_t *db, void *arg)
{
    const clear_t *clear = arg;
    return lex_db_exec(db,
                       "INSERT INTO clears (user_id, request_id, bound, cleared, done, created_at)"
                       " VALUES (?, ?, (SELECT COALESCE(MAX(lookups.id), 0) FROM lookups"
                       " WHERE lookups.user_id = ?), 0, FALSE, ?)"
                       " ON DUPLICATE KEY UPDATE clears.bound = clears.bound",
                       LEX_UINT(clear->user), LEX_BLOB(clear->id, LEX_ID_SIZE),
                       LEX_UINT(clear->user), LEX_INT(lex_utc_ms()));
}

static int s_clear_row(void *arg, const lex_row_t *row)
{
    clear_t *clear = arg;
    clear->bound = lex_row_uint(row, 0);
    clear->cleared = lex_row_uint(row, 1);
    clear->done = lex_row_uint(row, 2) != 0;
    return 0;
}

/* One chunk, counted in the same transaction. The lock on the row keeps a second run of the same request behind us. */
static lex_db_status_t s_clear_chunk(lex_db_t *db, void *arg)
{
    clear_t *clear = arg;
    clear->done = true; /* should the row be gone */
    lex_db_status_t status = lex_db_query(
        db, s_clear_row, clear,
        "SELECT bound, cleared, done FROM clears WHERE user_id = ? AND request_id = ? FOR UPDATE",
        LEX_UINT(clear->user), LEX_BLOB(clear->id, LEX_ID_SIZE));
    if (status != LEX_DB_OK || clear->done)
        return status;
    status =
        lex_db_exec(db, "DELETE FROM lookups WHERE user_id = ? AND id <= ? ORDER BY id LIMIT ?",
                    LEX_UINT(clear->user), LEX_UINT(clear->bound), LEX_UINT(STORE_CHUNK));
    if (status != LEX_DB_OK)
        return status;
    uint64_t deleted = lex_db_affected(db);
    clear->cleared += deleted;
    clear->done = deleted < STORE_CHUNK;
    return lex_db_exec(
        db, "UPDATE clears SET cleared = ?, done = ? WHERE user_id = ? AND request_id = ?",
        LEX_UINT(clear->cleared), LEX_UINT(clear->done), LEX_UINT(clear->user),
        LEX_BLOB(clear->id, LEX_ID_SIZE));
}

lex_db_status_t store_clear(lex_db_t *db, uint64_t user, const unsigned char id[16],
                            uint64_t *cleared)
{
    clear_t clear = {.user = user, .id = id};
    lex_db_status_t status = lex_db_transaction(db, s_clear_begin, &clear, TRIES);
    while (status == LEX_DB_OK && !clear.done)
        status = lex_db_transaction(db, s_clear_chunk, &clear, TRIES);
    *cleared = clear.cleared;
    return status;
}

lex_db_status_t store_clears_purge(lex_db_t *db)
{
    return lex_db_exec(db, "DELETE FROM clears WHERE created_at < ? LIMIT ?",
                       LEX_INT(lex_utc_ms() - CLEARS_KEPT_MS), LEX_UINT(CLEARS_PURGE_MAX));
}

/* ---- erase ---- */

static int s_mark_row(void *arg, const lex_row_t *row)
{
    (void)row;
    *(bool *)arg = true;
    return 0;
}

/* Takes the gate from everybody who writes: when this commits, their rows are there to be deleted, and whoever
 * comes later refuses the user's records. */
static lex_db_status_t s_mark_body(lex_db_t *db, void *arg)
{
    uint64_t user = *(const uint64_t *)arg;
    lex_db_status_t status =
        lex_db_simple(db, "UPDATE gate SET erasures = erasures + 1 WHERE id = 1");
    if (status != LEX_DB_OK)
        return status;
    return lex_db_exec(db,
                       "INSERT INTO erased (user_id, number, erased_at)"
                       " SELECT ?, erasures, ? FROM gate WHERE id = 1",
                       LEX_UINT(user), LEX_INT(lex_utc_ms()));
}

static lex_db_status_t s_mark(lex_db_t *db, uint64_t user)
{
    bool marked = false;
    lex_db_status_t status = lex_db_query(db, s_mark_row, &marked,
                                          "SELECT 1 FROM erased WHERE user_id = ?", LEX_UINT(user));
    if (status != LEX_DB_OK || marked)
        return status;
    status = lex_db_transaction(db, s_mark_body, &user, TRIES);
    return status == LEX_DB_DUPLICATE ? LEX_DB_OK : status; /* by somebody else meanwhile */
}

typedef struct {
    uint64_t user;
    uint64_t deleted;
} chunk_t;

static lex_db_status_t s_erase_chunk(lex_db_t *db, void *arg)
{
    chunk_t *chunk = arg;
    lex_db_status_t status =
        lex_db_exec(db, "DELETE FROM lookups WHERE user_id = ? ORDER BY id LIMIT ?",
                    LEX_UINT(chunk->user), LEX_UINT(STORE_CHUNK));
    chunk->deleted = lex_db_affected(db);
    return status;
}

lex_db_status_t store_erase(lex_db_t *db, uint64_t user, uint64_t *erased, bool *more)
{
    chunk_t chunk = {.user = user};
    *erased = 0;
    *more = false;
    lex_db_status_t status = s_mark(db, user);
    do {
        if (status == LEX_DB_OK)
            status = lex_db_transaction(db, s_erase_chunk, &chunk, TRIES);
        if (status != LEX_DB_OK)
            return status;
        *erased += chunk.deleted;
        *more = chunk.deleted == STORE_CHUNK;
    } while (*more && *erased < STORE_ERASE_MAX);
    return *more ? status : lex_db_exec(db, "DELETE FROM clears WHERE user_id = ?", LEX_UINT(user));
}
