/* Where the figures of lexmq top stand: lines of text that fit a terminal, or any number of any width. */

#ifndef TOP_LAYOUT_H
#define TOP_LAYOUT_H

#include <stdio.h>

#include "client/top_figures.h"

typedef struct {
    const char *endpoint;
    const char *reason;           /* clean; why it is away, or NULL */
    const top_figures_t *figures; /* NULL: it is away, or has not answered yet */
} top_gateway_t;

typedef struct {
    int rows, columns; /* 0: no limit */
    bool colours, symbols;
    bool workers; /* are shown */
    top_order_t order;
    double interval; /* seconds */
    bool is_live;    /* keys do something */
    bool is_paused;
    const char *time; /* of day */
} top_view_t;

/* Lines, each with its line end: at most `rows`, none wider than `columns`. What does not fit is left
 * out, the number of rows of a table that are is said. */
void top_layout(FILE *out, const top_view_t *view, const top_gateway_t *gateways, size_t count);
/* The same for the keys. */
void top_layout_help(FILE *out, const top_view_t *view);

#endif
