/* What the outside may ask the gateway over HTTP (common/monitor.h): its metrics (docs/metrics.md)
 * and whether it is ready. Answered by the loop, which looks for a question once a round. */

#ifndef GATEWAY_WATCH_H
#define GATEWAY_WATCH_H

#include "gateway/state.h"

/* Listens where the options say, if they do. False and a logged error when it cannot. */
bool watch_open(gateway_t *self);
void watch_close(gateway_t *self);

/* Answers who asks; `self->wake` may be readable. */
void watch_answer(gateway_t *self);

/* No system call: this is looked at in each round. */
static inline bool watch_is_asked(gateway_t *self)
{
    return atomic_load_explicit(&self->is_asked, memory_order_relaxed);
}

/* What the monitor is told; on the loop's thread. */
void watch_inspect(gateway_t *self, lex_inspection_t *inspection);
/* The page without what every program has. */
void watch_write(gateway_t *self, lex_metrics_t *page);

#endif
