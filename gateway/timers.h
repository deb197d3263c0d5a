/* What happens because time passed: deadlines, credit of abandoned requests, heartbeats,
 * certificates, the end of a drain. */

#ifndef GATEWAY_TIMERS_H
#define GATEWAY_TIMERS_H

#include "gateway/state.h"

/* Does what is due at self->now, with all outboxes flushed before. */
void timers_run(gateway_t *self);

/* Milliseconds until something is due again, never negative. */
int64_t timers_wait(const gateway_t *self);

#endif
