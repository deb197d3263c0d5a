/* What the history worker says of itself: its metrics (docs/metrics.md), and that it takes no records without its database. */

#ifndef WATCH_H
#define WATCH_H

#include "common/monitor.h"
#include "common/revocation.h"
#include "history-svc/committer.h"

/* Nothing is owned. */
typedef struct {
    committer_t *committer;
    const lex_revocation_t *revocation;
} watch_t;

/* An inspector (lex_worker_inspect); `arg` is a watch_t. */
lex_inspect_fn watch_inspect;

#endif
