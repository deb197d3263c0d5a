/* Builds an index file from the entries of a dictionary, which come in their own order. Texts go
 * straight to the file; in memory stay the words and some 100 bytes an entry. */

#ifndef INDEX_BUILD_H
#define INDEX_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"
#include "lookup-svc/index_writer.h"

/* What the file says it was made from; compared with MySQL when the file is opened. */
typedef struct {
    uint32_t dictionary;
    uint32_t version;
    uint32_t rows;
    uint64_t text_bytes;
} index_source_t;

typedef struct index_builder index_builder_t;

/* NULL and a logged error when the file cannot be made. */
index_builder_t *index_builder_new(const char *path, const index_source_t *source);
/* Without a commit before it, nothing is left of the file. */
void index_builder_destroy(index_builder_t **self_p);

/* Adds an entry; the data is not needed afterwards. A headword that gives no key (blank, not UTF-8,
 * longer than LEX_WORD_MAX) can never be asked for: it is counted and left out. 0, or -1 after a
 * logged error. */
int index_builder_add(index_builder_t *self, const lex_entry_t *entry);

/* Entries given so far, and those of them that were left out. */
uint32_t index_builder_rows(const index_builder_t *self);
uint32_t index_builder_skipped(const index_builder_t *self);

/* Sorts, writes the rest and gives the file its name. 0, or -1 after a logged error. */
int index_builder_commit(index_builder_t *self);

#endif
