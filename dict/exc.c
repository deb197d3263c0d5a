/* WordNet's lists of exceptions: docs/dictionaries.md, "WordNet's exceptions". Each lemma of a line
 * makes an entry. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/memory.h"
#include "dict/format.h"
#include "dict/lemma_line.h"
#include "dict/lines.h"

#define EXC_LINE_MAX ((size_t)64 << 10)

static const char *const s_names[] = {"noun.exc", "verb.exc", "adj.exc", "adv.exc"};
#define FILES_MAX (sizeof(s_names) / sizeof(s_names[0]))

typedef struct {
    lines_t *files[FILES_MAX]; /* in a folder those that are there, else the one */
    const char *parts[FILES_MAX];
    size_t count;
    size_t current;
    lex_span_t form;              /* of the line that is being read */
    lex_span_t lemmas;            /* of it, parted by blanks */
    size_t offset;                /* behind those that were given */
    char forms[2 + EXC_LINE_MAX]; /* "f:form" */
} s_exc_t;

static bool s_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* 0, also when the file is not there. */
static int s_open_file(reader_t *reader, s_exc_t *self, const char *path, const char *part)
{
    lines_t *lines = lines_open(path, EXC_LINE_MAX);
    if (!lines && (!part || errno != ENOENT))
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    if (lines) {
        self->files[self->count] = lines;
        self->parts[self->count++] = part;
    }
    return 0;
}

static int s_open(reader_t *reader, const char *path)
{
    s_exc_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    if (!s_is_folder(path))
        return s_open_file(reader, self, path, NULL);
    int rc = 0;
    for (size_t i = 0; i < FILES_MAX && rc == 0; i++) {
        char *file = lex_format("%s/%s", path, s_names[i]);
        rc = s_open_file(reader, self, file, s_names[i]);
        free(file);
    }
    if (rc == 0 && self->count == 0)
        return reader_fail(reader, "%s: there is no noun.exc, verb.exc, adj.exc or adv.exc in it",
                           path);
    return rc;
}

static void s_close(reader_t *reader)
{
    s_exc_t *self = reader->impl;
    if (!self)
        return;
    for (size_t i = 0; i < self->count; i++)
        lines_close(&self->files[i]);
    free(self);
}

/* The words of a line, with the blanks between them as single ones and underscores as such within
 * them: that is how WordNet writes a blank in a word. */
static size_t s_squeeze(char *line, size_t size)
{
    size_t out = 0;
    for (size_t i = 0; i < size; i++) {
        bool blank = line[i] == ' ' || line[i] == '\t';
        if (!blank)
            line[out++] = line[i];
        else if (out > 0 && line[out - 1] != ' ')
            line[out++] = ' ';
    }
    return out > 0 && line[out - 1] == ' ' ? out - 1 : out;
}

/* Takes a line apart. NULL, or what is wrong with it. */
static const char *s_take_line(s_exc_t *self, char *line, size_t size)
{
    self->offset = 0;
    lex_span_t words = {line, size};
    if (!lex_span_next(words, ' ', &self->offset, &self->form) || self->offset >= size)
        return "no lemma behind the form";
    if (!lemma_form_is_good(self->form))
        return "the form has a slash or a comma";
    self->lemmas = words;
    for (size_t i = 0; i < self->form.size; i++) {
        if (line[i] == '_')
            line[i] = ' ';
    }
    memcpy(self->forms, "f:", 2);
    memcpy(self->forms + 2, line, self->form.size);
    return NULL;
}

/* The next lemma of the line that was taken apart last. */
static bool s_give(s_exc_t *self, lex_entry_t *entry)
{
    lex_span_t lemma;
    if (!lex_span_next(self->lemmas, ' ', &self->offset, &lemma))
        return false;
    for (char *at = (char *)lemma.data; at < lemma.data + lemma.size; at++) {
        if (*at == '_')
            *at = ' ';
    }
    *entry = lex_entry_plain(lemma.data, lemma.size, self->form.data, self->form.size);
    entry->fields.text[LEX_FORMS] = (lex_span_t){self->forms, 2 + self->form.size};
    return true;
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_exc_t *self = reader->impl;
    while (self->current < self->count) {
        if (s_give(self, entry))
            return 1;
        char *line;
        size_t size;
        self->lemmas = (lex_span_t){0};
        lines_status_t status = lines_next(self->files[self->current], &line, &size);
        if (status == LINES_ERROR)
            return reader_fail(reader, "cannot read on: %s", strerror(errno));
        if (status == LINES_END) {
            self->current++;
            continue;
        }
        reader->part = self->parts[self->current];
        reader->line = lines_number(self->files[self->current]);
        const char *fault = "the line is longer than 64 KiB";
        if (status == LINES_LINE) {
            lines_trim(self->files[self->current], &line, &size);
            size = s_squeeze(line, size);
            fault = size > 0 ? s_take_line(self, line, size) : NULL;
        }
        if (fault)
            reader_skip(reader, reader->line, fault);
    }
    return 0;
}

/* A pipe among them makes the whole unknown. */
static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_exc_t *self = reader->impl;
    bool known = true;
    *done = *total = 0;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t part_done, part_total;
        lines_position(self->files[i], &part_done, &part_total);
        known = known && part_total > 0;
        *done += part_done;
        *total += part_total;
    }
    if (!known)
        *total = 0;
}

static bool s_claims_name(const char *path)
{
    return format_ends_with(path, ".exc") || s_is_folder(path);
}

const format_t format_exc = {
    .name = "exc",
    .kind = "lemmas",
    .claims_name = s_claims_name,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
