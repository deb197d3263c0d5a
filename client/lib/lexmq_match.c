/* The call `match` to lookup: words by strategy (docs/protocol.md section 6). */

#include <lexmq.h>

#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/text.h"

#define SERVICE      "lookup"
#define DISTANCE_MAX 2

void lexmq_matches_destroy(lexmq_matches_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static bool s_is_utf8(const char *text)
{
    return lex_text_is_utf8(text, strlen(text));
}

static lexmq_status_t s_check(lexmq_t *self, const lexmq_match_query_t *query)
{
    size_t size = strlen(query->pattern);

    if (size < 1 || size > LEXMQ_WORD_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A pattern has 1 to %d bytes.",
                               LEXMQ_WORD_MAX);
    if (query->limit > LEXMQ_MATCHES_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A page has at most %d matches.",
                               LEXMQ_MATCHES_MAX);
    if (query->distance > DISTANCE_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "The distance is at most %d.",
                               DISTANCE_MAX);
    if (query->tag_count > LEXMQ_TAGS_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "At most %d tags can be asked for.",
                               LEXMQ_TAGS_MAX);
    if (query->cursor && query->cursor_size > LEXMQ_CURSOR_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "No cursor has more than %d bytes.",
                               LEXMQ_CURSOR_MAX);
    bool good = s_is_utf8(query->pattern) && s_is_utf8(query->strategy) &&
                (!query->dict || s_is_utf8(query->dict));
    for (size_t i = 0; good && i < query->tag_count; i++)
        good = s_is_utf8(query->tags[i]);
    return good ? LEXMQ_OK
                : lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "What is asked is not valid UTF-8.");
}

static void s_put_number(lex_writer_t *request, const char *key, uint32_t number)
{
    if (number > 0)
        lex_put_uint(request, key, number);
}

/* Starts the request, with only those arguments that are not as usual. */
static bool s_begin(lexmq_t *self, const lexmq_match_query_t *query)
{
    bool goes_on = query->cursor && query->cursor_size > 0;
    size_t arguments = 2 + (query->dict ? 1 : 0) + (query->limit > 0) + (query->distance > 0) +
                       (query->skip > 0) + (query->count > 0) + (query->tag_count > 0) +
                       (query->collins > 0) + (query->max_rank > 0) + query->by_rank + goes_on;
    lex_writer_t *request = lexmq_call_begin_as_user(self, "match", arguments);

    if (!request)
        return false;
    lex_put_text(request, "strategy", query->strategy);
    lex_put_text(request, "pattern", query->pattern);
    if (query->dict)
        lex_put_text(request, "dict", query->dict);
    s_put_number(request, "limit", query->limit);
    s_put_number(request, "distance", query->distance);
    s_put_number(request, "skip", query->skip);
    s_put_number(request, "count", query->count);
    if (query->tag_count > 0) {
        lex_write_text(request, "tags");
        lex_write_array(request, query->tag_count);
    }
    for (size_t i = 0; i < query->tag_count; i++)
        lex_write_text(request, query->tags[i]);
    s_put_number(request, "collins", query->collins);
    s_put_number(request, "max_rank", query->max_rank);
    if (query->by_rank)
        lex_put_text(request, "sort", "rank");
    if (goes_on)
        lex_put_bin(request, "cursor", query->cursor, query->cursor_size);
    return true;
}

/* Dictionary and rule: both stand there, or neither, and then they are those of the match before. */
static bool s_take_origin(void *result, const msgpack_object *map, const lexmq_match_t *before,
                          lexmq_match_t *match)
{
    if (before && !lex_map_find(map, "dict") && !lex_map_find(map, "rule")) {
        match->dict = before->dict;
        match->rule = before->rule;
        return true;
    }
    return lexmq_result_str(result, map, "dict", &match->dict) &&
           lexmq_result_str(result, map, "rule", &match->rule);
}

static bool s_take_match(void *result, const msgpack_object *map, const lexmq_match_t *before,
                         lexmq_match_t *match)
{
    uint32_t distance;

    if (!lexmq_result_str(result, map, "word", &match->word) ||
        !s_take_origin(result, map, before, match) ||
        !lexmq_result_maybe_uint(map, "distance", &distance) || distance > INT32_MAX ||
        !lexmq_result_maybe_uint(map, "rank", &match->rank))
        return false;
    match->distance = lex_map_find(map, "distance") ? (int)distance : -1;
    return true;
}

static bool s_take_cursor(const msgpack_object *root, lexmq_matches_t *matches)
{
    const unsigned char *data;
    size_t size;

    if (!lex_map_bin(root, "cursor", &data, &size) || size > LEXMQ_CURSOR_MAX)
        return false;
    unsigned char *copy = lexmq_result_array(matches, size, 1);
    memcpy(copy, data, size);
    matches->cursor = copy;
    matches->cursor_size = size;
    return true;
}

/* True when asking on can lead somewhere. An empty page that claims to be whole, or that leads back to itself, would
 * keep a caller going for ever. */
static bool s_leads_on(const lexmq_match_query_t *query, const lexmq_matches_t *matches)
{
    if (matches->count > 0 || matches->cursor_size == 0)
        return true;
    bool same = query->cursor && query->cursor_size == matches->cursor_size &&
                memcmp(query->cursor, matches->cursor, matches->cursor_size) == 0;
    return !matches->complete && !same;
}

lexmq_status_t lexmq_match(lexmq_t *self, const lexmq_match_query_t *query, lexmq_matches_t **out)
{
    const msgpack_object_array *array;

    *out = NULL;
    lexmq_status_t status = s_check(self, query);
    if (status != LEXMQ_OK)
        return status;
    if (!s_begin(self, query))
        return LEXMQ_UNAUTHORIZED;
    status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    const msgpack_object *root = lex_body_root(self->reply);
    if (!lexmq_result_maps(root, "matches", &array))
        return lexmq_call_broken(self, "matches");
    lexmq_matches_t *matches = lexmq_result_new(sizeof *matches);
    matches->list = lexmq_result_array(matches, array->size, sizeof *matches->list);
    bool good = lex_map_bool(root, "complete", &matches->complete) && s_take_cursor(root, matches);
    for (; good && matches->count < array->size; matches->count++)
        good = s_take_match(matches, &array->ptr[matches->count],
                            matches->count > 0 ? &matches->list[matches->count - 1] : NULL,
                            &matches->list[matches->count]);
    if (good && s_leads_on(query, matches)) {
        *out = matches;
        return LEXMQ_OK;
    }
    lexmq_matches_destroy(&matches);
    return lexmq_call_broken(self, "matches");
}
