/* Where blanks and line ends of plain text go: what markup.c finds, one piece after another, becomes trimmed lines. */

#ifndef DICT_MARKUP_LAYOUT_H
#define DICT_MARKUP_LAYOUT_H

#include <stdbool.h>

#include "dict/text_buffer.h"

#define LAYOUT_DEPTH_MAX 8 /* lists inside of lists that are indented */

typedef enum {
    LAYOUT_FLOW,  /* any white space is one blank */
    LAYOUT_LINES, /* line feeds end lines, the rest is one blank */
    LAYOUT_EXACT  /* blanks count */
} layout_spacing_t;

/* Can be copied to come back to a state, if out->size goes back as well. */
typedef struct {
    text_buffer_t *out;
    size_t start;    /* where the text begins in `out` */
    unsigned breaks; /* line feeds to write before the next character, at most 2 */
    size_t blanks;   /* blanks to write before it */
    unsigned mark;   /* 0, or how deep the list is whose item begins */
    bool full;       /* more than FORMAT_TEXT_MAX; nothing is written any more */
} layout_t;

void layout_open(layout_t *self, text_buffer_t *out);
/* Any bytes. */
void layout_text(layout_t *self, layout_spacing_t spacing, const char *text, size_t size);
/* A blank between words, unless there is one. */
void layout_blank(layout_t *self);
/* The line ends here, unless it has not begun. */
void layout_block(layout_t *self);
/* The line ends; twice in a row leaves a blank line. */
void layout_line(layout_t *self);
/* An item of a list that is `depth` deep (1 or more) begins on a line of its own. */
void layout_item(layout_t *self, unsigned depth);

#endif
