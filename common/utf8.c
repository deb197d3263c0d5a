#include "common/utf8.h"

#include <stdint.h>
#include <string.h>

#include "common/text.h"

#define HIGH_BITS 0x8080808080808080u

size_t lex_utf8_decode(const unsigned char *text, size_t size, int *code)
{
    static const int lowest[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    if (length == 0 || length > size || first > 0xF4)
        return 0;
    int value = length == 1 ? first : first & (0x7F >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3F);
    }
    if (value < lowest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return length;
}

/* Eight bytes a step: nearly all text on the wire is ASCII. */
size_t lex_utf8_ascii(const void *text, size_t size)
{
    const unsigned char *bytes = text;
    size_t offset = 0;

    while (size - offset >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes + offset, sizeof word);
        if (word & HIGH_BITS)
            break;
        offset += sizeof word;
    }
    while (offset < size && bytes[offset] < 0x80)
        offset++;
    return offset;
}

bool lex_text_is_utf8(const void *text, size_t size)
{
    const unsigned char *bytes = text;
    size_t offset = lex_utf8_ascii(bytes, size);

    while (offset < size) {
        int code;
        size_t length = lex_utf8_decode(bytes + offset, size - offset, &code);
        if (length == 0)
            return false;
        offset += length;
        if (offset < size && bytes[offset] < 0x80)
            offset += lex_utf8_ascii(bytes + offset, size - offset);
    }
    return true;
}

size_t lex_text_length(const char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < size; i++)
        length += ((unsigned char)text[i] & 0xC0) != 0x80;
    return length;
}

int lex_text_next(const char *text, size_t size, size_t *offset)
{
    int code;

    if (*offset >= size)
        return -1;
    size_t length = lex_utf8_decode((const unsigned char *)text + *offset, size - *offset, &code);
    /* The text is valid by contract; if it is not, end rather than loop. */
    if (length == 0)
        return -1;
    *offset += length;
    return code;
}

bool lex_text_has_control(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < size; i++) {
        /* C0 and DEL are one byte; C1 (U+0080-U+009F) is C2 80 to C2 9F. */
        if (bytes[i] < 0x20 || bytes[i] == 0x7F)
            return true;
        if (bytes[i] == 0xC2 && i + 1 < size && bytes[i + 1] < 0xA0)
            return true;
    }
    return false;
}
