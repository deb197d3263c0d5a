/* The services of lexmq-history on a worker: history, history.record and history.erase (docs/protocol.md section 7).
 *
 *   history.c          setting up, and what all handlers need
 *   history_read.c     recent list search stats export
 *   history_change.c   clear, erase
 *   history_record.c   record */

#ifndef HISTORY_H
#define HISTORY_H

#include "common/db.h"
#include "common/revocation.h"
#include "common/worker.h"

typedef struct history history_t;

typedef struct {
    lex_db_options_t db;
    lex_verifier_t *verifier;           /* not owned; also the worker's */
    const lex_revocation_t *revocation; /* not owned; to be told of */
    unsigned connections; /* for reading and clearing; as many as the worker has threads */
} history_options_t;

/* Never NULL. Serves on `worker`, which must outlive it. */
history_t *history_new(lex_worker_t *worker, const history_options_t *options);
/* After lex_worker_run has returned, before the worker is destroyed. */
void history_destroy(history_t **self_p);

#endif
