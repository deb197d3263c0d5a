/* Requests in: MDP/Client messages, from the front and from workers that call other services on the
 * back. */

#ifndef GATEWAY_CLIENT_H
#define GATEWAY_CLIENT_H

#include "gateway/state.h"

/* The message in hand, received on the front or the back, whatever it is. */
void client_message(gateway_t *self, frames_t *frames, bool from_back);

#endif
