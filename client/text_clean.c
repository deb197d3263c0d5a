#include "client/text_clean.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/memory.h"

#define GROWTH_MAX                                                                                 \
    4 /* bytes out for a byte in: a tab is four spaces, U+009B (two bytes) is <9B>  \
                      */

#define TAB_SIZE 4

/* Explicit direction marks, embeddings and isolates; line and paragraph separator; the old
 * deprecated shapers. */
bool text_is_misleading(int32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x206F) ||
           code == 0xFEFF;
}

/* Writes what stands for a control character; returns its length. */
static size_t s_control(utf8proc_int32_t code, bool lines, char *out)
{
    if (code == '\n' || code == '\t') {
        if (!lines || code == '\n') {
            *out = lines ? '\n' : ' ';
            return 1;
        }
        memset(out, ' ', TAB_SIZE);
        return TAB_SIZE;
    }
    if (code < 0x80) {
        out[0] = '^';
        out[1] = (char)(code ^ 0x40);
        return 2;
    }
    static const char digits[] = "0123456789ABCDEF";
    out[0] = '<';
    out[1] = digits[code >> 4];
    out[2] = digits[code & 15];
    out[3] = '>';
    return 4;
}

char *text_clean(const char *text, bool lines)
{
    size_t size = strlen(text);
    char *clean = lex_malloc(size * GROWTH_MAX + 1), *out = clean;

    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(size - at), &code);
        if (taken <= 0) {
            memcpy(out, "\xEF\xBF\xBD", 3);
            out += 3;
            at++;
            continue;
        }
        bool line_end = code == '\r' && text[at + 1] == '\n';
        if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
            out += line_end ? 0 : s_control(code, lines, out);
        } else if (!text_is_misleading(code)) {
            memcpy(out, text + at, (size_t)taken);
            out += taken;
        }
        at += (size_t)taken;
    }
    *out = '\0';
    return clean;
}

void text_print(FILE *out, const char *text)
{
    char *clean = text_clean(text, false);

    fputs(clean, out);
    free(clean);
}

int text_columns(const char *text)
{
    size_t size = strlen(text);
    int columns = 0;

    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(size - at), &code);
        columns += taken > 0 ? utf8proc_charwidth(code) : 1;
        at += taken > 0 ? (size_t)taken : 1;
    }
    return columns;
}

size_t text_fit(const char *text, int columns)
{
    size_t size = strlen(text), at = 0;

    while (at < size) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(size - at), &code);
        columns -= taken > 0 ? utf8proc_charwidth(code) : 1;
        if (columns < 0)
            break;
        at += taken > 0 ? (size_t)taken : 1;
    }
    return at;
}
