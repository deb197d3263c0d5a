/* What the files of history.h share among themselves; nobody else includes this. */

#ifndef HISTORY_PRIVATE_H
#define HISTORY_PRIVATE_H

#include "common/pool.h"
#include "history-svc/committer.h"
#include "history-svc/history.h"
#include "history-svc/watch.h"

struct history {
    lex_db_pool_t *pool;
    committer_t *committer;
    lex_verifier_t *verifier;
    watch_t watch;
    lex_pool_t *purge; /* one thread for what the timer asks for */
};

/* Answers what the database did not do. */
void history_fail(lex_request_t **request_p, lex_db_status_t status);

/* An optional whole number between min and max; `out` keeps its value when there is none. False after an error reply. */
bool history_number(lex_request_t **request_p, const char *key, uint64_t min, uint64_t max,
                    uint64_t *out);

lex_handler_fn history_recent, history_list, history_search, history_stats, history_export;
lex_handler_fn history_clear, history_erase, history_record;

#endif
