/* Rows of a CSV file (RFC 4180) in bounded memory: libcsv cuts them, fed a line at a time so that a
 * row knows its line and one that never ends is given up. */

#ifndef DICT_CSV_ROWS_H
#define DICT_CSV_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "dict/format.h"

#define CSV_COLUMNS_MAX 64 /* what is beyond in a row is dropped */
/* Every byte of a text may be escaped, every other doubled by its quotation mark. */
#define CSV_ROW_MAX (2 * FORMAT_TEXT_MAX + ((size_t)1 << 20))

typedef struct csv_rows csv_rows_t;

typedef struct {
    char *data; /* not terminated; the caller may write into it */
    size_t size;
} csv_field_t;

typedef enum {
    CSV_ROWS_ERROR = -1, /* errno says why */
    CSV_ROWS_END = 0,
    CSV_ROWS_ROW = 1,
    CSV_ROWS_TOO_LONG = 2, /* the row is gone, the next call starts at the line behind it */
    CSV_ROWS_BAD =
        3, /* something stands behind a closing quotation mark; the rest of its line is gone with the row */
    CSV_ROWS_OPEN = 4 /* the file ends inside quotation marks */
} csv_rows_status_t;

/* NULL with errno. */
csv_rows_t *csv_rows_open(const char *path);
void csv_rows_close(csv_rows_t **self_p);

/* The next row, valid until the next call; empty lines are passed over. A byte order mark in front
 * of the file is taken off, a line end inside quotation marks becomes a line feed. */
csv_rows_status_t csv_rows_next(csv_rows_t *self, csv_field_t *fields[], size_t *count);

/* The line, from 1, that the row given last begins on. */
uint64_t csv_rows_line(const csv_rows_t *self);
/* As lines_position. */
void csv_rows_position(const csv_rows_t *self, uint64_t *done, uint64_t *total);

#endif
