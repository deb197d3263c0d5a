/* Rows of figures in columns, of which the least important are left out where there is no room. For
 * lexmq top. */

#ifndef TOP_TABLE_H
#define TOP_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/top_lines.h"

#define TOP_CELL_SIZE 64
#define TOP_TEXTS_MAX 2
#define TOP_RANK_MAX  16

typedef struct {
    const char *heading;
    int width;
    int rank; /* the highest are left out first where there is no room */
    /* Writes the cell; returns its style. */
    page_style_t (*write)(const void *row, bool has_rates, char out[TOP_CELL_SIZE]);
} top_column_t;

typedef struct {
    const top_column_t *columns;
    size_t column_count;
    const char *const *texts; /* headings of the one or two first columns: names, to the left */
    size_t text_count;
    const char *(*text)(const void *row, size_t index);
    const char *rows;
    size_t row_size;
    size_t count;
    const char *noun;
} top_table_t;

/* The headings and the first `shown` rows, and how many more there are. */
void top_table(top_lines_t *lines, const top_table_t *table, bool has_rates, size_t shown,
               bool symbols);

#endif
