#include "client/machine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "client/text_clean.h"

static void s_character(FILE *out, const char *text, size_t size, int code)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = code > 0 && code < 0x80 ? strchr(plain, code) : NULL;

    if (found)
        fprintf(out, "\\%c", letters[found - plain]);
    else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || text_is_misleading(code))
        fprintf(out, "\\u%04x", (unsigned)code);
    else
        fwrite(text, 1, size, out);
}

void json_string(FILE *out, const char *text)
{
    if (!text) {
        fputs("null", out);
        return;
    }
    size_t size = strlen(text);
    putc('"', out);
    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(size - at), &code);
        if (taken > 0)
            s_character(out, text + at, (size_t)taken, code);
        else
            fputs("\xEF\xBF\xBD", out);
        at += taken > 0 ? (size_t)taken : 1;
    }
    putc('"', out);
}

static void s_csv(FILE *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void csv_field(FILE *out, const char *text)
{
    if (!isatty(fileno(out))) {
        s_csv(out, text);
        return;
    }
    char *clean = text_clean(text, false);
    s_csv(out, clean);
    free(clean);
}
