/* The course's word book: one entry a line (docs/dictionaries.md). The order of the lines means
 * nothing, and a word that comes again is another sense. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/format.h"
#include "dict/lines.h"
#include "dict/wordbook_line.h"

typedef struct {
    lines_t *lines;
    bool marked;
} s_wordbook_t;

static int s_open(reader_t *reader, const char *path)
{
    s_wordbook_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    self->lines = lines_open(path, WORDBOOK_LINE_MAX);
    if (!self->lines)
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    return 0;
}

static void s_close(reader_t *reader)
{
    s_wordbook_t *self = reader->impl;
    if (self)
        lines_close(&self->lines);
    free(self);
}

/* True when the line is the mark of a marked book and holds no entry. */
static bool s_is_mark(s_wordbook_t *self, const char *line, size_t size)
{
    if (size != strlen(WORDBOOK_MARK) || memcmp(line, WORDBOOK_MARK, size) != 0)
        return false;
    self->marked = true;
    lines_set_limit(self->lines, WORDBOOK_MARKED_LINE_MAX);
    return true;
}

static bool s_is_empty(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (line[i] != ' ' && line[i] != '\t')
            return false;
    }
    return true;
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_wordbook_t *self = reader->impl;
    char *line;
    size_t size;
    for (;;) {
        lines_status_t status = lines_next(self->lines, &line, &size);
        if (status == LINES_END)
            return 0;
        if (status == LINES_ERROR)
            return reader_fail(reader, "cannot read on: %s", strerror(errno));
        reader->line = lines_number(self->lines);
        if (status == LINES_TOO_LONG) {
            reader_skip(reader, reader->line,
                        self->marked ? "the line is longer than 16 MiB"
                                     : "the line is longer than 1 MiB");
            continue;
        }
        lines_trim(self->lines, &line, &size);
        if (reader->line == 1 && s_is_mark(self, line, size))
            continue;
        if (!s_is_empty(line, size))
            break;
    }
    wordbook_split(line, size, self->marked, entry);
    if (self->marked) {
        char *text = line + (entry->text - line);
        entry->text_size = wordbook_unescape(text, entry->text_size);
    }
    return 1;
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_wordbook_t *self = reader->impl;
    lines_position(self->lines, done, total);
}

const format_t format_wordbook = {
    .name = "wordbook",
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
