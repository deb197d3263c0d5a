/* The op `match`. What a few look-ups in the index answer is answered on the loop; what scans, or
 * puts matches into order, goes to the pool, so that heartbeats never wait for it. */

#include <string.h>

#include "common/text.h"
#include "lookup-svc/match.h"
#include "lookup-svc/service.h"

#define MATCH_QUICK_LIMIT 1000u /* matches at a tenth of a microsecond or so each */

typedef struct {
    service_t *service;
    lex_request_t *request;
    match_query_t query;
    snapshot_t *snapshot;
    scope_t scope;
    match_result_t result;
} s_match_t;

/* ---- arguments ---- */

/* A number that may be missing. False when it is no number from `least` to `most`. */
static bool s_number(const lex_body_t *body, const char *name, uint32_t least, uint32_t most,
                     uint32_t *out)
{
    uint64_t value = 0;
    if (!lex_body_find(body, name))
        return true;
    if (!lex_body_uint(body, name, &value) || value < least || value > most)
        return false;
    *out = (uint32_t)value;
    return true;
}

static const char *s_parse_pattern(s_match_t *self, const lex_body_t *body)
{
    match_query_t *query = &self->query;
    const char *strategy;
    size_t size;
    if (!lex_body_str(body, "strategy", &strategy, &size) ||
        match_strategy_find(strategy, size, &query->strategy) == -1)
        return "strategy must be the name of a strategy";
    if (!lex_body_str(body, "pattern", &query->pattern, &query->pattern_size) ||
        query->pattern_size == 0 || query->pattern_size > MATCH_PATTERN_MAX)
        return "pattern must have 1 to 255 bytes";
    if (lex_body_find(body, "cursor") &&
        (!lex_body_bin(body, "cursor", &query->cursor, &query->cursor_size) ||
         query->cursor_size == 0))
        return "cursor must be one of a reply";
    return NULL;
}

static const char *s_parse_numbers(s_match_t *self, const lex_body_t *body)
{
    match_query_t *query = &self->query;
    uint32_t limit = MATCH_LIMIT, distance = 1;
    if (!s_number(body, "limit", 1, MATCH_LIMIT_MAX, &limit))
        return "limit must be 1 to 1000";
    if (!s_number(body, "distance", 1, 2, &distance))
        return "distance must be 1 or 2";
    if (!s_number(body, "skip", 0, UINT32_MAX, &query->skip) ||
        !s_number(body, "count", 0, UINT32_MAX, &query->count) ||
        !s_number(body, "collins", 0, UINT32_MAX, &query->filter.collins) ||
        !s_number(body, "max_rank", 0, UINT32_MAX, &query->filter.max_rank))
        return "skip, count, collins and max_rank must be numbers of 32 bits";
    query->limit = limit;
    query->distance = distance;
    return NULL;
}

static const char *s_parse_tags(s_match_t *self, const lex_body_t *body)
{
    match_filter_t *filter = &self->query.filter;
    const msgpack_object *tags = lex_body_find(body, "tags");
    if (!tags)
        return NULL;
    if (tags->type != MSGPACK_OBJECT_ARRAY || tags->via.array.size > MATCH_TAGS_MAX)
        return "tags must be at most 8 words";
    for (uint32_t i = 0; i < tags->via.array.size; i++) {
        const msgpack_object *tag = tags->via.array.ptr + i;
        if (tag->type != MSGPACK_OBJECT_STR || tag->via.str.size == 0 ||
            tag->via.str.size > LEX_WORD_MAX || memchr(tag->via.str.ptr, ' ', tag->via.str.size))
            return "a tag must have 1 to 255 bytes and no blank";
        filter->tags[filter->tag_count++] = (lex_span_t){tag->via.str.ptr, tag->via.str.size};
    }
    return NULL;
}

static const char *s_parse_sort(s_match_t *self, const lex_body_t *body)
{
    const char *sort;
    size_t size;
    if (!lex_body_find(body, "sort"))
        return NULL;
    if (!lex_body_str(body, "sort", &sort, &size) || size != 4)
        return "sort must be word or rank";
    self->query.by_rank = memcmp(sort, "rank", 4) == 0;
    return self->query.by_rank || memcmp(sort, "word", 4) == 0 ? NULL : "sort must be word or rank";
}

/* The arguments. False after an error reply. */
static bool s_parse(s_match_t *self)
{
    static const char *(*const parsers[])(s_match_t *, const lex_body_t *) = {
        s_parse_pattern, s_parse_numbers, s_parse_tags, s_parse_sort};
    const lex_body_t *body = lex_request_body(self->request);
    for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
        const char *why = parsers[i](self, body);
        if (why) {
            lex_reply_error(&self->request, LEX_BAD_REQUEST, 0, "%s", why);
            return false;
        }
    }
    return true;
}

/* True when it takes microseconds whatever is in the dictionaries. */
static bool s_is_quick(const match_query_t *query)
{
    if (query->by_rank || query->filter.tag_count > 0 || query->filter.collins > 0 ||
        query->filter.max_rank > 0)
        return false;
    return query->strategy == MATCH_EXACT ||
           ((query->strategy == MATCH_PREFIX || query->strategy == MATCH_NPREFIX) &&
            query->limit <= MATCH_QUICK_LIMIT && query->skip <= MATCH_QUICK_LIMIT);
}

/* ---- reply ---- */

static bool s_is_spelled(const match_query_t *query, const char *word, size_t size)
{
    char asked[LEX_KEY_MAX], found[LEX_KEY_MAX];
    ssize_t asked_size =
        lex_text_spelling(query->pattern, query->pattern_size, asked, sizeof asked);
    ssize_t found_size = lex_text_spelling(word, size, found, sizeof found);
    return asked_size > 0 && asked_size == found_size &&
           memcmp(asked, found, (size_t)asked_size) == 0;
}

static const char *s_rule(const match_query_t *query, const match_t *match, const char *word,
                          size_t size)
{
    if (match->accent)
        return "accent";
    if (query->strategy == MATCH_EXACT && !s_is_spelled(query, word, size))
        return "case";
    return match_strategy_name(query->strategy);
}

/* Dictionary and rule of the match before: they are left out where they are the same, as they are
 * for most of a page. */
typedef struct {
    const dictionary_t *dictionary;
    const char *rule;
} s_origin_t;

static void s_write_match(lex_writer_t *writer, const match_query_t *query, const match_t *match,
                          s_origin_t *before)
{
    size_t size;
    const char *word = index_view_spelling(index_view(match->dictionary->index), match->key, &size);
    const s_origin_t origin = {match->dictionary, s_rule(query, match, word, size)};
    bool near = query->strategy == MATCH_LEV, ranked = match->rank > 0;
    bool other = origin.dictionary != before->dictionary || origin.rule != before->rule;
    lex_write_map(writer, 1u + 2u * other + near + ranked);
    lex_put_str(writer, "word", word, size);
    if (other) {
        lex_put_text(writer, "dict", origin.dictionary->name);
        lex_put_text(writer, "rule", origin.rule);
    }
    if (near)
        lex_put_uint(writer, "distance", match->distance);
    if (ranked)
        lex_put_uint(writer, "rank", match->rank);
    *before = origin;
}

static void s_reply(s_match_t *self)
{
    const match_result_t *result = &self->result;
    lex_writer_t *writer = lex_reply_begin(self->request, 3);
    s_origin_t before = {0};
    lex_write_text(writer, "matches");
    lex_write_array(writer, result->count);
    for (size_t i = 0; i < result->count; i++)
        s_write_match(writer, &self->query, result->matches + i, &before);
    lex_put_bin(writer, "cursor", result->cursor, result->cursor_size);
    lex_put_bool(writer, "complete", result->complete);
    lex_reply_send(&self->request);
}

/* Ends the request, or leaves it alone when it is not quick. */
static void s_run(s_match_t *self, bool quick)
{
    if (!s_parse(self) || (quick && !s_is_quick(&self->query)))
        return;
    if (!service_scope(self->service, &self->request, &self->snapshot, &self->scope))
        return;
    switch (match_run(&self->scope, &self->query, &self->result)) {
    case MATCH_OK:
        s_reply(self);
        break;
    case MATCH_BAD_CURSOR:
        lex_reply_error(&self->request, LEX_BAD_REQUEST, 0,
                        "the cursor is not one of this query's, begin without one");
        break;
    case MATCH_BAD_PATTERN:
    case MATCH_TOO_COSTLY:
        lex_reply_error(&self->request, LEX_BAD_REQUEST, 0, "%s", self->result.why);
        break;
    }
    match_result_close(&self->result);
    snapshot_destroy(&self->snapshot);
}

static void s_handle_slow(void *context, lex_request_t *request)
{
    s_match_t self = {.service = context, .request = request};
    s_run(&self, false);
}

void match_handle(void *context, lex_request_t *request)
{
    s_match_t self = {.service = context, .request = request};
    s_run(&self, true);
    if (self.request)
        lex_request_defer(&self.request, s_handle_slow);
}
