#include "dict/cedict_line.h"

#include <string.h>

#define MIDDLE_DOT "\xC2\xB7"

static bool s_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static lex_span_t s_trim(const char *start, const char *end)
{
    while (end > start && s_is_blank(end[-1]))
        end--;
    while (end > start && s_is_blank(*start))
        start++;
    return (lex_span_t){start, (size_t)(end - start)};
}

/* Cuts the two headwords at their middle blank: where one has blanks, the other has as many. */
static bool s_split_headwords(lex_span_t words, cedict_line_t *out)
{
    size_t blanks = 0;
    size_t passed = 0;
    for (size_t i = 0; i < words.size; i++)
        blanks += s_is_blank(words.data[i]);
    if (blanks % 2 == 0)
        return false;
    const char *middle = words.data;
    while (!s_is_blank(*middle) || passed++ < blanks / 2)
        middle++;
    out->traditional = s_trim(words.data, middle);
    out->simplified = s_trim(middle, words.data + words.size);
    return true;
}

/* Takes the pinyin at its first bracket; returns what is behind its last, or NULL. */
static const char *s_take_pinyin(const char *at, const char *end, cedict_line_t *out)
{
    size_t brackets = end - at > 1 && at[1] == '[' ? 2 : 1;
    at += brackets;
    const char *close = memmem(at, (size_t)(end - at), "]]", brackets);
    if (!close)
        return NULL;
    out->pinyin = s_trim(at, close);
    return close + brackets;
}

const char *cedict_split(const char *line, size_t size, cedict_line_t *out)
{
    const char *end = line + size;
    const char *bracket = memmem(line, size, " [", 2);
    const char *slash = memmem(line, size, " /", 2);
    if (!bracket || (slash && slash < bracket))
        return "no pinyin in brackets";
    if (!s_split_headwords(s_trim(line, bracket), out))
        return "not two headwords";
    const char *behind = s_take_pinyin(bracket + 1, end, out);
    if (!behind)
        return "the bracket is not closed";
    lex_span_t senses = s_trim(behind, end);
    if (senses.size == 0 || *senses.data != '/')
        return "no slash behind the pinyin";
    senses.data++;
    senses.size--;
    if (senses.size > 0 && senses.data[senses.size - 1] == '/')
        senses.size--;
    out->senses = senses;
    return NULL;
}

static bool s_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool s_starts(lex_span_t text, size_t at, const char *with)
{
    size_t size = strlen(with);
    return text.size - at >= size && memcmp(text.data + at, with, size) == 0;
}

/* A blank, unless one is there or nothing is. */
static size_t s_part(char *out, size_t size)
{
    if (size > 0 && out[size - 1] != ' ')
        out[size++] = ' ';
    return size;
}

size_t cedict_reading(lex_span_t pinyin, char *out)
{
    size_t size = 0;
    bool behind_tone = false;
    for (size_t i = 0; i < pinyin.size;) {
        char c = pinyin.data[i];
        bool small = s_starts(pinyin, i, "\xC3\xBC"); /* ü */
        bool umlaut = small || s_starts(pinyin, i, "\xC3\x9C");
        bool dot = s_starts(pinyin, i, MIDDLE_DOT);
        size_t step = umlaut || dot ? 2 : 1;
        if (s_is_blank(c) || c == ',' || dot || (behind_tone && (s_is_letter(c) || umlaut)))
            size = s_part(out, size);
        if (umlaut) {
            out[size++] = small ? 'u' : 'U';
            out[size++] = ':';
        } else if (!s_is_blank(c)) {
            memcpy(out + size, pinyin.data + i, step);
            size += step;
        }
        if (c == ',' || dot)
            size = s_part(out, size);
        behind_tone = c >= '1' && c <= '5' && i > 0 &&
                      (s_is_letter(pinyin.data[i - 1]) || pinyin.data[i - 1] == ':' ||
                       (unsigned char)pinyin.data[i - 1] >= 0x80);
        i += step;
    }
    while (size > 0 && out[size - 1] == ' ')
        size--;
    return size;
}
