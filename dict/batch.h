/* Entries gathered in memory and written by multi-row INSERTs, one transaction a batch.
 *
 *   reader --entry--> batch_add, until it is full --> batch_flush: BEGIN, INSERT of up to 500 rows,
 * INSERT…, COMMIT
 *
 * A statement has one of a few sizes (500, 100, 20, 5, 1 rows), with columns for the fields if any of
 * its rows has some, so that each is prepared once. */

#ifndef DICT_BATCH_H
#define DICT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db.h"
#include "dict/format.h"

#define BATCH_ROWS_MAX  4000              /* rows in a transaction */
#define BATCH_BYTES_MAX ((size_t)8 << 20) /* text in a transaction, one entry beyond it at most */
#define BATCH_STATEMENT_ROWS                                                                       \
    500 /* 2,000 placeholders, 9,000 with fields, of the 65,535 that a statement may have */
#define BATCH_STATEMENT_BYTES                                                                      \
    ((size_t)1 << 20) /* far below any server's max_allowed_packet, unless one entry is larger */

typedef struct batch batch_t;

/* For rows of one version; ordinals count from 0. */
batch_t *batch_new(uint32_t version);
void batch_destroy(batch_t **self_p);

/* Copies the entry. True when the batch is full and must be flushed before the next. */
bool batch_add(batch_t *self, const lex_entry_t *entry);

/* Writes what was gathered in one transaction and empties the batch. A deadlock is tried again; a
 * lost connection is not, because the caller's lock went with it. */
lex_db_status_t batch_flush(batch_t *self, lex_db_t *db);

/* Rows and bytes of text added so far. */
uint64_t batch_entries(const batch_t *self);
uint64_t batch_text_bytes(const batch_t *self);

#endif
