#include "client/wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "client/text_clean.h"
#include "common/memory.h"

#define HANG_MAX 16 /* columns; deeper indentation would leave nothing of a narrow page */

typedef struct {
    size_t size; /* bytes */
    int columns;
    bool is_space, is_wide;
    bool is_closing; /* CJK punctuation that must not begin a line */
} s_character_t;

static s_character_t s_read(const char *text, size_t size)
{
    static const char closing[] = "、。，．：；？！）」』】》〉”’…";
    utf8proc_int32_t code;
    utf8proc_ssize_t taken =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &code);
    s_character_t character = {.size = taken > 0 ? (size_t)taken : 1, .columns = 1};

    if (taken > 0) {
        character.columns = utf8proc_charwidth(code);
        character.is_space = code == ' ';
        character.is_wide = character.columns == 2;
        character.is_closing =
            taken > 1 && memmem(closing, sizeof closing - 1, text, (size_t)taken);
    }
    return character;
}

static int s_columns(const char *text, size_t size)
{
    int columns = 0;

    for (size_t at = 0; at < size;) {
        s_character_t character = s_read(text + at, size - at);
        columns += character.columns;
        at += character.size;
    }
    return columns;
}

static void s_emit(FILE *out, const char *text, size_t size, int indent)
{
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size > 0)
        fprintf(out, "%*s%.*s", indent, "", (int)size, text);
    putc('\n', out);
}

/* Wraps one line: behind a space or beside a wide character where it can be, else where the page ends. Its first part stands at
 * `indent`, the others at `indent` + `hang`. */
static void s_wrap(FILE *out, const char *text, size_t size, int width, int indent, int hang)
{
    size_t start = 0, before = 0; /* the part in hand begins at `start` and may end at `before` */
    int columns = 0;
    bool after_wide = false, after_space = false;

    for (size_t at = 0; at < size;) {
        s_character_t character = s_read(text + at, size - at);
        int room = width - indent - (start > 0 ? hang : 0);
        bool breakable =
            after_space || ((character.is_wide || after_wide) && !character.is_closing);
        if (breakable && !character.is_space && at > start)
            before = at;
        if (columns + character.columns > room && !character.is_space && at > start) {
            size_t end = before > start ? before : at;
            s_emit(out, text + start, end - start, indent + (start > 0 ? hang : 0));
            start = end;
            columns = s_columns(text + start, at - start);
        }
        columns += character.columns;
        after_wide = character.is_wide;
        after_space = character.is_space;
        at += character.size;
    }
    s_emit(out, text + start, size - start, indent + (start > 0 ? hang : 0));
}

static size_t s_line_size(const char *text)
{
    return strcspn(text, "\n");
}

static int s_indentation(const char *line)
{
    return (int)strspn(line, " ");
}

static int s_bounded(int hang, int width)
{
    int most = width / 3 < HANG_MAX ? width / 3 : HANG_MAX;

    return hang < most ? hang : most;
}

/* The end of the paragraph that begins at `text`: the line and those behind it that are indented deeper. *fits: all of them do. */
static size_t s_paragraph(const char *text, int room, bool *fits)
{
    int first = s_indentation(text);
    size_t end = s_line_size(text);

    *fits = s_columns(text, end) <= room;
    while (text[end] == '\n' && s_indentation(text + end + 1) > first) {
        size_t line = s_line_size(text + end + 1);
        if (strspn(text + end + 1, " ") == line)
            break;
        *fits = *fits && s_columns(text + end + 1, line) <= room;
        end += 1 + line;
    }
    return end;
}

/* Wraps a paragraph that does not fit, its lines joined by single spaces. */
static void s_rewrap(FILE *out, const char *text, size_t size, int width, int indent)
{
    char *joined = lex_malloc(size + 1);
    int first = s_bounded(s_indentation(text), width);
    size_t line = s_line_size(text), length = 0;
    int hang = line < size ? s_indentation(text + line + 1) - s_indentation(text) : 0;

    for (size_t at = 0; at < size; at += line + 1) {
        line = s_line_size(text + at);
        line = line < size - at ? line : size - at;
        size_t skip = strspn(text + at, " ");
        skip = skip < line ? skip : line;
        if (length > 0 && joined[length - 1] != ' ')
            joined[length++] = ' ';
        memcpy(joined + length, text + at + skip, line - skip);
        length += line - skip;
    }
    s_wrap(out, joined, length, width, indent + first, s_bounded(hang, width));
    free(joined);
}

void wrap_text(FILE *out, const char *text, int width, int indent)
{
    char *clean = text_clean(text, true);
    size_t size = strlen(clean);

    while (size > 0 && clean[size - 1] == '\n')
        clean[--size] = '\0';
    for (size_t at = 0; at < size;) {
        bool fits = true;
        size_t end = s_line_size(clean + at);
        if (width > 0)
            end = s_paragraph(clean + at, width - indent, &fits);
        if (fits) {
            end = s_line_size(clean + at);
            s_emit(out, clean + at, end, indent);
        } else {
            s_rewrap(out, clean + at, end, width, indent);
        }
        at += end + 1;
    }
    free(clean);
}
