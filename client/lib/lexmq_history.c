/* Calls to history (docs/protocol.md section 7). */

#include <lexmq.h>

#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/text.h"

#define SERVICE "history"

void lexmq_records_destroy(lexmq_records_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static lexmq_status_t s_check_limit(lexmq_t *self, unsigned limit)
{
    if (limit >= 1 && limit <= LEXMQ_RECORDS_MAX)
        return LEXMQ_OK;
    return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A page of history has 1 to %d records.",
                           LEXMQ_RECORDS_MAX);
}

static bool s_take_record(void *result, const msgpack_object *map, lexmq_record_t *record)
{
    return lex_map_uint(map, "n", &record->n) &&
           lexmq_result_str(result, map, "word", &record->word) &&
           lexmq_result_time(map, "time", &record->time) &&
           lex_map_bool(map, "found", &record->found);
}

/* Sends the request and takes its records. `paged`: the reply has a cursor. */
static lexmq_status_t s_run(lexmq_t *self, bool paged, lexmq_records_t **out)
{
    const msgpack_object_array *array;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);

    if (status != LEXMQ_OK)
        return status;
    const msgpack_object *root = lex_body_root(self->reply);
    if (!lexmq_result_maps(root, "records", &array))
        return lexmq_call_broken(self, "records");
    lexmq_records_t *records = lexmq_result_new(sizeof *records);
    records->list = lexmq_result_array(records, array->size, sizeof *records->list);
    bool good = !paged || lex_map_uint(root, "cursor", &records->cursor);
    for (; good && records->count < array->size; records->count++)
        good = s_take_record(records, &array->ptr[records->count], &records->list[records->count]);
    /* An empty page that is not the last would keep a caller going for ever. */
    if (good && (records->count > 0 || records->cursor == 0)) {
        *out = records;
        return LEXMQ_OK;
    }
    lexmq_records_destroy(&records);
    return lexmq_call_broken(self, "records");
}

lexmq_status_t lexmq_history_recent(lexmq_t *self, unsigned limit, lexmq_records_t **out)
{
    *out = NULL;
    lexmq_status_t status = s_check_limit(self, limit);
    if (status != LEXMQ_OK)
        return status;
    lex_writer_t *request = lexmq_call_begin_as_user(self, "recent", 1);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_uint(request, "limit", limit);
    return s_run(self, false, out);
}

lexmq_status_t lexmq_history_list(lexmq_t *self, unsigned limit, uint64_t cursor, bool oldest_first,
                                  lexmq_records_t **out)
{
    *out = NULL;
    lexmq_status_t status = s_check_limit(self, limit);
    if (status != LEXMQ_OK)
        return status;
    lex_writer_t *request = lexmq_call_begin_as_user(self, "list", cursor > 0 ? 3 : 2);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_uint(request, "limit", limit);
    lex_put_text(request, "order", oldest_first ? "oldest" : "newest");
    if (cursor > 0)
        lex_put_uint(request, "cursor", cursor);
    return s_run(self, true, out);
}

lexmq_status_t lexmq_history_search(lexmq_t *self, const lexmq_filter_t *filter, unsigned limit,
                                    uint64_t cursor, lexmq_records_t **out)
{
    *out = NULL;
    lexmq_status_t status = s_check_limit(self, limit);
    if (status != LEXMQ_OK)
        return status;
    if (filter->prefix && !lex_text_is_utf8(filter->prefix, strlen(filter->prefix)))
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "The prefix is not valid UTF-8.");
    size_t arguments = 1 + (filter->prefix ? 1 : 0) + (filter->since > 0 ? 1 : 0) +
                       (filter->until > 0 ? 1 : 0) + (filter->which != LEXMQ_ANY ? 1 : 0) +
                       (cursor > 0 ? 1 : 0);
    lex_writer_t *request = lexmq_call_begin_as_user(self, "search", arguments);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_uint(request, "limit", limit);
    if (filter->prefix)
        lex_put_text(request, "prefix", filter->prefix);
    if (filter->since > 0)
        lex_put_uint(request, "since", (uint64_t)filter->since);
    if (filter->until > 0)
        lex_put_uint(request, "until", (uint64_t)filter->until);
    if (filter->which != LEXMQ_ANY)
        lex_put_bool(request, "found", filter->which == LEXMQ_ONLY_FOUND);
    if (cursor > 0)
        lex_put_uint(request, "cursor", cursor);
    return s_run(self, true, out);
}

lexmq_status_t lexmq_history_clear(lexmq_t *self, uint64_t *cleared)
{
    uint64_t count;

    if (!lexmq_call_begin_as_user(self, "clear", 0))
        return LEXMQ_UNAUTHORIZED;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    if (!lex_body_uint(self->reply, "cleared", &count))
        return lexmq_call_broken(self, "cleared");
    if (cleared)
        *cleared = count;
    return LEXMQ_OK;
}
