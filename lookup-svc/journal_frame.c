#include "lookup-svc/journal_frame.h"

#include <string.h>
#include <zlib.h>

#include "common/body.h"
#include "common/text.h"

static unsigned char *s_put(unsigned char *out, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        *out++ = (unsigned char)(value >> (8 * i));
    return out;
}

static uint64_t s_get(const unsigned char *data, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)data[i] << (8 * i);
    return value;
}

static unsigned char *s_copy(unsigned char *out, const void *data, size_t size)
{
    memcpy(out, data, size);
    return out + size;
}

size_t journal_frame_size(const record_t *record)
{
    if (record->token_size > JOURNAL_TOKEN_MAX || record->count == 0 ||
        record->count > JOURNAL_WORDS_MAX)
        return 0;
    size_t size = JOURNAL_FRAME_HEAD + 8 + LEX_ID_SIZE + 2 + record->token_size + 2;
    for (size_t i = 0; i < record->count; i++) {
        if (record->words[i].size == 0 || record->words[i].size > LEX_WORD_MAX)
            return 0;
        size += 2 + record->words[i].size;
    }
    return size;
}

unsigned char *journal_frame_write(unsigned char *out, const record_t *record)
{
    unsigned char *payload = out + JOURNAL_FRAME_HEAD;
    unsigned char *end = s_put(payload, (uint64_t)record->time, 8);
    end = s_copy(end, record->id, LEX_ID_SIZE);
    end = s_put(end, record->token_size, 2);
    end = s_copy(end, record->token, record->token_size);
    end = s_put(end, record->count, 2);
    for (size_t i = 0; i < record->count; i++) {
        const record_word_t *word = &record->words[i];
        *end++ = word->found;
        *end++ = (unsigned char)word->size;
        end = s_copy(end, word->word, word->size);
    }
    size_t size = (size_t)(end - payload);
    out = s_put(out, JOURNAL_MARK, 4);
    out = s_put(out, size, 4);
    s_put(out, crc32(0, payload, (uInt)size), 4);
    return end;
}

/* The fields of a payload whose CRC is right; still checked, for a file is not ours to trust. */
static bool s_payload_read(const unsigned char *data, size_t size, record_t *record,
                           record_word_t *words)
{
    const size_t fixed = 8 + LEX_ID_SIZE + 2;
    if (size < fixed + 2)
        return false;
    record->time = (int64_t)s_get(data, 8);
    record->id = data + 8;
    record->token_size = (size_t)s_get(data + 8 + LEX_ID_SIZE, 2);
    record->token = data + fixed;
    if (record->token_size > JOURNAL_TOKEN_MAX || size - fixed - 2 < record->token_size)
        return false;
    size_t offset = fixed + record->token_size;
    record->count = (size_t)s_get(data + offset, 2);
    record->words = words;
    offset += 2;
    if (record->count == 0 || record->count > JOURNAL_WORDS_MAX)
        return false;
    for (size_t i = 0; i < record->count; i++) {
        if (size - offset < 2 || data[offset] > 1 || data[offset + 1] == 0 ||
            size - offset - 2 < data[offset + 1])
            return false;
        words[i] = (record_word_t){.word = (const char *)data + offset + 2,
                                   .size = data[offset + 1],
                                   .found = data[offset]};
        if (!lex_text_is_utf8(words[i].word, words[i].size))
            return false;
        offset += 2 + words[i].size;
    }
    return offset == size;
}

journal_frame_state_t journal_frame_read(const unsigned char *data, size_t size, record_t *record,
                                         record_word_t *words, size_t *used)
{
    if (size < JOURNAL_FRAME_HEAD)
        return JOURNAL_FRAME_SHORT;
    size_t payload = (size_t)s_get(data + 4, 4);
    if (s_get(data, 4) != JOURNAL_MARK || payload == 0 || payload > JOURNAL_PAYLOAD_MAX)
        return JOURNAL_FRAME_BROKEN;
    if (size - JOURNAL_FRAME_HEAD < payload)
        return JOURNAL_FRAME_SHORT;
    const unsigned char *start = data + JOURNAL_FRAME_HEAD;
    if (crc32(0, start, (uInt)payload) != s_get(data + 8, 4) ||
        !s_payload_read(start, payload, record, words))
        return JOURNAL_FRAME_BROKEN;
    *used = JOURNAL_FRAME_HEAD + payload;
    return JOURNAL_FRAME_GOOD;
}

size_t journal_frame_seek(const unsigned char *data, size_t size, bool ends)
{
    unsigned char mark[4];
    s_put(mark, JOURNAL_MARK, sizeof mark);
    if (size <= 1)
        return size;
    const unsigned char *found = memmem(data + 1, size - 1, mark, sizeof mark);
    if (found)
        return (size_t)(found - data);
    return ends || size <= sizeof mark ? size : size - (sizeof mark - 1);
}
