/* One line of CC-CEDICT: "TRAD SIMP [pin1 yin1] /sense/sense/", or with [[pin1yin1]] in edition 2. */

#ifndef DICT_CEDICT_LINE_H
#define DICT_CEDICT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/entry.h"

typedef struct {
    lex_span_t traditional;
    lex_span_t simplified;
    lex_span_t pinyin; /* as written, without its brackets */
    lex_span_t senses; /* parted by '/', without the first and the last of them */
} cedict_line_t;

/* Cuts a line without its line end (pointers into `line`). NULL, or what is wrong. */
const char *cedict_split(const char *line, size_t size, cedict_line_t *out);

/* Pinyin of either edition as edition 1 writes it: syllables parted by single blanks, ü as u:,
 * commas and middle dots apart. `out` has room for three times its size; returns the new size. */
size_t cedict_reading(lex_span_t pinyin, char *out);

#endif
