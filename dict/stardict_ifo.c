#include "dict/stardict_ifo.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define FIRST_LINE      "StarDict's dict ifo file"

typedef struct {
    const char *data;
    size_t size;
} s_text_t;

typedef struct {
    stardict_ifo_t *out;
    bool known_version;
    bool newer; /* 3.0.0 */
    uint64_t offset_bits;
} s_parse_t;

static bool s_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static s_text_t s_trim(const char *data, size_t size)
{
    while (size > 0 && s_is_blank(data[size - 1]))
        size--;
    for (; size > 0 && s_is_blank(*data); data++)
        size--;
    return (s_text_t){data, size};
}

static bool s_is(s_text_t text, const char *what)
{
    return text.size == strlen(what) && memcmp(text.data, what, text.size) == 0;
}

/* Digits as a number; false for anything else. */
static bool s_number(s_text_t text, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > UINT64_MAX / 10 - 1)
            return false;
        number = 10 * number + (uint64_t)(text.data[i] - '0');
    }
    *out = number;
    return text.size > 0;
}

static void s_count(s_text_t value, uint64_t line, stardict_count_t *out)
{
    if (s_number(value, &out->value))
        out->line = line;
}

static void s_title(s_text_t value, char *out)
{
    size_t size = value.size < FORMAT_TITLE_MAX ? value.size : FORMAT_TITLE_MAX;
    while (size > 0 && size < value.size && !lex_text_is_utf8(value.data, size))
        size--;
    if (!lex_text_is_utf8(value.data, size) || lex_text_has_control(value.data, size))
        return;
    memcpy(out, value.data, size);
    out[size] = '\0';
}

static const char *s_types(s_text_t value, char *out)
{
    if (value.size > STARDICT_TYPES_MAX)
        return "its sametypesequence is too long";
    for (size_t i = 0; i < value.size; i++) {
        char letter = (char)(value.data[i] | 0x20);
        if (letter < 'a' || letter > 'z')
            return "its sametypesequence has something that is no letter";
    }
    memcpy(out, value.data, value.size);
    out[value.size] = '\0';
    return NULL;
}

static const char *s_setting(s_parse_t *self, s_text_t key, s_text_t value, uint64_t line)
{
    if (s_is(key, "version")) {
        self->newer = s_is(value, "3.0.0");
        self->known_version = self->newer || s_is(value, "2.4.2");
    } else if (s_is(key, "bookname")) {
        s_title(value, self->out->title);
    } else if (s_is(key, "wordcount")) {
        s_count(value, line, &self->out->words);
    } else if (s_is(key, "synwordcount")) {
        s_count(value, line, &self->out->synonyms);
    } else if (s_is(key, "idxfilesize")) {
        s_count(value, line, &self->out->index_size);
    } else if (s_is(key, "idxoffsetbits")) {
        if (!s_number(value, &self->offset_bits))
            return "its idxoffsetbits is no number";
    } else if (s_is(key, "sametypesequence")) {
        return s_types(value, self->out->types);
    }
    return NULL;
}

static const char *s_finish(s_parse_t *self)
{
    if (!self->known_version)
        return "its version is neither 2.4.2 nor 3.0.0";
    self->out->wide_offsets = self->newer && self->offset_bits == 64;
    if (self->newer && self->offset_bits != 0 && self->offset_bits != 32 && self->offset_bits != 64)
        return "its idxoffsetbits is neither 32 nor 64";
    return NULL;
}

const char *stardict_ifo_parse(const char *data, size_t size, stardict_ifo_t *out)
{
    s_parse_t self = {.out = out};
    const char *fault = NULL;
    bool begun = false; /* the first line has been seen */
    *out = (stardict_ifo_t){0};
    size_t at = size >= 3 && memcmp(data, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
    for (uint64_t number = 1; at < size && !fault; number++) {
        const char *feed = memchr(data + at, '\n', size - at);
        size_t end = feed ? (size_t)(feed - data) : size;
        s_text_t line = s_trim(data + at, end - at);
        const char *equals = line.size > 0 ? memchr(line.data, '=', line.size) : NULL;
        at = end + 1;
        if (line.size > 0 && !begun && !s_is(line, FIRST_LINE))
            return "it is no StarDict dictionary: its first line is another";
        begun = begun || line.size > 0;
        if (equals) {
            size_t key = (size_t)(equals - line.data);
            fault = s_setting(&self, s_trim(line.data, key),
                              s_trim(equals + 1, line.size - key - 1), number);
        }
    }
    if (!begun)
        return "it is empty";
    return fault ? fault : s_finish(&self);
}
