#include "auth-svc/throttle.h"

#include <sodium.h>

#define SHARDS 16
#define TRIES  3 /* these statements stand alone: a conflict rolls back nothing else */

typedef struct {
    bool found;
    uint64_t failures;
    int64_t last_failure;
    int64_t not_before;
} s_record_t;

static int s_read_record(void *arg, const lex_row_t *row)
{
    s_record_t *record = arg;
    record->found = true;
    record->failures = lex_row_uint(row, 0);
    record->last_failure = lex_row_int(row, 1);
    record->not_before = lex_row_int(row, 2);
    return 0;
}

static int s_read_sum(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static lex_db_status_t s_run(lex_db_t *db, const char *sql, const lex_param_t *params, size_t count)
{
    lex_db_status_t status = LEX_DB_CONFLICT;
    for (int i = 0; i < TRIES && status == LEX_DB_CONFLICT; i++)
        status = lex_db_run(db, sql, params, count, NULL, NULL);
    return status;
}

static answer_t s_limited(int64_t retry_ms)
{
    if (retry_ms > THROTTLE_DELAY_MAX_MS)
        retry_ms = THROTTLE_DELAY_MAX_MS;
    return (answer_t){LEX_RATE_LIMITED, (uint64_t)retry_ms,
                      "too many wrong passwords: wait a little"};
}

/* While passwords are being guessed everywhere, a name that was guessed at lately waits once after
 * each of its failures, even after its first. */
static answer_t s_check_window(lex_db_t *db, const name_t *name, const s_record_t *record,
                               int64_t now)
{
    bool has_waited = record->not_before >= record->last_failure + THROTTLE_DELAY_MIN_MS;
    if (has_waited || record->last_failure <= now - THROTTLE_REMEMBERED_MS)
        return ANSWER_OK;
    uint64_t failures = 0;
    lex_db_status_t status = lex_db_query(
        db, s_read_sum, &failures, "SELECT SUM(failures) FROM throttle_window WHERE second > ?",
        LEX_INT(now / 1000 - THROTTLE_WINDOW_S));
    if (status != LEX_DB_OK || failures <= THROTTLE_WINDOW_FAILURES)
        return answer_of_db(status);
    const lex_param_t params[] = {LEX_INT(now + THROTTLE_DELAY_MIN_MS),
                                  LEX_BLOB(name->hash, sizeof name->hash)};
    status =
        s_run(db, "UPDATE throttle SET not_before = GREATEST(not_before, ?) WHERE name_hash = ?",
              params, 2);
    return status == LEX_DB_OK ? s_limited(THROTTLE_DELAY_MIN_MS) : answer_of_db(status);
}

/* What s_count_name below makes of a failure after so many. */
static int64_t s_delay(uint64_t failures)
{
    uint64_t doublings = failures - (THROTTLE_FREE_FAILURES - 1);
    int64_t delay = THROTTLE_DELAY_MIN_MS << (doublings < 6 ? doublings : 6);
    return delay < THROTTLE_DELAY_MAX_MS ? delay : THROTTLE_DELAY_MAX_MS;
}

/* Passwords are looked at while others arrive: of all that come when a delay is over, on whatever thread
 * of whatever worker, one is let through, and the rest waits as if it had failed already. */
static answer_t s_claim(lex_db_t *db, const name_t *name, const s_record_t *record, int64_t now)
{
    if (record->failures < THROTTLE_FREE_FAILURES)
        return ANSWER_OK;
    int64_t delay = s_delay(record->failures);
    const lex_param_t params[] = {LEX_INT(now + delay), LEX_BLOB(name->hash, sizeof name->hash),
                                  LEX_INT(record->not_before), LEX_UINT(record->failures)};
    lex_db_status_t status = s_run(db,
                                   "UPDATE throttle SET not_before = ?"
                                   " WHERE name_hash = ? AND not_before = ? AND failures = ?",
                                   params, 4);
    if (status != LEX_DB_OK)
        return answer_of_db(status);
    return lex_db_affected(db) > 0 ? ANSWER_OK : s_limited(delay);
}

answer_t throttle_check(lex_db_t *db, const name_t *name, int64_t now, bool *is_known)
{
    s_record_t record = {0};
    lex_db_status_t status =
        lex_db_query(db, s_read_record, &record,
                     "SELECT failures, last_failure, not_before FROM throttle WHERE name_hash = ?",
                     LEX_BLOB(name->hash, sizeof name->hash));
    *is_known = record.found;
    if (status != LEX_DB_OK || !record.found)
        return answer_of_db(status);
    if (record.not_before > now)
        return s_limited(record.not_before - now);
    answer_t answer = s_check_window(db, name, &record, now);
    return answer.code == LEX_OK ? s_claim(db, name, &record, now) : answer;
}

/* `failures` is the count before this failure in every expression, whether the server assigns from
 * left to right or at once: it changes last. The delay after failure n is 1000 << (n - 5), at most
 * 60000. */
static const char s_count_name[] =
    "INSERT INTO throttle (name_hash, failures, last_failure, not_before) VALUES (?, 1, ?, 0)"
    " ON DUPLICATE KEY UPDATE not_before = GREATEST(not_before, IF(failures >= 4,"
    " ? + LEAST(1000 << LEAST(failures - 4, 6), 60000), 0)),"
    " last_failure = GREATEST(last_failure, ?), failures = failures + 1";

static const char s_count_all[] =
    "INSERT INTO throttle_window (second, shard, failures) VALUES (?, ?, 1)"
    " ON DUPLICATE KEY UPDATE failures = failures + 1";

answer_t throttle_failed(lex_db_t *db, const name_t *name, int64_t now)
{
    const lex_param_t of_name[] = {LEX_BLOB(name->hash, sizeof name->hash), LEX_INT(now),
                                   LEX_INT(now), LEX_INT(now)};
    const lex_param_t of_all[] = {LEX_INT(now / 1000), LEX_UINT(randombytes_uniform(SHARDS))};
    lex_db_status_t status = s_run(db, s_count_name, of_name, 4);
    if (status == LEX_DB_OK)
        status = s_run(db, s_count_all, of_all, 2);
    return answer_of_db(status);
}

void throttle_succeeded(lex_db_t *db, const name_t *name)
{
    const lex_param_t params[] = {LEX_BLOB(name->hash, sizeof name->hash)};
    s_run(db, "DELETE FROM throttle WHERE name_hash = ?", params, 1);
}
