#include <string.h>

#include "history-svc/store.h"

static int s_sums_row(void *arg, const lex_row_t *row)
{
    store_stats_t *stats = arg;
    stats->total = lex_row_uint(row, 0);
    stats->found = lex_row_uint(row, 1);
    stats->distinct = lex_row_uint(row, 2);
    return 0;
}

static int s_top_row(void *arg, const lex_row_t *row)
{
    store_stats_t *stats = arg;
    size_t size;
    const char *word = lex_row_bytes(row, 0, &size);
    if (stats->top_count == STORE_TOP_MAX || size > sizeof stats->top[0].word)
        return 0;
    memcpy(stats->top[stats->top_count].word, word, size);
    stats->top[stats->top_count].size = size;
    stats->top[stats->top_count].count = lex_row_uint(row, 1);
    stats->top[stats->top_count].last = lex_row_uint(row, 2);
    stats->top_count++;
    return 0;
}

typedef struct {
    uint64_t user;
    size_t limit;
    store_stats_t *stats;
} arguments_t;

/* In one transaction, so that the sums and the list are of the same moment. */
static lex_db_status_t s_body(lex_db_t *db, void *arg)
{
    const arguments_t *arguments = arg;
    store_stats_t *stats = arguments->stats;
    memset(stats, 0, sizeof *stats);
    lex_db_status_t status =
        lex_db_query(db, s_sums_row, stats,
                     "SELECT COUNT(*), COUNT(CASE WHEN found THEN 1 END), COUNT(DISTINCT word)"
                     " FROM lookups WHERE user_id = ?",
                     LEX_UINT(arguments->user));
    if (status != LEX_DB_OK)
        return status;
    return lex_db_query(db, s_top_row, stats,
                        "SELECT word, COUNT(*) AS times, MAX(time) AS latest FROM lookups"
                        " WHERE user_id = ? GROUP BY word ORDER BY times DESC, latest DESC LIMIT ?",
                        LEX_UINT(arguments->user), LEX_UINT(arguments->limit));
}

lex_db_status_t store_stats(lex_db_t *db, uint64_t user, size_t limit, store_stats_t *stats)
{
    arguments_t arguments = {.user = user, .limit = limit, .stats = stats};
    return lex_db_transaction(db, s_body, &arguments, 2);
}
