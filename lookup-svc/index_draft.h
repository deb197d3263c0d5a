/* An index file that is being built, as far as it has come: what the parts of index_build.h share.
 */

#ifndef INDEX_DRAFT_H
#define INDEX_DRAFT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text.h"
#include "lookup-svc/index_view.h"
#include "lookup-svc/index_writer.h"

typedef struct {
    const char *path; /* temporary files are made beside it */
    index_writer_t *writer;
    size_t budget; /* bytes that one sort, or one set of inverted lists, may keep in memory */
    const atomic_bool *stop; /* or NULL */
    index_header_t header;   /* gets its counts from who writes the sections */
    index_view_t view;       /* texts, entries and keys, once index_draft_map was called */
} index_draft_t;

/* Maps texts, entries and keys, which are written, so that the sections behind them can be made
 * from them. -1 after a logged error. */
int index_draft_map(index_draft_t *self);

/* Whether to go on; asks the flag every thousand steps or so. A build that is told to stop ends
 * like one that failed, but without a word. */
static inline bool index_draft_goes_on(const index_draft_t *self, uint32_t step)
{
    return step % 1024 != 0 || !self->stop || !atomic_load(self->stop);
}

/* The key of a word that comes from a dictionary: its size, 0 when there is none, because the word
 * is blank, longer than LEX_WORD_MAX or not UTF-8, or because a NUL is in it, which parts a key
 * from what follows it in a sort. */
size_t index_draft_key(const char *word, size_t size, char key[LEX_KEY_MAX]);

#endif
