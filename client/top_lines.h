/* Lines for a terminal of a given size: what is beyond its edges is left out. For lexmq top. */

#ifndef TOP_LINES_H
#define TOP_LINES_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "client/page.h"

typedef struct {
    FILE *out;
    int rows, columns; /* that are left, of all and of the line */
    int width;         /* of a line */
    bool colours;
} top_lines_t;

/* 0 rows or columns: no limit. */
void top_lines_init(top_lines_t *self, FILE *out, int rows, int columns, bool colours);
/* Clean text behind what stands in the line. */
void top_lines_put(top_lines_t *self, page_style_t style, const char *text);
/* The same in a column of `width`, to its left or right edge; what is longer is cut. */
void top_lines_cell(top_lines_t *self, page_style_t style, const char *text, int width,
                    bool to_the_right);
void top_lines_printf(top_lines_t *self, page_style_t style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void top_lines_end(top_lines_t *self);

#endif
