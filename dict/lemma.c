/* ECDICT's lemma file: docs/dictionaries.md, "Lemma file". One entry a group. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/format.h"
#include "dict/lemma_line.h"
#include "dict/line_entry.h"

#define LEMMA_LINE_MAX ((size_t)64 << 10)

typedef struct {
    lines_t *lines;
    char *text;  /* "is, was", room for twice a line */
    char *forms; /* "f:is,was" */
} s_lemma_t;

static int s_open(reader_t *reader, const char *path)
{
    s_lemma_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    self->lines = lines_open(path, LEMMA_LINE_MAX);
    if (!self->lines)
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    self->text = lex_malloc(2 * LEMMA_LINE_MAX);
    self->forms = lex_malloc(2 * LEMMA_LINE_MAX);
    return 0;
}

static void s_close(reader_t *reader)
{
    s_lemma_t *self = reader->impl;
    if (!self)
        return;
    lines_close(&self->lines);
    free(self->text);
    free(self->forms);
    free(self);
}

static size_t s_append(char *out, size_t size, const char *text, size_t text_size)
{
    memcpy(out + size, text, text_size);
    return size + text_size;
}

static void s_read_forms(s_lemma_t *self, reader_t *reader, const lemma_line_t *line,
                         lex_entry_t *entry)
{
    lex_span_t form;
    size_t offset = 0;
    size_t text = 0;
    size_t forms = s_append(self->forms, 0, "f:", 2);
    while (lemma_next_form(line, &offset, &form)) {
        if (!lemma_form_is_good(form)) {
            reader_drop(reader, reader->line, lex_text_field_name(LEX_FORMS),
                        "a form with a slash");
            continue;
        }
        if (text > 0) {
            text = s_append(self->text, text, ", ", 2);
            forms = s_append(self->forms, forms, ",", 1);
        }
        text = s_append(self->text, text, form.data, form.size);
        forms = s_append(self->forms, forms, form.data, form.size);
    }
    entry->text = self->text;
    entry->text_size = text;
    if (text > 0)
        entry->fields.text[LEX_FORMS] = (lex_span_t){self->forms, forms};
}

static void s_read_count(reader_t *reader, lex_span_t count, lex_entry_t *entry)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count.size && number <= UINT32_MAX; i++)
        number = 10 * number + (uint64_t)(count.data[i] - '0');
    if (number > UINT32_MAX)
        reader_drop(reader, reader->line, lex_number_field_name(LEX_FREQUENCY),
                    "no number up to 4294967295");
    else
        entry->fields.number[LEX_FREQUENCY] = (uint32_t)number;
}

/* Makes the entry of a line. NULL, or what is wrong with it. */
static const char *s_read_entry(s_lemma_t *self, reader_t *reader, const char *line, size_t size,
                                lex_entry_t *entry)
{
    lemma_line_t parts;
    if (!lemma_split(line, size, &parts))
        return "not a line of a lemma file";
    entry->headword = parts.lemma.data;
    entry->headword_size = parts.lemma.size;
    s_read_forms(self, reader, &parts, entry);
    if (entry->text_size == 0)
        return "no form";
    s_read_count(reader, parts.count, entry);
    return NULL;
}

static const char *s_take_line(reader_t *reader, const char *line, size_t size, lex_entry_t *entry)
{
    return *line == ';' ? NULL : s_read_entry(reader->impl, reader, line, size, entry);
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_lemma_t *self = reader->impl;
    return line_entry_next(reader, self->lines, "the line is longer than 64 KiB", s_take_line,
                           entry);
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_lemma_t *self = reader->impl;
    lines_position(self->lines, done, total);
}

/* Nothing but comments and groups, and some group. A word book may have an arrow in an explanation,
 * but a lemma here is one word. */
static bool s_claims_start(const char *start, size_t size)
{
    lex_span_t line;
    lemma_line_t parts;
    size_t offset = 0;
    bool found = false;
    while (lex_span_next((lex_span_t){start, size}, '\n', &offset, &line)) {
        if (*line.data == ';' || *line.data == '\r')
            continue;
        if (!lemma_split(line.data, line.size, &parts) ||
            memchr(parts.lemma.data, ' ', parts.lemma.size) ||
            memchr(parts.lemma.data, '\t', parts.lemma.size))
            return false;
        found = true;
    }
    return found;
}

const format_t format_lemma = {
    .name = "lemma",
    .kind = "lemmas",
    .claims_start = s_claims_start,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
