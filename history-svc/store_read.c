#include <string.h>

#include "common/text.h"
#include "history-svc/store.h"

/* Rows asked for at a time by a search: few for a start, for many searches find their page soon. */
#define CHUNK_FIRST 1000
#define CHUNK_MAX   8000

store_query_t store_query(uint64_t user, size_t limit)
{
    return (store_query_t){.user = user, .limit = limit, .until = UINT64_MAX};
}

static bool s_has_filter(const store_query_t *query)
{
    return query->prefix_size || query->since || query->until != UINT64_MAX ||
           query->found != STORE_ANY;
}

static bool s_has_prefix(const store_query_t *query, const char *word, size_t size)
{
    char key[LEX_KEY_MAX];
    if (!query->prefix_size)
        return true;
    ssize_t key_size = lex_text_key(word, size, key, sizeof key);
    return key_size >= (ssize_t)query->prefix_size &&
           memcmp(key, query->prefix, query->prefix_size) == 0;
}

typedef struct {
    const store_query_t *query;
    page_t *page;
    uint64_t last; /* n of the last row looked at */
    size_t rows;   /* of this chunk */
    bool more;     /* a record that did not fit on the page was seen */
} scan_t;

/* Columns: id, time, found, word. */
static int s_row(void *arg, const lex_row_t *row)
{
    scan_t *scan = arg;
    const store_query_t *query = scan->query;
    uint64_t n = lex_row_uint(row, 0), time = lex_row_uint(row, 1);
    bool found = lex_row_uint(row, 2) != 0;
    size_t size;
    const char *word = lex_row_bytes(row, 3, &size);
    scan->rows++;
    bool passes = time >= query->since && time < query->until &&
                  (query->found == STORE_ANY || found == (query->found == STORE_FOUND)) &&
                  s_has_prefix(query, word, size);
    if (passes && scan->page->count == query->limit) {
        scan->more = true;
        return 1;
    }
    scan->last = n;
    if (passes)
        page_add(scan->page, n, time, found, word, size);
    return 0;
}

static lex_db_status_t s_chunk(lex_db_t *db, scan_t *scan, size_t rows)
{
    static const char newest[] = "SELECT id, time, found, word FROM lookups"
                                 " WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    static const char oldest[] = "SELECT id, time, found, word FROM lookups"
                                 " WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?";
    scan->rows = 0;
    return lex_db_query(db, s_row, scan, scan->query->oldest ? oldest : newest,
                        LEX_UINT(scan->query->user), LEX_UINT(scan->last), LEX_UINT(rows));
}

lex_db_status_t store_read(lex_db_t *db, const store_query_t *query, page_t *page)
{
    scan_t scan = {.query = query, .page = page, .last = query->cursor};
    if (!query->cursor && !query->oldest)
        scan.last = UINT64_MAX;
    size_t chunk = s_has_filter(query) ? CHUNK_FIRST : query->limit + 1;
    size_t looked_at = 0;
    bool ended;
    lex_db_status_t status;
    page_clear(page);
    do {
        status = s_chunk(db, &scan, chunk);
        looked_at += scan.rows;
        ended = scan.more || scan.rows < chunk;
        chunk = chunk * 2 < CHUNK_MAX ? chunk * 2 : CHUNK_MAX;
    } while (status == LEX_DB_OK && !ended && looked_at < STORE_SCAN_MAX);
    if (status == LEX_DB_OK && (scan.more || !ended))
        page->cursor = scan.last;
    return status;
}

static int s_number_row(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

lex_db_status_t store_last(lex_db_t *db, uint64_t user, uint64_t *n)
{
    *n = 0;
    return lex_db_query(db, s_number_row, n,
                        "SELECT id FROM lookups WHERE user_id = ? ORDER BY id DESC LIMIT 1",
                        LEX_UINT(user));
}
