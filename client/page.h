/* Where text for people goes: how wide it is, and whether it takes colours. */

#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stdio.h>

typedef enum { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM, PAGE_ALERT } page_style_t;

typedef struct {
    FILE *out;
    bool is_terminal;
    bool colours; /* on a terminal that knows them, and without NO_COLOR */
    bool symbols; /* stars and arrows can be shown: no terminal, or one whose locale is UTF-8 */
} page_t;

page_t page_new(FILE *out);

/* Columns of the terminal at this moment, so that a resize counts at once; 0 when it is none:
 * nothing is wrapped then. */
int page_width(const page_t *self);

/* Prints text in a style, cleaned (text_clean.h), on one line and without a line end. */
void page_print(const page_t *self, page_style_t style, const char *text);

/* Prints text, cleaned, wrapped to the page, each line indented by `indent` columns, with a line
 * end. */
void page_wrap(const page_t *self, const char *text, int indent);

#endif
