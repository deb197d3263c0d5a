#include "dict/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/catalog.h"

#define BATCH_TRIES    3
#define ROW_PARAMETERS 4

static const size_t s_sizes[] = {BATCH_STATEMENT_ROWS, 100, 20, 5, 1};
#define SIZES (sizeof(s_sizes) / sizeof(s_sizes[0]))

typedef struct {
    size_t offset; /* of headword and text in `bytes` */
    uint32_t headword_size;
    uint32_t text_size;
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
    char *statements[SIZES];
    lex_param_t params[ROW_PARAMETERS * BATCH_STATEMENT_ROWS];
};

/* INSERT … VALUES (?,?,?,?),(?,?,?,?)… */
static char *s_statement(size_t rows)
{
    static const char head[] = "INSERT INTO entries (version_id, ordinal, headword, text) VALUES ";
    static const char row[] = "(?,?,?,?),";
    char *sql = lex_malloc(sizeof(head) + rows * (sizeof(row) - 1));
    char *at = sql;
    memcpy(at, head, sizeof(head) - 1);
    at += sizeof(head) - 1;
    for (size_t i = 0; i < rows; i++, at += sizeof(row) - 1)
        memcpy(at, row, sizeof(row) - 1);
    at[-1] = '\0';
    return sql;
}

batch_t *batch_new(uint32_t version)
{
    batch_t *self = lex_calloc(1, sizeof(*self));
    self->version = version;
    for (size_t i = 0; i < SIZES; i++)
        self->statements[i] = s_statement(s_sizes[i]);
    return self;
}

void batch_destroy(batch_t **self_p)
{
    batch_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < SIZES; i++)
        free(self->statements[i]);
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

bool batch_add(batch_t *self, const lex_entry_t *entry)
{
    assert(self->count < BATCH_ROWS_MAX);
    size_t size = entry->headword_size + entry->text_size;
    if (self->capacity - self->size < size) {
        self->capacity = 2 * (self->size + size);
        self->bytes = lex_realloc(self->bytes, self->capacity);
    }
    self->rows[self->count++] = (s_row_t){.offset = self->size,
                                          .headword_size = (uint32_t)entry->headword_size,
                                          .text_size = (uint32_t)entry->text_size};
    memcpy(self->bytes + self->size, entry->headword, entry->headword_size);
    memcpy(self->bytes + self->size + entry->headword_size, entry->text, entry->text_size);
    self->size += size;
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
        const s_row_t *row = &self->rows[first + count];
        bytes += row->headword_size + row->text_size;
        if (count > 0 && bytes > BATCH_STATEMENT_BYTES)
            break;
        count++;
    }
    return count;
}

/* Writes rows from `first` on by one statement; returns how many it took through *done. */
static lex_db_status_t s_insert(batch_t *self, lex_db_t *db, size_t first, size_t *done)
{
    size_t fitting = s_fitting(self, first);
    size_t which = 0;
    while (s_sizes[which] > fitting)
        which++;
    *done = s_sizes[which];
    lex_param_t *param = self->params;
    for (size_t i = first; i < first + *done; i++) {
        const s_row_t *row = &self->rows[i];
        const char *headword = self->bytes + row->offset;
        *param++ = LEX_UINT(self->version);
        *param++ = LEX_UINT(self->ordinal + i);
        *param++ = LEX_TEXT(headword, row->headword_size);
        *param++ = LEX_TEXT(headword + row->headword_size, row->text_size);
    }
    return lex_db_run(db, self->statements[which], self->params, ROW_PARAMETERS * *done, NULL,
                      NULL);
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
