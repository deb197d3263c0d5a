#include "history-svc/record_call.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/memory.h"
#include "common/text.h"

/* What a record needs to know of its token. */
typedef struct {
    bool genuine;
    uint64_t user;
    int64_t expires;
} token_t;

/* ---- shape ---- */

static bool s_is_index(const msgpack_object *object, uint64_t bound)
{
    return object->type == MSGPACK_OBJECT_POSITIVE_INTEGER && object->via.u64 < bound;
}

static bool s_are_words(const msgpack_object *words)
{
    if (words->type != MSGPACK_OBJECT_ARRAY || words->via.array.size == 0 ||
        words->via.array.size % 2)
        return false;
    for (uint32_t i = 0; i < words->via.array.size; i += 2) {
        const msgpack_object *pair = &words->via.array.ptr[i];
        if (pair[0].type != MSGPACK_OBJECT_STR || pair[0].via.str.size == 0 ||
            pair[0].via.str.size > LEX_WORD_MAX || pair[1].type != MSGPACK_OBJECT_BOOLEAN)
            return false;
    }
    return true;
}

static bool s_is_record(const msgpack_object *record, uint32_t tokens)
{
    if (record->type != MSGPACK_OBJECT_ARRAY || record->via.array.size != 4)
        return false;
    const msgpack_object *fields = record->via.array.ptr;
    return s_is_index(&fields[0], tokens) && fields[1].type == MSGPACK_OBJECT_BIN &&
           fields[1].via.bin.size == LEX_ID_SIZE && s_is_index(&fields[2], INT64_MAX) &&
           s_are_words(&fields[3]);
}

static bool s_are_tokens(const msgpack_object *tokens)
{
    if (!tokens || tokens->type != MSGPACK_OBJECT_ARRAY ||
        tokens->via.array.size > RECORD_CALL_WORDS_MAX)
        return false;
    for (uint32_t i = 0; i < tokens->via.array.size; i++)
        if (tokens->via.array.ptr[i].type != MSGPACK_OBJECT_BIN)
            return false;
    return true;
}

/* NULL, or what is wrong. *words: of all records together. */
static const char *s_check(const msgpack_object *tokens, const msgpack_object *records,
                           size_t *words)
{
    *words = 0;
    if (!s_are_tokens(tokens))
        return "toks must be an array of bin, at most 2000";
    if (!records || records->type != MSGPACK_OBJECT_ARRAY)
        return "records must be an array";
    for (uint32_t i = 0; i < records->via.array.size; i++) {
        const msgpack_object *record = &records->via.array.ptr[i];
        if (!s_is_record(record, tokens->via.array.size))
            return "a record must be [token, id, time, [word, found, ...]]";
        *words += record->via.array.ptr[3].via.array.size / 2;
        if (*words > RECORD_CALL_WORDS_MAX)
            return "at most 2000 words in all";
    }
    return NULL;
}

/* ---- content ---- */

static token_t *s_tokens_verify(const msgpack_object *tokens, lex_verifier_t *verifier)
{
    token_t *out = lex_calloc(tokens->via.array.size + 1, sizeof *out);
    for (uint32_t i = 0; i < tokens->via.array.size; i++) {
        const msgpack_object_bin *token = &tokens->via.array.ptr[i].via.bin;
        lex_claims_t claims;
        if (lex_verifier_check_genuine(verifier, token->ptr, token->size, &claims) != LEX_OK)
            continue;
        out[i] = (token_t){.genuine = true, .user = claims.user, .expires = claims.expires};
    }
    return out;
}

/* A call that does not say is of a worker that did not know how. */
static bool s_is_dated(const lex_body_t *body)
{
    uint64_t now;
    if (!lex_body_uint(body, "now", &now))
        return true;
    int64_t behind = lex_utc_ms() - (int64_t)(now & INT64_MAX);
    return behind >= -RECORD_CALL_AHEAD_MS && behind <= RECORD_CALL_BEHIND_MS;
}

/* Returns the place after the record's words. */
static commit_word_t *s_record_read(const msgpack_object *fields, const token_t *tokens,
                                    commit_record_t *record, commit_word_t *words)
{
    const token_t *token = &tokens[fields[0].via.u64];
    const msgpack_object_array *pairs = &fields[3].via.array;
    *record = (commit_record_t){.user = token->user,
                                .id = (const unsigned char *)fields[1].via.bin.ptr,
                                .time = (int64_t)fields[2].via.u64,
                                .words = words,
                                .count = pairs->size / 2};
    record->refused = !token->genuine || record->time - RECORD_CALL_LATE_MS > token->expires;
    for (uint32_t i = 0; i < pairs->size; i += 2)
        *words++ = (commit_word_t){.text = pairs->ptr[i].via.str.ptr,
                                   .size = pairs->ptr[i].via.str.size,
                                   .found = pairs->ptr[i + 1].via.boolean};
    return words;
}

record_call_t *record_call_new(const lex_body_t *body, lex_verifier_t *verifier, const char **why)
{
    const msgpack_object *toks = lex_body_find(body, "toks");
    const msgpack_object *records = lex_body_find(body, "records");
    size_t word_count;
    *why = s_check(toks, records, &word_count);
    if (*why)
        return NULL;
    size_t count = records->via.array.size;
    record_call_t *self = lex_malloc(sizeof *self + count * sizeof(commit_record_t) +
                                     word_count * sizeof(commit_word_t));
    self->commit = (commit_call_t){.records = self->records, .count = count, .rows = word_count};
    self->owner = NULL;
    token_t *tokens = s_tokens_verify(toks, verifier);
    commit_word_t *words = (commit_word_t *)(self->records + count);
    bool is_dated = s_is_dated(body);
    for (size_t i = 0; i < count; i++) {
        words = s_record_read(records->via.array.ptr[i].via.array.ptr, tokens, &self->records[i],
                              words);
        self->records[i].is_dated = is_dated;
    }
    free(tokens);
    return self;
}

void record_call_destroy(record_call_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}
