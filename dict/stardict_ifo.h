/* The .ifo file of a StarDict dictionary: what it says about itself. */

#ifndef DICT_STARDICT_IFO_H
#define DICT_STARDICT_IFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dict/format.h"

#define STARDICT_IFO_MAX   ((size_t)64 << 10) /* bytes of an .ifo file */
#define STARDICT_TYPES_MAX 31                 /* letters of sametypesequence */

/* A number that the file may have, and its line there; line 0: the file does not say. */
typedef struct {
    uint64_t value;
    uint64_t line;
} stardict_count_t;

typedef struct {
    bool wide_offsets;                  /* offsets of 64 bits: version 3.0.0 and idxoffsetbits=64 */
    char types[STARDICT_TYPES_MAX + 1]; /* sametypesequence; empty: each article names its types */
    char title[FORMAT_TITLE_MAX + 1];   /* bookname, UTF-8 without control characters, or empty */
    stardict_count_t words;
    stardict_count_t synonyms;
    stardict_count_t index_size; /* bytes of the .idx, unpacked */
} stardict_ifo_t;

/* Understands the bytes of a file. NULL, or what makes it useless. Byte order mark, CRLF, blanks, the order of the
 * lines and keys that are not known do not matter. */
const char *stardict_ifo_parse(const char *data, size_t size, stardict_ifo_t *out);

#endif
