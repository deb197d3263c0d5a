/* CC-CEDICT: docs/dictionaries.md, "CC-CEDICT". The headword is the simplified form, the traditional
 * one is another name of the same entry. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/reading.h"
#include "dict/cedict_line.h"
#include "dict/format.h"
#include "dict/line_entry.h"

#define CEDICT_LINE_MAX  ((size_t)1 << 20)
#define CEDICT_TITLE     "CC-CEDICT"
#define META_TITLE       "title="
#define UNKNOWN_SYLLABLE "xx5"

typedef struct {
    lines_t *lines;
    char *text; /* room for a line's senses and reading */
    size_t capacity;
    char phonetic[LEX_READING_MAX];
} s_cedict_t;

static int s_open(reader_t *reader, const char *path)
{
    s_cedict_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    self->lines = lines_open(path, CEDICT_LINE_MAX);
    if (!self->lines)
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    reader_set_title(reader, CEDICT_TITLE, strlen(CEDICT_TITLE));
    return 0;
}

static void s_close(reader_t *reader)
{
    s_cedict_t *self = reader->impl;
    if (!self)
        return;
    lines_close(&self->lines);
    free(self->text);
    free(self);
}

static size_t s_skip_blanks(const char *line, size_t size, size_t at)
{
    while (at < size && (line[at] == ' ' || line[at] == '\t'))
        at++;
    return at;
}

/* "#! key=value" says something of the file; only its title is of use. */
static void s_take_comment(reader_t *reader, const char *line, size_t size)
{
    if (size < 2 || line[1] != '!')
        return;
    size_t at = s_skip_blanks(line, size, 2);
    size_t key = strlen(META_TITLE);
    if (size - at < key || memcmp(line + at, META_TITLE, key) != 0)
        return;
    at = s_skip_blanks(line, size, at + key);
    reader_set_title(reader, line + at, size - at);
}

/* One sense a line; glosses parted by ';' stay on it. */
static size_t s_write_senses(lex_span_t senses, char *out)
{
    lex_span_t sense;
    size_t size = 0;
    size_t offset = 0;
    while (lex_span_next(senses, '/', &offset, &sense)) {
        size_t blanks = s_skip_blanks(sense.data, sense.size, 0);
        if (blanks == sense.size)
            continue;
        if (size > 0)
            out[size++] = '\n';
        memcpy(out + size, sense.data + blanks, sense.size - blanks);
        size += sense.size - blanks;
    }
    return size;
}

/* "yī bù zuò , èr" as people write it: "yī bù zuò, èr". Returns the new size. */
static size_t s_close_up(char *text, size_t size)
{
    size_t out = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == ' ' && i + 1 < size && text[i + 1] == ',')
            continue;
        text[out++] = text[i];
    }
    return out;
}

/* The reading as written, and for people with marks, unless a syllable is not known. */
static void s_read_pinyin(s_cedict_t *self, reader_t *reader, lex_span_t pinyin, char *out,
                          lex_fields_t *fields)
{
    size_t size = cedict_reading(pinyin, out);
    if (size == 0)
        return;
    fields->text[LEX_READING] = (lex_span_t){out, size};
    if (size > FORMAT_FIELD_MAX) /* is reported as too long; no need to say it twice */
        return;
    if (memmem(out, size, UNKNOWN_SYLLABLE, strlen(UNKNOWN_SYLLABLE)))
        return;
    ssize_t marked = lex_reading_mark(out, size, self->phonetic, sizeof(self->phonetic));
    if (marked < 0)
        reader_drop(reader, reader->line, lex_text_field_name(LEX_PHONETIC),
                    "the pinyin cannot be given its marks");
    else
        fields->text[LEX_PHONETIC] =
            (lex_span_t){self->phonetic, s_close_up(self->phonetic, (size_t)marked)};
}

/* Makes the entry of a line. NULL, or what is wrong with it. */
static const char *s_read_entry(s_cedict_t *self, reader_t *reader, const char *line, size_t size,
                                lex_entry_t *entry)
{
    cedict_line_t parts;
    const char *fault = cedict_split(line, size, &parts);
    if (fault)
        return fault;
    if (self->capacity < 4 * size) {
        self->capacity = 8 * size;
        self->text = lex_realloc(self->text, self->capacity);
    }
    lex_span_t traditional = parts.traditional;
    lex_span_t simplified = parts.simplified;
    *entry = lex_entry_plain(simplified.data, simplified.size, self->text,
                             s_write_senses(parts.senses, self->text));
    if (traditional.size != simplified.size ||
        memcmp(traditional.data, simplified.data, simplified.size) != 0)
        entry->fields.text[LEX_ALIASES] = traditional;
    s_read_pinyin(self, reader, parts.pinyin, self->text + entry->text_size, &entry->fields);
    return NULL;
}

static const char *s_take_line(reader_t *reader, const char *line, size_t size, lex_entry_t *entry)
{
    if (*line != '#')
        return s_read_entry(reader->impl, reader, line, size, entry);
    s_take_comment(reader, line, size);
    return NULL;
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_cedict_t *self = reader->impl;
    return line_entry_next(reader, self->lines, "the line is longer than 1 MiB", s_take_line,
                           entry);
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_cedict_t *self = reader->impl;
    lines_position(self->lines, done, total);
}

/* Nothing but comments and entries, and some entry. */
static bool s_claims_start(const char *start, size_t size)
{
    lex_span_t line;
    cedict_line_t parts;
    size_t offset = 0;
    bool found = false;
    while (lex_span_next((lex_span_t){start, size}, '\n', &offset, &line)) {
        if (*line.data == '#' || *line.data == '\r')
            continue;
        if (line.data[line.size - 1] == '\r')
            line.size--;
        if (cedict_split(line.data, line.size, &parts) != NULL)
            return false;
        found = true;
    }
    return found;
}

const format_t format_cedict = {
    .name = "cedict",
    .claims_start = s_claims_start,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
