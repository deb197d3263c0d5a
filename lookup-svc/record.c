#include "lookup-svc/record.h"

#include <assert.h>
#include <string.h>

#include "common/clock.h"
#include "common/random.h"

/* Open addressing over the distinct tokens of a call; twice the records, so at most half full. */
#define SLOTS 2048
_Static_assert(SLOTS >= 2 * RECORDER_RECORDS_MAX, "the table of tokens has to stay half empty");

typedef struct {
    uint16_t slots[SLOTS];                       /* index into first + 1; 0: free */
    uint16_t of[RECORDER_RECORDS_MAX];           /* which token a record has */
    const record_t *first[RECORDER_RECORDS_MAX]; /* a record that has the token */
    size_t count;
} tokens_t;

/* A token ends with its signature, which is as good as random. */
static size_t s_slot(const record_t *record)
{
    uint64_t hash = 0;
    size_t size = record->token_size < sizeof hash ? record->token_size : sizeof hash;
    if (size)
        memcpy(&hash, (const char *)record->token + record->token_size - size, size);
    return (size_t)(hash * 0x9e3779b97f4a7c15u >> 32) % SLOTS;
}

static bool s_is_same(const record_t *a, const record_t *b)
{
    return a->token_size == b->token_size &&
           (a->token == b->token || memcmp(a->token, b->token, a->token_size) == 0);
}

static uint16_t s_token_index(tokens_t *self, const record_t *record)
{
    size_t slot = s_slot(record);
    while (self->slots[slot] && !s_is_same(self->first[self->slots[slot] - 1], record))
        slot = (slot + 1) % SLOTS;
    if (!self->slots[slot]) {
        self->first[self->count++] = record;
        self->slots[slot] = (uint16_t)self->count;
    }
    return (uint16_t)(self->slots[slot] - 1);
}

static void s_tokens_gather(tokens_t *self, const record_t *const *records, size_t count)
{
    memset(self->slots, 0, sizeof self->slots);
    self->count = 0;
    for (size_t i = 0; i < count; i++)
        self->of[i] = s_token_index(self, records[i]);
}

static void s_record_write(lex_writer_t *writer, const record_t *record, uint16_t token)
{
    lex_write_array(writer, 4);
    lex_write_uint(writer, token);
    lex_write_bin(writer, record->id, LEX_ID_SIZE);
    lex_write_uint(writer, (uint64_t)record->time);
    lex_write_array(writer, record->count * 2);
    for (size_t i = 0; i < record->count; i++) {
        lex_write_str(writer, record->words[i].word, record->words[i].size);
        lex_write_bool(writer, record->words[i].found);
    }
}

void record_write_call(lex_writer_t *writer, const record_t *const *records, size_t count)
{
    assert(count <= RECORDER_RECORDS_MAX);
    tokens_t tokens;
    s_tokens_gather(&tokens, records, count);

    unsigned char id[LEX_ID_SIZE];
    lex_random_bytes(id, sizeof id);
    lex_write_request(writer, id, "record", NULL, 0, 3);
    lex_put_uint(writer, "now", (uint64_t)lex_utc_ms());
    lex_write_text(writer, "toks");
    lex_write_array(writer, tokens.count);
    for (size_t i = 0; i < tokens.count; i++)
        lex_write_bin(writer, tokens.first[i]->token, tokens.first[i]->token_size);
    lex_write_text(writer, "records");
    lex_write_array(writer, count);
    for (size_t i = 0; i < count; i++)
        s_record_write(writer, records[i], tokens.of[i]);
}
