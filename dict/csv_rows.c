#include "dict/csv_rows.h"

#include <csv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/lines.h"

#define CSV_GROWTH ((size_t)16 << 10) /* bytes by which libcsv's buffer of one field grows */

struct csv_rows {
    lines_t *lines;
    struct csv_parser parser;
    bool begun; /* part of a row has been read */
    bool whole; /* the row has ended */
    uint64_t line;
    size_t fed; /* bytes of lines of this row */
    char *bytes;
    size_t size;
    size_t capacity;
    size_t ends[CSV_COLUMNS_MAX]; /* of the fields in `bytes` */
    size_t count;
    csv_field_t fields[CSV_COLUMNS_MAX];
};

/* libcsv takes blanks off the ends of fields unless nothing is a blank. */
static int s_is_space(unsigned char c)
{
    (void)c;
    return 0;
}

static int s_is_line_end(unsigned char c)
{
    return c == '\n';
}

static void s_take_field(void *data, size_t size, void *arg)
{
    csv_rows_t *self = arg;
    if (self->count == CSV_COLUMNS_MAX)
        return;
    if (self->capacity - self->size < size) {
        self->capacity = 2 * (self->size + size);
        self->bytes = lex_realloc(self->bytes, self->capacity);
    }
    if (size > 0)
        memcpy(self->bytes + self->size, data, size);
    self->size += size;
    self->ends[self->count++] = self->size;
}

static void s_take_row(int terminator, void *arg)
{
    (void)terminator;
    ((csv_rows_t *)arg)->whole = true;
}

static void s_parser_open(csv_rows_t *self)
{
    csv_init(&self->parser, CSV_STRICT); /* fails only without a parser */
    csv_set_space_func(&self->parser, s_is_space);
    csv_set_term_func(&self->parser, s_is_line_end);
    csv_set_realloc_func(&self->parser, lex_realloc);
    csv_set_blk_size(&self->parser, CSV_GROWTH);
}

csv_rows_t *csv_rows_open(const char *path)
{
    lines_t *lines = lines_open(path, CSV_ROW_MAX);
    if (!lines)
        return NULL;
    csv_rows_t *self = lex_calloc(1, sizeof(*self));
    self->lines = lines;
    self->capacity = CSV_GROWTH;
    self->bytes = lex_malloc(self->capacity);
    s_parser_open(self);
    return self;
}

void csv_rows_close(csv_rows_t **self_p)
{
    csv_rows_t *self = *self_p;
    if (!self)
        return;
    csv_free(&self->parser);
    lines_close(&self->lines);
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

/* Forgets the row that was read so far. */
static void s_reset(csv_rows_t *self)
{
    if (self->begun) {
        csv_free(&self->parser);
        s_parser_open(self);
    }
    self->begun = false;
}

/* Parses bytes of a line. False when one stands between a closing quotation mark and the comma: where
 * the field should have ended is then anybody's guess. A quotation mark inside a field that has
 * none in front is no harm, though libcsv refuses it as well. */
static bool s_parse(csv_rows_t *self, const char *bytes, size_t size)
{
    struct csv_parser *parser = &self->parser;
    for (;;) {
        size_t done = csv_parse(parser, bytes, size, s_take_field, s_take_row, self);
        if (done >= size)
            return true;
        if (parser->quoted)
            return false;
        csv_set_opts(parser, 0);
        csv_parse(parser, bytes + done, 1, s_take_field, s_take_row, self);
        csv_set_opts(parser, CSV_STRICT);
        bytes += done + 1;
        size -= done + 1;
    }
}

static csv_rows_status_t s_feed(csv_rows_t *self, const char *line, size_t size)
{
    if (!self->begun) {
        self->begun = true;
        self->whole = false;
        self->line = lines_number(self->lines);
        self->fed = self->size = self->count = 0;
    }
    self->fed += size + 1;
    if (self->fed > CSV_ROW_MAX)
        return CSV_ROWS_TOO_LONG;
    if (!s_parse(self, line, size) || !s_parse(self, "\n", 1))
        return CSV_ROWS_BAD;
    return CSV_ROWS_ROW;
}

static void s_give(csv_rows_t *self, csv_field_t *fields[], size_t *count)
{
    size_t start = 0;
    for (size_t i = 0; i < self->count; i++) {
        self->fields[i] = (csv_field_t){self->bytes + start, self->ends[i] - start};
        start = self->ends[i];
    }
    *fields = self->fields;
    *count = self->count;
    self->begun = false;
}

csv_rows_status_t csv_rows_next(csv_rows_t *self, csv_field_t *fields[], size_t *count)
{
    char *line;
    size_t size;
    lines_status_t status;
    while ((status = lines_next(self->lines, &line, &size)) > 0) {
        lines_trim(self->lines, &line, &size);
        if (status == LINES_LINE && size == 0 && !self->begun)
            continue;
        csv_rows_status_t result = CSV_ROWS_TOO_LONG;
        if (status == LINES_LINE)
            result = s_feed(self, line, size);
        else if (!self->begun)
            self->line = lines_number(self->lines);
        if (result != CSV_ROWS_ROW) {
            s_reset(self);
            return result;
        }
        if (self->whole) {
            s_give(self, fields, count);
            return CSV_ROWS_ROW;
        }
    }
    if (status == LINES_ERROR)
        return CSV_ROWS_ERROR;
    if (!self->begun)
        return CSV_ROWS_END;
    s_reset(self);
    return CSV_ROWS_OPEN;
}

uint64_t csv_rows_line(const csv_rows_t *self)
{
    return self->line;
}

void csv_rows_position(const csv_rows_t *self, uint64_t *done, uint64_t *total)
{
    lines_position(self->lines, done, total);
}
