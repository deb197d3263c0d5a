/* The management interface, RFC 8: services whose names begin with `mmi.` are answered by the
 * gateway itself. */

#ifndef GATEWAY_MMI_H
#define GATEWAY_MMI_H

#include "gateway/state.h"

bool mmi_is_name(const void *name, size_t size);

/* Answers the client request in hand, whose service is one of these. */
void mmi_answer(gateway_t *self, void *socket, frames_t *frames);

#endif
