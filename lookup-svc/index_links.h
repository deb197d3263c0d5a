/* Strings from the fields of entries that lead to keys: inflected forms to the keys of their
 * lemmas, and readings to the keys of what is read so. They are gathered and sorted while entries
 * come in, and become sections when the numbers of the keys are known. */

#ifndef INDEX_LINKS_H
#define INDEX_LINKS_H

#include "common/entry.h"
#include "lookup-svc/index_draft.h"
#include "lookup-svc/sorter.h"

/* The forms of an entry (LEX_FORMS: "code:value" parted by '/', where a value may be a list parted
 * by ','). Code 0 names the entry's own lemmas, code 1 says which form the entry is and is passed
 * over, the values of all others are forms of the entry. 0, or -1 after a logged error. */
int index_links_add_forms(sorter_t *links, const char *key, size_t key_size, lex_span_t forms);

/* Its reading (LEX_READING), unless it is none. Same result. */
int index_links_add_reading(sorter_t *links, const char *key, size_t key_size, lex_span_t reading);

/* Sorts and writes them as alternates. What leads to a key that the dictionary does not have is
 * left out. 0, or -1. */
int index_links_write_forms(index_draft_t *draft, sorter_t *links);
int index_links_write_readings(index_draft_t *draft, sorter_t *links);

#endif
