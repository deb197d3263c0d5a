/* Entries on their way into an index file: as records that are sorted by key and place in the
 * dictionary, and then as the sections of entries and keys. */

#ifndef INDEX_ENTRIES_H
#define INDEX_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_draft.h"
#include "lookup-svc/sorter.h"
#include "lookup-svc/spool.h"

typedef struct {
    uint32_t row; /* its place in the dictionary */
    uint32_t rank;
    uint32_t fields;     /* offset of its record of fields, or INDEX_EMPTY */
    index_entry_t entry; /* as it goes into the file */
} index_row_t;

/* Adds an entry, or an alias of one, under a key without NUL. 0, or -1 after a logged error. */
int index_entries_add(sorter_t *rows, const char *key, size_t key_size, const index_row_t *row);

/* Sorts the rows and writes entries, headwords, fields, keys and ranks, with their counts. An alias
 * that an entry has twice is taken once. 0, or -1. */
int index_entries_write(index_draft_t *draft, sorter_t *rows, spool_t *headwords, spool_t *fields);

#endif
