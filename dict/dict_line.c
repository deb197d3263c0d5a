#include "dict/dict_line.h"

#include <string.h>

static int s_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool dict_number_parse(const char *text, size_t size, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        int digit = s_digit(text[i]);
        if (digit < 0 || number >> 58 != 0)
            return false;
        number = number << 6 | (uint64_t)digit;
    }
    *out = number;
    return size > 0;
}

void dict_number_format(uint64_t number, char out[DICT_NUMBER_MAX + 1])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 1;
    while (size < DICT_NUMBER_MAX && number >> (6 * size) != 0)
        size++;
    out[size] = '\0';
    for (; size > 0; size--, number >>= 6)
        out[size - 1] = digits[number & 63];
}

/* Takes the column that ends at the next tab or at `end`. */
static const char *s_column(const char **at, const char *end, size_t *size)
{
    const char *start = *at;
    const char *tab = start ? memchr(start, '\t', (size_t)(end - start)) : NULL;
    const char *stop = tab ? tab : end;
    *size = start ? (size_t)(stop - start) : 0;
    *at = tab ? tab + 1 : NULL;
    return start;
}

bool dict_line_parse(const char *line, size_t size, dict_line_t *out)
{
    const char *at = line;
    const char *end = line + size;
    size_t offset_size;
    size_t length_size;
    out->word = s_column(&at, end, &out->word_size);
    const char *offset = s_column(&at, end, &offset_size);
    const char *length = s_column(&at, end, &length_size);
    out->shown = s_column(&at, end, &out->shown_size);
    if (!offset || !length || out->word_size == 0)
        return false;
    return dict_number_parse(offset, offset_size, &out->offset) &&
           dict_number_parse(length, length_size, &out->size);
}

const char *dict_line_meta(const dict_line_t *line, size_t *size)
{
    static const char *const prefixes[] = {"00-database-", "00-database", "00database"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t length = strlen(prefixes[i]);
        if (line->word_size >= length && memcmp(line->word, prefixes[i], length) == 0) {
            *size = line->word_size - length;
            return line->word + length;
        }
    }
    return NULL;
}
