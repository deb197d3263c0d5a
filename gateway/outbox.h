/* A worker's outbox: what a round gathered for it, and the packing of that into as few messages as
 * its READY allows. */

#ifndef GATEWAY_OUTBOX_H
#define GATEWAY_OUTBOX_H

#include "gateway/peer.h"
#include "gateway/request.h"

/* A body larger than this goes as a frame of its own: copying it into a BATCH would cost more than
 * the frame. */
#define OUTBOX_PACK_MAX 16384

/* How many requests from the head of the outbox go into the next message, at least 1; 0 when it is
 * empty. *packed_bytes is the size of the packed frame, or 0 for a plain REQUEST. */
unsigned outbox_next(const peer_t *worker, size_t *packed_bytes);

/* Sends the whole outbox; what was sent moves to at_work. 0, or -1 when the worker cannot be
 * reached: the rest stays. */
int outbox_flush(peer_t *worker, void *socket);

#endif
