#include "lookup-svc/service.h"

#include <string.h>

#include "common/text.h"
#include "lookup-svc/suggest.h"

/* A worker holds so many requests at once: those that wait for history for a quarter of a second,
 * and the ones in work. */
#define SERVICE_CREDIT 256u
#define SERVICE_BATCH  64u

#define SERVICE_LOADING_RETRY_MS 500u
#define SERVICE_SUGGEST_LIMIT    10u
#define SERVICE_NAME_SHOWN       64 /* bytes of an unknown name that an error repeats */

bool service_scope(const service_t *self, lex_request_t **request_p, snapshot_t **snapshot_p,
                   scope_t *scope)
{
    const lex_body_t *body = lex_request_body(*request_p);
    const char *name = NULL;
    size_t size = 0;
    if (lex_body_find(body, "dict") && !lex_body_str(body, "dict", &name, &size)) {
        lex_reply_error(request_p, LEX_BAD_REQUEST, 0, "dict must be a dictionary's name");
        return false;
    }
    *snapshot_p = catalogue_acquire(self->catalogue);
    if (!*snapshot_p) {
        lex_reply_error(request_p, LEX_UNAVAILABLE, SERVICE_LOADING_RETRY_MS,
                        "dictionaries are loading");
        return false;
    }
    *scope = (scope_t){(*snapshot_p)->dictionaries, (*snapshot_p)->words};
    if (!name)
        return true;
    *scope = (scope_t){snapshot_find(*snapshot_p, name, size), 1};
    if (scope->dictionaries && scope->dictionaries->kind == DICTIONARY_WORDS)
        return true;
    snapshot_destroy(snapshot_p);
    lex_reply_error(request_p, LEX_NOT_FOUND, 0, "no dictionary is called %.*s",
                    size < SERVICE_NAME_SHOWN ? (int)size : SERVICE_NAME_SHOWN, name);
    return false;
}

/* The key of a prefix, with the blank kept that says that a word ends there. Its size, or -1 when
 * the prefix is too long. */
static ssize_t s_prefix_key(const char *prefix, size_t size, char key[LEX_KEY_MAX])
{
    if (size > LEX_WORD_MAX)
        return -1;
    ssize_t key_size = lex_text_key(prefix, size, key, LEX_KEY_MAX - 1);
    if (key_size > 0 && prefix[size - 1] == ' ')
        key[key_size++] = ' ';
    return key_size;
}

static void s_suggest(void *context, lex_request_t *request)
{
    const lex_body_t *body = lex_request_body(request);
    const char *prefix;
    size_t size;
    uint64_t limit = SERVICE_SUGGEST_LIMIT;
    char key[LEX_KEY_MAX];
    ssize_t key_size = -1;
    if (lex_body_str(body, "prefix", &prefix, &size))
        key_size = s_prefix_key(prefix, size, key);
    if (key_size == -1) {
        lex_reply_error(&request, LEX_BAD_REQUEST, 0, "prefix must be at most %u bytes",
                        LEX_WORD_MAX);
        return;
    }
    if ((lex_body_find(body, "limit") && !lex_body_uint(body, "limit", &limit)) ||
        limit > SUGGEST_PREFIX_MAX) {
        lex_reply_error(&request, LEX_BAD_REQUEST, 0, "limit must be at most %u",
                        SUGGEST_PREFIX_MAX);
        return;
    }
    snapshot_t *snapshot;
    scope_t scope;
    if (!service_scope(context, &request, &snapshot, &scope))
        return;
    suggestion_t words[SUGGEST_PREFIX_MAX];
    size_t count = suggest_prefix(&scope, key, (size_t)key_size, limit, words);
    lex_writer_t *writer = lex_reply_begin(request, 1);
    lex_write_text(writer, "words");
    lex_write_array(writer, count);
    for (size_t i = 0; i < count; i++)
        lex_write_str(writer, words[i].word, words[i].size);
    lex_reply_send(&request);
    snapshot_destroy(&snapshot);
}

static void s_dictionaries(void *context, lex_request_t *request)
{
    const service_t *self = context;
    snapshot_t *snapshot = catalogue_acquire(self->catalogue);
    if (!snapshot) {
        lex_reply_error(&request, LEX_UNAVAILABLE, SERVICE_LOADING_RETRY_MS,
                        "dictionaries are loading");
        return;
    }
    lex_writer_t *writer = lex_reply_begin(request, 1);
    lex_write_text(writer, "dictionaries");
    lex_write_array(writer, snapshot->words);
    for (size_t i = 0; i < snapshot->words; i++) {
        const dictionary_t *dictionary = snapshot->dictionaries + i;
        lex_write_map(writer, 4);
        lex_put_text(writer, "name", dictionary->name);
        lex_put_text(writer, "title", dictionary->title);
        lex_put_uint(writer, "entries", dictionary->entries);
        lex_put_uint(writer, "version", dictionary->version);
    }
    lex_reply_send(&request);
    snapshot_destroy(&snapshot);
}

const lex_service_t *service_table(void)
{
    static const lex_op_t ops[] = {{"define", LEX_OP_TOKEN, define_handle},
                                   {"match", LEX_OP_TOKEN, match_handle},
                                   {"suggest", LEX_OP_TOKEN, s_suggest},
                                   {"dictionaries", LEX_OP_TOKEN, s_dictionaries},
                                   {NULL, 0, NULL}};
    static const lex_service_t table = {
        .name = "lookup", .ops = ops, .credit = SERVICE_CREDIT, .batch = SERVICE_BATCH};
    return &table;
}
