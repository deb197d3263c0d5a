#include "dict/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/catalog.h"

#define BATCH_TRIES 3

static const size_t s_sizes[] = {BATCH_STATEMENT_ROWS, 100, 20, 5, 1};
#define SIZES (sizeof(s_sizes) / sizeof(s_sizes[0]))

/* A statement is plain when none of its rows has fields: most dictionaries have none, and pay
 * nothing for them. */
enum { PLAIN, WITH_FIELDS, WIDTHS };
static const size_t s_parameters[WIDTHS] = {4, 4 + LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS};

_Static_assert(BATCH_STATEMENT_ROWS *(4 + LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS) <= 65535,
               "more placeholders than a statement may have");

typedef struct {
    size_t offset; /* of headword, text and fields, one behind the other, in `bytes` */
    size_t size;   /* of them all */
    uint32_t headword_size;
    uint32_t text_size;
    bool has_fields;
    uint32_t field_sizes[LEX_TEXT_FIELDS];
    uint32_t numbers[LEX_NUMBER_FIELDS];
} s_row_t;

struct batch {
    uint32_t version;
    uint32_t ordinal; /* of rows[0] */
    s_row_t rows[BATCH_ROWS_MAX];
    size_t count;
    char *bytes;
    size_t size;
    size_t capacity;
    uint64_t text_bytes;
    char *statements[WIDTHS][SIZES];
    lex_param_t params[(4 + LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS) * BATCH_STATEMENT_ROWS];
};

/* The names of the columns behind the first four, each with a comma in front. Caller owns return
 * value and must free it when done. */
static char *s_columns(void)
{
    char *columns = lex_strdup("");
    for (int i = 0; i < LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS; i++) {
        char *longer = lex_format("%s, %s", columns,
                                  i < LEX_TEXT_FIELDS ? lex_text_field_name(i)
                                                      : lex_number_field_name(i - LEX_TEXT_FIELDS));
        free(columns);
        columns = longer;
    }
    return columns;
}

/* INSERT … VALUES (?,?,?,?),(?,?,?,?)… */
static char *s_statement(int width, size_t rows)
{
    char *columns = width == PLAIN ? lex_strdup("") : s_columns();
    char *head =
        lex_format("INSERT INTO entries (version_id, ordinal, headword, text%s) VALUES ", columns);
    size_t head_size = strlen(head);
    size_t row_size = 2 * s_parameters[width] + 2; /* "(?,?)," */
    char *sql = lex_malloc(head_size + rows * row_size);
    char *at = stpcpy(sql, head);
    for (size_t i = 0; i < rows; i++) {
        *at++ = '(';
        for (size_t j = 0; j < s_parameters[width]; j++) {
            *at++ = '?';
            *at++ = ',';
        }
        at[-1] = ')';
        *at++ = ',';
    }
    at[-1] = '\0';
    free(head);
    free(columns);
    return sql;
}

batch_t *batch_new(uint32_t version)
{
    batch_t *self = lex_calloc(1, sizeof(*self));
    self->version = version;
    for (int width = 0; width < WIDTHS; width++)
        for (size_t i = 0; i < SIZES; i++)
            self->statements[width][i] = s_statement(width, s_sizes[i]);
    return self;
}

void batch_destroy(batch_t **self_p)
{
    batch_t *self = *self_p;
    if (!self)
        return;
    for (int width = 0; width < WIDTHS; width++)
        for (size_t i = 0; i < SIZES; i++)
            free(self->statements[width][i]);
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

/* Sizes and numbers of an entry; its bytes are still to be copied. */
static s_row_t s_measure(const lex_entry_t *entry)
{
    const lex_fields_t *fields = &entry->fields;
    s_row_t row = {.headword_size = (uint32_t)entry->headword_size,
                   .text_size = (uint32_t)entry->text_size,
                   .has_fields = !lex_fields_are_empty(fields),
                   .size = entry->headword_size + entry->text_size};
    for (int i = 0; row.has_fields && i < LEX_TEXT_FIELDS; i++) {
        row.field_sizes[i] = (uint32_t)fields->text[i].size;
        row.size += fields->text[i].size;
    }
    memcpy(row.numbers, fields->number, sizeof(row.numbers));
    return row;
}

static char *s_append(char *at, const char *data, size_t size)
{
    if (size > 0)
        memcpy(at, data, size);
    return at + size;
}

bool batch_add(batch_t *self, const lex_entry_t *entry)
{
    assert(self->count < BATCH_ROWS_MAX);
    s_row_t row = s_measure(entry);
    if (self->capacity - self->size < row.size) {
        self->capacity = 2 * (self->size + row.size);
        self->bytes = lex_realloc(self->bytes, self->capacity);
    }
    row.offset = self->size;
    char *at = self->bytes + row.offset;
    at = s_append(at, entry->headword, entry->headword_size);
    at = s_append(at, entry->text, entry->text_size);
    for (int i = 0; row.has_fields && i < LEX_TEXT_FIELDS; i++)
        at = s_append(at, entry->fields.text[i].data, row.field_sizes[i]);
    self->rows[self->count++] = row;
    self->size += row.size;
    self->text_bytes += entry->text_size;
    return self->count == BATCH_ROWS_MAX || self->size >= BATCH_BYTES_MAX;
}

/* How many rows from `first` on go into the next statement: as many as fit its bytes, at least one.
 */
static size_t s_fitting(const batch_t *self, size_t first)
{
    size_t count = 0;
    size_t bytes = 0;
    while (first + count < self->count && count < BATCH_STATEMENT_ROWS) {
        bytes += self->rows[first + count].size;
        if (count > 0 && bytes > BATCH_STATEMENT_BYTES)
            break;
        count++;
    }
    return count;
}

/* Writes the parameters of a row; returns the place behind them. */
static lex_param_t *s_bind(const batch_t *self, size_t index, int width, lex_param_t *param)
{
    const s_row_t *row = &self->rows[index];
    const char *at = self->bytes + row->offset;
    *param++ = LEX_UINT(self->version);
    *param++ = LEX_UINT(self->ordinal + index);
    *param++ = LEX_TEXT(at, row->headword_size);
    *param++ = LEX_TEXT(at + row->headword_size, row->text_size);
    if (width == PLAIN)
        return param;
    at += row->headword_size + row->text_size;
    for (int i = 0; i < LEX_TEXT_FIELDS; i++) {
        *param++ = row->field_sizes[i] ? LEX_TEXT(at, row->field_sizes[i]) : LEX_NULL;
        at += row->field_sizes[i];
    }
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++)
        *param++ = LEX_UINT(row->numbers[i]);
    return param;
}

/* Writes rows from `first` on by one statement; returns how many it took through *done. */
static lex_db_status_t s_insert(batch_t *self, lex_db_t *db, size_t first, size_t *done)
{
    size_t fitting = s_fitting(self, first);
    size_t which = 0;
    int width = PLAIN;
    while (s_sizes[which] > fitting)
        which++;
    *done = s_sizes[which];
    for (size_t i = first; i < first + *done; i++)
        width = self->rows[i].has_fields ? WITH_FIELDS : width;
    lex_param_t *param = self->params;
    for (size_t i = first; i < first + *done; i++)
        param = s_bind(self, i, width, param);
    return lex_db_run(db, self->statements[width][which], self->params,
                      (size_t)(param - self->params), NULL, NULL);
}

static lex_db_status_t s_insert_all(lex_db_t *db, void *arg)
{
    batch_t *self = arg;
    lex_db_status_t status = catalog_fence(db, self->version);
    size_t done = 0;
    for (size_t first = 0; first < self->count && status == LEX_DB_OK; first += done)
        status = s_insert(self, db, first, &done);
    return status;
}

lex_db_status_t batch_flush(batch_t *self, lex_db_t *db)
{
    lex_db_status_t status = LEX_DB_OK;
    for (int tries = 0; self->count > 0 && tries < BATCH_TRIES; tries++) {
        status = lex_db_transaction(db, s_insert_all, self, 1);
        if (status != LEX_DB_CONFLICT)
            break;
    }
    if (status == LEX_DB_OK) {
        self->ordinal += (uint32_t)self->count;
        self->count = 0;
        self->size = 0;
    }
    return status;
}

uint64_t batch_entries(const batch_t *self)
{
    return (uint64_t)self->ordinal + self->count;
}

uint64_t batch_text_bytes(const batch_t *self)
{
    return self->text_bytes;
}
