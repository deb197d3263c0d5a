/* For formats that have an entry a line: goes through the lines, reports what is no entry, passes over what is blank. */

#ifndef DICT_LINE_ENTRY_H
#define DICT_LINE_ENTRY_H

#include "dict/format.h"
#include "dict/lines.h"

/* Makes the entry of a line that is not blank and has no white space behind it. NULL, or what is wrong with the line. A
 * line that is meant to have no entry, such as a comment, leaves the entry as it is. */
typedef const char *(line_entry_fn)(reader_t *reader, const char *line, size_t size,
                                    lex_entry_t *entry);

/* As format_t.next. `too_long` is what is said of a line beyond the limit of `lines`. */
int line_entry_next(reader_t *reader, lines_t *lines, const char *too_long, line_entry_fn *take,
                    lex_entry_t *entry);

#endif
