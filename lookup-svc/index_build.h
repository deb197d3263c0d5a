/* Builds an index file from the entries of a dictionary, which come in their own order.
 *
 * Memory is bounded whatever the size of the dictionary: texts go straight to the file, everything
 * else is sorted, merged or spooled through temporary files without names in the file's folder. What
 * stays in memory at most, with the budget of 64 MiB:
 *
 *     while entries come    sort of the entries, twice the budget               128 MiB
 *                           sorts of forms and readings, a quarter of it each    64 MiB
 *                           known texts (text_set.h), while the set grows        72 MiB
 *     then, one by one      a sort, or a set of inverted lists                  128 MiB
 *                           a hash table (slots_builder.h), 800,000 keys          5 MB
 *     all the time          spools and their readers, 64 KiB each                 3 MiB
 *
 * The part of the file that is written is mapped, and the kernel can take its pages back at any time. */

#ifndef INDEX_BUILD_H
#define INDEX_BUILD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"
#include "lookup-svc/snapshot.h"

#define INDEX_BUDGET      ((size_t)64 << 20) /* bytes, see above */
#define INDEX_ALIASES_MAX 64u                /* of an entry; those beyond are left out */

/* What the file says it was made from, which is compared with MySQL when the file is opened; and
 * how it is built. */
typedef struct {
    uint32_t dictionary;
    uint32_t version;
    uint32_t rows;
    uint64_t text_bytes;
    dictionary_kind_t kind;  /* tables of lemmas are never searched: no grams, no terms */
    const atomic_bool *stop; /* once it is set the build ends early; NULL: it never does */
    size_t budget;           /* bytes; 0: INDEX_BUDGET */
} index_source_t;

typedef struct index_builder index_builder_t;

/* NULL and a logged error when the file cannot be made. */
index_builder_t *index_builder_new(const char *path, const index_source_t *source);
/* Without a commit before it, nothing is left of the file. */
void index_builder_destroy(index_builder_t **self_p);

/* Adds an entry; the data is not needed afterwards. A headword that gives no key (blank, not UTF-8,
 * longer than LEX_WORD_MAX, with a NUL in its key) can never be asked for: it is counted and left
 * out. 0, or -1 after a logged error. */
int index_builder_add(index_builder_t *self, const lex_entry_t *entry);

/* Entries given so far, and those of them that were left out. */
uint32_t index_builder_rows(const index_builder_t *self);
uint32_t index_builder_skipped(const index_builder_t *self);

/* Sorts, writes the rest and gives the file its name. 0, or -1 after a logged error or, without a
 * word, after a stop. */
int index_builder_commit(index_builder_t *self);

#endif
