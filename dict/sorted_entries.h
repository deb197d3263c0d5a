/* Entries that come in one order and are written in another: the words by which they are sorted in memory, all the rest
 * in a file without a name. */

#ifndef DICT_SORTED_ENTRIES_H
#define DICT_SORTED_ENTRIES_H

#include <stdint.h>
#include <stdio.h>

#include "common/entry.h"
#include "dict/word_list.h"

typedef struct sorted_entries sorted_entries_t;

/* Takes the file over, which is empty and can be read and written; NULL is taken for one that cannot. */
sorted_entries_t *sorted_entries_new(FILE *file);
void sorted_entries_destroy(sorted_entries_t **self_p);

/* Keeps headword, text, phonetic and aliases of an entry under a key. 0, or -1 with errno. */
int sorted_entries_add(sorted_entries_t *self, const char *key, size_t key_size,
                       const lex_entry_t *entry);

/* No more will be added. 0, or -1 with errno. */
int sorted_entries_sort(sorted_entries_t *self, word_order_fn *order);
size_t sorted_entries_count(const sorted_entries_t *self);
/* Entry number `item` in sorted order (entries with the same key as they came), valid until the next call; `key` may be
 * NULL. 0, or -1 with errno. */
int sorted_entries_read(sorted_entries_t *self, size_t item, lex_span_t *key, lex_entry_t *entry);

#endif
