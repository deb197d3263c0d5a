/* Worker commands in: MDP/Worker messages on the back (docs/protocol.md sections 2.2 to 2.5). */

#ifndef GATEWAY_WORKER_H
#define GATEWAY_WORKER_H

#include "gateway/state.h"

/* The message in hand, received on the back, with the header of a worker. */
void worker_message(gateway_t *self, frames_t *frames);

/* Ends the sessions whose certificate does not list their service any more. */
void worker_recheck(gateway_t *self);

#endif
