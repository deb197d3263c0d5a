/* Keys by utf8proc. Most words are ASCII, for which NFKC and casefold come to lower case: those
 * never see utf8proc. */

#include "common/text.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "common/text_letters.h"
#include "common/utf8.h"

/* Code points of a word taken apart. The worst is U+FDFA, 3 bytes that become 18: 85 of them fill a
 * word of 255 bytes. */
#define CODES_MAX 2048

typedef struct {
    int32_t code[CODES_MAX];
    size_t count;
} s_codes_t;

/* The white space of Unicode. NFKC has made plain spaces of most of it; the rest is tabs, line ends
 * and Ogham. */
static bool s_is_space(int32_t code)
{
    return (code >= 0x09 && code <= 0x0D) || code == ' ' || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

/* Trims, and leaves one space of several. */
static void s_squeeze(s_codes_t *self)
{
    size_t count = 0;

    for (size_t i = 0; i < self->count; i++) {
        if (!s_is_space(self->code[i]))
            self->code[count++] = self->code[i];
        else if (count > 0 && self->code[count - 1] != ' ')
            self->code[count++] = ' ';
    }
    if (count > 0 && self->code[count - 1] == ' ')
        count--;
    self->count = count;
}

/* lex_text_spelling of ASCII: only blanks change. */
static ssize_t s_ascii_spelling(const char *word, size_t size, char *out, size_t max)
{
    size_t length = 0;
    bool blank = false;
    for (size_t i = 0; i < size; i++) {
        if (s_is_space((unsigned char)word[i])) {
            blank = length > 0;
            continue;
        }
        if (length + 1 + blank > max)
            return -1;
        if (blank)
            out[length++] = ' ';
        blank = false;
        out[length++] = word[i];
    }
    return (ssize_t)length;
}

/* lex_text_key of ASCII. */
static ssize_t s_ascii_key(const char *word, size_t size, char *out, size_t max)
{
    ssize_t length = s_ascii_spelling(word, size, out, max);
    for (ssize_t i = 0; i < length; i++)
        out[i] = (char)(out[i] >= 'A' && out[i] <= 'Z' ? out[i] | 0x20 : out[i]);
    return length;
}

/* Takes apart and orders the marks; `options` say what else. False when it is not UTF-8, or too
 * long. */
static bool s_decompose(s_codes_t *self, const char *text, size_t size, utf8proc_option_t options)
{
    if (size > CODES_MAX * 4 || !lex_text_is_utf8(text, size))
        return false;
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, self->code,
                           CODES_MAX, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | options);
    self->count = count > 0 ? (size_t)count : 0;
    return count >= 0 && count <= CODES_MAX;
}

/* Composes, squeezes and writes. The length, or -1 when it is more than `max`. */
static ssize_t s_write(s_codes_t *self, char *out, size_t max)
{
    size_t length = 0;
    utf8proc_ssize_t count = utf8proc_normalize_utf32(self->code, (utf8proc_ssize_t)self->count,
                                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);

    if (count < 0)
        return -1;
    self->count = (size_t)count;
    s_squeeze(self);
    for (size_t i = 0; i < self->count; i++) {
        utf8proc_uint8_t bytes[4];
        size_t size = (size_t)utf8proc_encode_char(self->code[i], bytes);
        if (length + size > max)
            return -1;
        memcpy(out + length, bytes, size);
        length += size;
    }
    return (ssize_t)length;
}

/* The marks are put in order before the casefold as well as after it (Unicode, section 3.13, D147):
 * folding turns the iota subscript, a mark, into a letter, behind which no other mark could move
 * any more. */
ssize_t lex_text_key(const char *word, size_t size, char *out, size_t max)
{
    if (lex_utf8_ascii(word, size) == size)
        return s_ascii_key(word, size, out, max);

    s_codes_t codes;
    char ordered[CODES_MAX * 4];
    if (!s_decompose(&codes, word, size, 0))
        return -1;
    size_t length = 0;
    for (size_t i = 0; i < codes.count; i++)
        length += (size_t)utf8proc_encode_char(codes.code[i], (utf8proc_uint8_t *)ordered + length);
    if (!s_decompose(&codes, ordered, length,
                     UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE))
        return -1;
    return s_write(&codes, out, max);
}

/* Drops the marks and spells the letters plainly, from one array into the other. */
static bool s_fold_codes(const s_codes_t *from, s_codes_t *to)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        int32_t code = from->code[i];
        const char *plain = lex_text_letter(code);
        if (utf8proc_category(code) == UTF8PROC_CATEGORY_MN)
            continue;
        if (to->count + 2 > CODES_MAX)
            return false;
        if (!plain)
            to->code[to->count++] = code;
        for (; plain && *plain; plain++)
            to->code[to->count++] = *plain;
    }
    return true;
}

ssize_t lex_text_fold(const char *key, size_t size, char *out, size_t max)
{
    if (lex_utf8_ascii(key, size) == size) {
        if (size > max)
            return -1;
        if (size > 0)
            memmove(out, key, size);
        return (ssize_t)size;
    }

    s_codes_t codes, folded;
    if (!s_decompose(&codes, key, size, 0) || !s_fold_codes(&codes, &folded))
        return -1;
    return s_write(&folded, out, max);
}

bool lex_text_is_han(int code)
{
    return code == 0x3005 || code == 0x3007 || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x323AF);
}

static bool s_is_letter_or_digit(int32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') ||
               (code >= 'A' && code <= 'Z');
    utf8proc_category_t category = utf8proc_category(code);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

ssize_t lex_text_strip(const char *key, size_t size, char *out, size_t max)
{
    char fold[LEX_KEY_MAX];
    ssize_t fold_size = lex_text_fold(key, size, fold, sizeof fold);
    size_t offset = 0, length = 0;
    if (fold_size <= 0)
        return fold_size;
    for (size_t start = 0; start < (size_t)fold_size; start = offset) {
        int code = lex_text_next(fold, (size_t)fold_size, &offset);
        if (!s_is_letter_or_digit(code))
            continue;
        if (length + (offset - start) > max)
            return -1;
        memcpy(out + length, fold + start, offset - start);
        length += offset - start;
    }
    return (ssize_t)length;
}

ssize_t lex_text_spelling(const char *word, size_t size, char *out, size_t max)
{
    if (lex_utf8_ascii(word, size) == size)
        return s_ascii_spelling(word, size, out, max);
    s_codes_t codes;
    return s_decompose(&codes, word, size, 0) ? s_write(&codes, out, max) : -1;
}
