/* One line of ECDICT's lemma file: "lemma/count -> form,form". */

#ifndef DICT_LEMMA_LINE_H
#define DICT_LEMMA_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"

typedef struct {
    lex_span_t lemma;
    lex_span_t count; /* digits; size 0: there is none */
    lex_span_t forms; /* parted by ',' */
} lemma_line_t;

/* Cuts a line without its line end (pointers into `line`). False when it has no "->" or nothing in front of it. */
bool lemma_split(const char *line, size_t size, lemma_line_t *out);

/* The next form, without blanks about it. False at the end. */
bool lemma_next_form(const lemma_line_t *line, size_t *offset, lex_span_t *form);

/* True when a form can stand in the list "f:form,form": it has neither '/' nor ','. */
bool lemma_form_is_good(lex_span_t form);

#endif
