/* The lookup worker's side of durable history (docs/protocol.md sections 6 and 7).
 *
 * A reply whose words are to be recorded is held here until history has committed them. What the
 * look-ups of a round left behind goes out as one history.record call; while calls are under way
 * the next one gathers.
 *
 *   submit --> waiting --> call in flight --acknowledged--> recorded:true, reply sent
 *                 |              |
 *                 +--------------+--failed, or wait_ms since submit--> journal, synced -->
 * recorded:false, reply sent
 *
 * Once a call has failed, history counts as away: records go straight to the journal, and delivery
 * from the journal is tried at growing intervals (1 s to 10 s). The first delivery that succeeds
 * ends that, and the rest of the journal follows. A call that timed out may have been committed all
 * the same; delivering its records again changes nothing. */

#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/worker.h"

#define RECORDER_WAIT_MS       250
#define RECORDER_JOURNAL_BYTES (64u << 20)
#define RECORDER_WORDS_MAX     2000 /* words in one history.record call, protocol section 7 */
#define RECORDER_RECORDS_MAX                                                                       \
    1000 /* records in one call: a call stays below 256 KiB for the usual words */

typedef struct recorder recorder_t;

typedef struct {
    unsigned wait_ms;        /* longest that a reply is held for history; 0: RECORDER_WAIT_MS */
    const char *journal_dir; /* made when missing; NULL: no journal, what history does not take in
                                time is lost */
    uint64_t journal_bytes;  /* bound of the journal on disk; 0: RECORDER_JOURNAL_BYTES */
} recorder_options_t;

/* A word that was looked up; `word` points into the request's body. */
typedef struct {
    const char *word;
    size_t size; /* 1-255 bytes */
    bool found;
} record_word_t;

/* What became of the records so far. */
typedef struct {
    uint64_t recorded;  /* acknowledged in time: recorded:true */
    uint64_t journaled; /* written to the journal: recorded:false */
    uint64_t delivered; /* delivered from the journal */
    uint64_t refused;   /* refused by history for good, and dropped */
    uint64_t lost;      /* neither acknowledged nor journaled: recorded:false, and a logged error */
} recorder_counts_t;

/* Before lex_worker_run, which it needs for its calls. `worker` must outlive it. Options are
 * copied. Never NULL: a journal folder that cannot be used is logged, and looking up goes on
 * without it. */
recorder_t *recorder_new(lex_worker_t *worker, const recorder_options_t *options);
/* After lex_worker_run has returned. */
void recorder_destroy(recorder_t **self_p);

/* Takes the request and will send its reply. `reply` is the finished good reply in the request's
 * own writer (lex_reply_begin), whose last byte is the msgpack boolean of `recorded`; it is set
 * here. `words` (1-1000) is copied; the text it points at is the request's. The request must have
 * been served under LEX_OP_TOKEN. From any thread. */
void recorder_submit(recorder_t *self, lex_request_t **request_p, lex_writer_t *reply,
                     const record_word_t *words, size_t count);

/* Loop thread, or after lex_worker_run has returned. */
recorder_counts_t recorder_counts(const recorder_t *self);

typedef struct {
    bool away;              /* records go to the journal */
    size_t pending;         /* replies held */
    uint64_t journal_bytes; /* on disk, as of the last append or delivery */
    uint64_t journal_limit; /* 0: there is no journal */
} recorder_state_t;

/* Loop thread. */
recorder_state_t recorder_state(recorder_t *self);

#endif
