/* What an entry must be, whatever format it comes from (docs/dictionaries.md). */

#ifndef DICT_CHECK_H
#define DICT_CHECK_H

#include "dict/format.h"

/* True when there is nothing but ASCII white space. */
bool check_is_blank(const char *text, size_t size);

/* What is wrong with headword or text, or NULL. */
const char *check_entry(const lex_entry_t *entry);

/* Takes out the fields that are wrong and reports them. */
void check_fields(reader_t *reader, lex_entry_t *entry);

#endif
