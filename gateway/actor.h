/* Actors of czmq that no signal disturbs.
 *
 * zactor_new and zactor_destroy wait for the actor's thread, but a signal ends their wait early (EINTR): the caller would then free
 * what the thread still uses. So every signal is blocked while they wait, and in the thread for good, which gets the mask of the
 * thread that starts it; there too czmq takes an interrupted wait for an order to end. */

#ifndef GATEWAY_ACTOR_H
#define GATEWAY_ACTOR_H

#include <czmq.h>

/* As zactor_new: returns when `function` has signalled its pipe. */
zactor_t *actor_new(zactor_fn *function, void *argument);
/* As zactor_destroy: returns when the thread's function has returned. NULL in *self_p is allowed; sets it to NULL. */
void actor_destroy(zactor_t **self_p);

#endif
