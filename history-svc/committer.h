/* Group commit: while one transaction is under way the calls for the next gather; then all that wait are committed
 * together, and each is answered. One thread with a connection of its own does it.
 *
 * The same records may be committed any number of times (sql/history: lookups_once), so a transaction whose outcome
 * is unknown is simply run again. While the database is away calls are answered at once, and the thread tries to come back to it.
 * A batch that the database finds fault with is halved until the record at fault is alone: that one is refused, provided the
 * database takes another record at that moment. */

#ifndef COMMITTER_H
#define COMMITTER_H

#include "common/db.h"
#include "common/histogram.h"
#include "history-svc/commit.h"

#define COMMITTER_ROWS_MAX                                                                         \
    4000 /* in one transaction: some 50 ms, a fifth of what a look-up waits for its record */

typedef struct committer committer_t;

typedef struct {
    uint64_t batches;     /* transactions */
    uint64_t calls;       /* committed */
    uint64_t rows;        /* committed, duplicates included */
    uint64_t records;     /* committed, duplicates included */
    uint64_t refused;     /* records, for their tokens or by us */
    uint64_t unavailable; /* calls */
    uint64_t queued;      /* records that wait for the next transaction now */
} committer_counts_t;

/* Options are copied by the connection. Starts the thread. Never NULL. */
committer_t *committer_new(const lex_db_options_t *options);
/* Finishes what waits, then ends the thread. */
void committer_destroy(committer_t **self_p);

/* Commits the call's records and calls `done`. From any thread. */
void committer_submit(committer_t *self, commit_call_t *call);

/* From any thread. */
committer_counts_t committer_counts(committer_t *self);
bool committer_is_away(const committer_t *self);
/* Away, or stuck in a transaction: calls are answered at once with LEX_UNAVAILABLE. */
bool committer_is_refusing(const committer_t *self);
/* Records of a transaction, and microseconds that it took with all its tries. They live as long as the committer. */
const lex_histogram_t *committer_sizes(const committer_t *self);
const lex_histogram_t *committer_durations(const committer_t *self);

#endif
