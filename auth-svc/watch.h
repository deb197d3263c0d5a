/* What the auth worker says of itself: its metrics (docs/metrics.md), and that it cannot serve without its database. */

#ifndef AUTH_WATCH_H
#define AUTH_WATCH_H

#include "auth-svc/housekeeper.h"
#include "auth-svc/passwords.h"
#include "common/monitor.h"

/* Nothing is owned. */
typedef struct {
    const passwords_t *passwords;
    const housekeeper_t *housekeeper;
} watch_t;

/* An inspector (lex_worker_inspect); `arg` is a watch_t. */
lex_inspect_fn watch_inspect;

#endif
