/* What the lookup worker says of itself: its metrics (docs/metrics.md), and that it cannot serve without dictionaries. */

#ifndef WATCH_H
#define WATCH_H

#include "common/monitor.h"
#include "common/revocation.h"
#include "lookup-svc/catalogue.h"
#include "lookup-svc/recorder.h"
#include "lookup-svc/sync.h"

/* Nothing is owned. */
typedef struct {
    catalogue_t *catalogue;
    recorder_t *recorder;
    const sync_t *sync;
    const lex_revocation_t *revocation;
} watch_t;

/* An inspector (lex_worker_inspect); `arg` is a watch_t. */
lex_inspect_fn watch_inspect;

#endif
