/* recent, list, search, stats and export. */

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "history-svc/history_private.h"
#include "history-svc/store.h"

#define RECENT_DEFAULT 10
#define LIST_DEFAULT   100
#define TOP_DEFAULT    10

static uint64_t s_user(const lex_request_t *request)
{
    return lex_request_claims(request)->user;
}

/* ---- a page ---- */

static lex_db_status_t s_read(history_t *self, const store_query_t *query, page_t *page)
{
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    lex_db_status_t status = store_read(db, query, page);
    lex_db_pool_release(self->pool, &db);
    return status;
}

static void s_answer_page(history_t *self, lex_request_t *request, const store_query_t *query,
                          bool with_cursor)
{
    page_t *page = page_new();
    lex_db_status_t status = s_read(self, query, page);
    if (status == LEX_DB_OK) {
        lex_writer_t *reply = lex_reply_begin(request, with_cursor ? 2 : 1);
        page_write(page, reply);
        if (with_cursor)
            lex_put_uint(reply, "cursor", page->cursor);
        lex_reply_send(&request);
    } else {
        history_fail(&request, status);
    }
    page_destroy(&page);
}

/* `limit` and, with it, `cursor`. False after an error reply. */
static bool s_read_limits(lex_request_t **request_p, store_query_t *query, bool with_cursor)
{
    uint64_t limit = query->limit;
    if (!history_number(request_p, "limit", 1, PAGE_RECORDS_MAX, &limit))
        return false;
    query->limit = (size_t)limit;
    return !with_cursor || history_number(request_p, "cursor", 0, UINT64_MAX, &query->cursor);
}

void history_recent(void *context, lex_request_t *request)
{
    store_query_t query = store_query(s_user(request), RECENT_DEFAULT);
    if (s_read_limits(&request, &query, false))
        s_answer_page(context, request, &query, false);
}

static bool s_read_order(lex_request_t **request_p, store_query_t *query)
{
    const lex_body_t *body = lex_request_body(*request_p);
    const char *order;
    size_t size;
    if (!lex_body_find(body, "order"))
        return true;
    if (lex_body_str(body, "order", &order, &size)) {
        query->oldest = size == 6 && memcmp(order, "oldest", size) == 0;
        if (query->oldest || (size == 6 && memcmp(order, "newest", size) == 0))
            return true;
    }
    lex_reply_error(request_p, LEX_BAD_REQUEST, 0, "order must be newest or oldest");
    return false;
}

void history_list(void *context, lex_request_t *request)
{
    store_query_t query = store_query(s_user(request), LIST_DEFAULT);
    if (s_read_limits(&request, &query, true) && s_read_order(&request, &query))
        s_answer_page(context, request, &query, true);
}

/* ---- search ---- */

/* The prefix becomes a key in `key`. */
static bool s_read_prefix(lex_request_t **request_p, store_query_t *query, char key[LEX_KEY_MAX])
{
    const lex_body_t *body = lex_request_body(*request_p);
    const char *prefix;
    size_t size;
    if (!lex_body_find(body, "prefix"))
        return true;
    ssize_t key_size = -1;
    if (lex_body_str(body, "prefix", &prefix, &size) && size <= LEX_WORD_MAX)
        key_size = lex_text_key(prefix, size, key, LEX_KEY_MAX);
    if (key_size < 0) {
        lex_reply_error(request_p, LEX_BAD_REQUEST, 0, "prefix must be a text of at most %d bytes",
                        LEX_WORD_MAX);
        return false;
    }
    query->prefix = key;
    query->prefix_size = (size_t)key_size;
    return true;
}

static bool s_read_found(lex_request_t **request_p, store_query_t *query)
{
    const lex_body_t *body = lex_request_body(*request_p);
    bool found;
    if (!lex_body_find(body, "found"))
        return true;
    if (!lex_body_bool(body, "found", &found)) {
        lex_reply_error(request_p, LEX_BAD_REQUEST, 0, "found must be true or false");
        return false;
    }
    query->found = found ? STORE_FOUND : STORE_MISSED;
    return true;
}

void history_search(void *context, lex_request_t *request)
{
    char key[LEX_KEY_MAX];
    store_query_t query = store_query(s_user(request), LIST_DEFAULT);
    if (s_read_limits(&request, &query, true) && s_read_prefix(&request, &query, key) &&
        s_read_found(&request, &query) &&
        history_number(&request, "since", 0, UINT64_MAX, &query.since) &&
        history_number(&request, "until", 0, UINT64_MAX, &query.until))
        s_answer_page(context, request, &query, true);
}

/* ---- stats ---- */

static void s_write_stats(lex_writer_t *reply, const store_stats_t *stats)
{
    lex_put_uint(reply, "total", stats->total);
    lex_put_uint(reply, "found", stats->found);
    lex_put_uint(reply, "missed", stats->total - stats->found);
    lex_put_uint(reply, "distinct", stats->distinct);
    lex_write_text(reply, "top");
    lex_write_array(reply, stats->top_count);
    for (size_t i = 0; i < stats->top_count; i++) {
        lex_write_map(reply, 3);
        lex_put_str(reply, "word", stats->top[i].word, stats->top[i].size);
        lex_put_uint(reply, "count", stats->top[i].count);
        lex_put_uint(reply, "last", stats->top[i].last);
    }
}

void history_stats(void *context, lex_request_t *request)
{
    history_t *self = context;
    uint64_t limit = TOP_DEFAULT;
    if (!history_number(&request, "limit", 1, STORE_TOP_MAX, &limit))
        return;
    store_stats_t *stats = lex_malloc(sizeof *stats);
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    lex_db_status_t status = store_stats(db, s_user(request), (size_t)limit, stats);
    lex_db_pool_release(self->pool, &db);
    if (status == LEX_DB_OK) {
        s_write_stats(lex_reply_begin(request, 5), stats);
        lex_reply_send(&request);
    } else {
        history_fail(&request, status);
    }
    free(stats);
}

/* ---- export ---- */

/* Cuts off what was recorded after the export began; true when that was the end. */
static bool s_cut(page_t *page, uint64_t last)
{
    while (page->count && page->records[page->count - 1].n > last)
        page->count--;
    return page->cursor == 0 || page->cursor >= last;
}

void history_export(void *context, lex_request_t *request)
{
    history_t *self = context;
    uint64_t last = 0, count = 0;
    bool ended = false;
    store_query_t query = store_query(s_user(request), PAGE_RECORDS_MAX);
    query.oldest = true;
    page_t *page = page_new();
    /* Held for one page at a time: sending a page may have to wait for a slow reader. */
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    lex_db_status_t status = store_last(db, query.user, &last);
    lex_db_pool_release(self->pool, &db);
    while (status == LEX_DB_OK && !ended) {
        status = s_read(self, &query, page);
        if (status != LEX_DB_OK)
            break;
        ended = s_cut(page, last);
        query.cursor = page->cursor;
        count += page->count;
        if (page->count) {
            page_write(page, lex_reply_begin(request, 1));
            lex_reply_partial(request);
        }
    }
    page_destroy(&page);
    if (status != LEX_DB_OK) {
        history_fail(&request, status);
        return;
    }
    lex_put_uint(lex_reply_begin(request, 1), "count", count);
    lex_reply_send(&request);
}
