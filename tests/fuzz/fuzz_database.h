/* A database that answers what the input says: common/db.h whole, in place of the one in common/, so that the operations of a service
 * run as they are. Included by one file of a target.
 *
 * Each statement takes a byte: how it ends and how many rows it has; each value takes a few more. When the input is used up, statements
 * succeed without rows. Text is ASCII, which the connection's character set promises. Other threads than the one that gave the
 * input always get an empty answer. */

#ifndef LEXMQ_TESTS_FUZZ_DATABASE_H
#define LEXMQ_TESTS_FUZZ_DATABASE_H

#include "common/db.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_COLUMNS 16
#define FUZZ_TEXT    300 /* bytes of a value */

struct lex_db {
    uint64_t affected, insert_id;
};

struct lex_row {
    bool has_number[FUZZ_COLUMNS], has_bytes[FUZZ_COLUMNS];
    uint64_t number[FUZZ_COLUMNS];
    char *bytes[FUZZ_COLUMNS];
    size_t size[FUZZ_COLUMNS];
};

/* What the statements of this thread are answered from. */
static __thread const uint8_t *fuzz_answers;
static __thread size_t fuzz_answers_size;
/* A text that a mutation would hardly hit: what a byte 255 in place of a size stands for. */
static const char *fuzz_answer_text = "";

static uint8_t s_answer(void)
{
    return fuzz_byte(&fuzz_answers, &fuzz_answers_size);
}

lex_db_t *lex_db_new(const lex_db_options_t *options)
{
    (void)options;
    return calloc(1, sizeof(lex_db_t));
}

void lex_db_destroy(lex_db_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

lex_db_status_t lex_db_connect(lex_db_t *self)
{
    (void)self;
    return LEX_DB_OK;
}

bool lex_db_is_connected(const lex_db_t *self)
{
    (void)self;
    return true;
}

const char *lex_db_error(const lex_db_t *self)
{
    (void)self;
    return "";
}

unsigned lex_db_code(const lex_db_t *self)
{
    (void)self;
    return 0;
}

/* Up to 48 bits: as many as an identifier or a time in milliseconds has. */
uint64_t lex_row_uint(const lex_row_t *row_const, unsigned column)
{
    lex_row_t *row = (lex_row_t *)row_const;
    FUZZ_CHECK(column < FUZZ_COLUMNS);
    if (!row->has_number[column]) {
        uint8_t bytes = s_answer() % 7;
        row->has_number[column] = true;
        while (bytes-- > 0)
            row->number[column] = row->number[column] << 8 | s_answer();
    }
    return row->number[column];
}

int64_t lex_row_int(const lex_row_t *row, unsigned column)
{
    return (int64_t)lex_row_uint(row, column);
}

/* A copy of its own, so that reading beyond it is seen. */
static void s_fill(lex_row_t *row, unsigned column)
{
    size_t size = s_answer();
    const uint8_t *text = (const uint8_t *)fuzz_answer_text;
    if (size == 255)
        size = strlen(fuzz_answer_text);
    else
        text = fuzz_take(&fuzz_answers, &fuzz_answers_size, size, &size);
    char *copy = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        copy[i] = (char)(text[i] & 127 ? text[i] & 127 : '0');
    copy[size] = '\0';
    row->bytes[column] = copy;
    row->size[column] = size;
    row->has_bytes[column] = true;
}

const char *lex_row_bytes(const lex_row_t *row_const, unsigned column, size_t *size)
{
    lex_row_t *row = (lex_row_t *)row_const;
    FUZZ_CHECK(column < FUZZ_COLUMNS);
    if (!row->has_bytes[column])
        s_fill(row, column);
    if (size)
        *size = row->size[column];
    return row->bytes[column];
}

bool lex_row_is_null(const lex_row_t *row, unsigned column)
{
    return lex_row_uint(row, column) % 2;
}

static int s_row(lex_row_fn *take, void *arg)
{
    lex_row_t row = {0};
    int rc = take(arg, &row);
    for (unsigned i = 0; i < FUZZ_COLUMNS; i++)
        free(row.bytes[i]);
    return rc;
}

lex_db_status_t lex_db_run(lex_db_t *self, const char *sql, const lex_param_t *params, size_t count,
                           lex_row_fn *row, void *arg)
{
    uint8_t answer = s_answer();
    volatile uint8_t sum = 0; /* every byte of every parameter is there */
    FUZZ_CHECK(self && *sql);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < params[i].size; j++)
            sum = (uint8_t)(sum + ((const uint8_t *)params[i].data)[j]);
    self->affected = answer / 16 % 4u;
    self->insert_id = 1;
    if (answer >= 240)
        return (lex_db_status_t)(answer % 5);
    for (unsigned rows = answer % 16u; row && rows > 0; rows--)
        if (s_row(row, arg))
            break;
    return LEX_DB_OK;
}

lex_db_status_t lex_db_simple(lex_db_t *self, const char *sql)
{
    return lex_db_run(self, sql, NULL, 0, NULL, NULL);
}

uint64_t lex_db_affected(const lex_db_t *self)
{
    return self->affected;
}

uint64_t lex_db_insert_id(const lex_db_t *self)
{
    return self->insert_id;
}

lex_db_status_t lex_db_transaction(lex_db_t *self, lex_db_body_fn *body, void *arg, unsigned tries)
{
    lex_db_status_t status = LEX_DB_LOST;
    for (unsigned i = 0; i < tries && (status == LEX_DB_LOST || status == LEX_DB_CONFLICT); i++)
        status = body(self, arg);
    uint8_t answer = s_answer();
    return status == LEX_DB_OK && answer >= 250 ? LEX_DB_LOST : status;
}

lex_db_status_t lex_db_script(lex_db_t *self, const char *script, size_t size)
{
    (void)size;
    return lex_db_run(self, script, NULL, 0, NULL, NULL);
}

struct lex_db_pool {
    lex_db_t db;
};

lex_db_pool_t *lex_db_pool_new(const lex_db_options_t *options, unsigned connections)
{
    (void)options, (void)connections;
    return calloc(1, sizeof(lex_db_pool_t));
}

void lex_db_pool_destroy(lex_db_pool_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

lex_db_t *lex_db_pool_acquire(lex_db_pool_t *self)
{
    return &self->db;
}

void lex_db_pool_release(lex_db_pool_t *self, lex_db_t **db_p)
{
    FUZZ_CHECK(*db_p == &self->db);
    *db_p = NULL;
}

#endif
