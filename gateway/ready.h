/* READY: whether a worker may serve what it asks to serve, and on which terms. */

#ifndef GATEWAY_READY_H
#define GATEWAY_READY_H

#include "gateway/state.h"

/* Reads READY options (docs/protocol.md section 2.3). False when a value has a wrong type or range,
 * or the frame is no map. */
typedef struct {
    unsigned credit, batch;
    char name[PEER_NAME_SIZE]; /* "": it does not say */
} ready_options_t;
bool ready_options(lex_body_t *reader, const void *data, size_t size, ready_options_t *options);

/* The READY in hand, of a peer without a session: opens one, or answers DISCONNECT. */
void ready_message(gateway_t *self, frames_t *frames);

#endif
