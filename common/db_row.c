/* The columns of a row: bound to buffers that grow to the largest value seen, and read by the
 * caller. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_private.h"
#include "common/memory.h"

#define CAPACITY_FIRST 256

static bool s_is_number(enum enum_field_types type)
{
    return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_INT24 ||
           type == MYSQL_TYPE_LONG || type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

static void s_column_bind(lex_db_column_t *column, MYSQL_BIND *bind)
{
    memset(bind, 0, sizeof *bind);
    bind->is_null = &column->is_null;
    bind->error = &column->is_cut;
    bind->length = &column->size;
    if (column->is_number) {
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = &column->number;
        bind->buffer_length = sizeof column->number;
        bind->is_unsigned = column->is_unsigned;
    } else {
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = column->data;
        bind->buffer_length = column->capacity;
    }
}

void lex_db_columns_setup(lex_db_statement_t *statement)
{
    MYSQL_RES *metadata = mysql_stmt_result_metadata(statement->handle);
    if (!metadata)
        return;
    unsigned count = mysql_num_fields(metadata);
    statement->row.count = count;
    statement->row.columns = lex_calloc(count, sizeof *statement->row.columns);
    statement->results = lex_calloc(count, sizeof *statement->results);
    for (unsigned i = 0; i < count; i++) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(metadata, i);
        lex_db_column_t *column = &statement->row.columns[i];
        column->is_number = s_is_number(field->type);
        column->is_unsigned = (field->flags & UNSIGNED_FLAG) != 0;
        if (!column->is_number) {
            column->capacity = CAPACITY_FIRST;
            column->data = lex_malloc(column->capacity + 1);
        }
        s_column_bind(column, &statement->results[i]);
    }
    mysql_free_result(metadata);
}

void lex_db_columns_close(lex_db_statement_t *statement)
{
    for (unsigned i = 0; i < statement->row.count; i++)
        free(statement->row.columns[i].data);
    free(statement->row.columns);
    free(statement->results);
}

/* Makes room for the whole value and some more, so that slowly growing values do not move each
 * time. */
static int s_column_grow(lex_db_column_t *column)
{
    if (column->size > LEX_DB_FIELD_MAX)
        return -1;
    unsigned long capacity = column->size + column->size / 4;
    char *data = realloc(column->data, capacity + 1);
    if (!data)
        return -1;
    column->data = data;
    column->capacity = capacity;
    return 0;
}

int lex_db_columns_complete(lex_db_statement_t *statement)
{
    bool moved = false;
    for (unsigned i = 0; i < statement->row.count; i++) {
        lex_db_column_t *column = &statement->row.columns[i];
        if (column->is_number)
            continue;
        if (column->is_null)
            column->size = 0;
        if (column->size > column->capacity) {
            if (s_column_grow(column))
                return -1;
            s_column_bind(column, &statement->results[i]);
            if (mysql_stmt_fetch_column(statement->handle, &statement->results[i], i, 0))
                return -1;
            moved = true;
        }
        column->data[column->size] = 0;
    }
    /* Last, because binding makes the library forget where the row's values are. */
    return moved && mysql_stmt_bind_result(statement->handle, statement->results) ? -1 : 0;
}

void lex_db_columns_trim(lex_db_statement_t *statement)
{
    for (unsigned i = 0; i < statement->row.count; i++) {
        lex_db_column_t *column = &statement->row.columns[i];
        if (column->capacity <= LEX_DB_FIELD_KEPT)
            continue;
        free(column->data);
        column->capacity = CAPACITY_FIRST;
        column->data = lex_malloc(column->capacity + 1);
        s_column_bind(column, &statement->results[i]);
    }
}

static const lex_db_column_t *s_column(const lex_row_t *row, unsigned column)
{
    static const lex_db_column_t none = {.is_null = 1};
    return column < row->count ? &row->columns[column] : &none;
}

uint64_t lex_row_uint(const lex_row_t *row, unsigned column)
{
    const lex_db_column_t *self = s_column(row, column);
    if (self->is_null)
        return 0;
    return self->is_number ? self->number : strtoull(self->data, NULL, 10);
}

int64_t lex_row_int(const lex_row_t *row, unsigned column)
{
    const lex_db_column_t *self = s_column(row, column);
    if (self->is_null)
        return 0;
    return self->is_number ? (int64_t)self->number : strtoll(self->data, NULL, 10);
}

const char *lex_row_bytes(const lex_row_t *row, unsigned column, size_t *size)
{
    const lex_db_column_t *self = s_column(row, column);
    const char *data = "";
    size_t length = 0;
    if (!self->is_null && self->is_number) {
        char *digits = row->columns[column].digits;
        size_t max = sizeof row->columns[column].digits;
        length =
            (size_t)(self->is_unsigned ? snprintf(digits, max, "%" PRIu64, self->number)
                                       : snprintf(digits, max, "%" PRId64, (int64_t)self->number));
        data = digits;
    } else if (!self->is_null) {
        data = self->data;
        length = self->size;
    }
    if (size)
        *size = length;
    return data;
}

bool lex_row_is_null(const lex_row_t *row, unsigned column)
{
    return s_column(row, column)->is_null;
}
