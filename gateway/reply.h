/* Messages out: replies to clients on either socket, and commands without a body to workers.
 * A client that is gone or does not read loses its reply, which is counted: it costs itself and
 * nobody else. */

#ifndef GATEWAY_REPLY_H
#define GATEWAY_REPLY_H

#include "gateway/state.h"

/* Passes on a worker's reply; `command` is MDPC_PARTIAL or MDPC_FINAL. The body is parts `first` to
 * the last of the message in hand, moved; or `size` bytes, copied. False when it could not be sent.
 */
bool reply_frames(gateway_t *self, request_t *request, unsigned char command, frames_t *frames,
                  unsigned first);
bool reply_bytes(gateway_t *self, request_t *request, unsigned char command, const void *body,
                 size_t size);

/* Answers an open request by an error of our own; its `id` is taken from its body. The request
 * stays open. */
void reply_error(gateway_t *self, request_t *request, lex_code_t code, const char *message,
                 uint64_t retry_ms);

/* Answers the client request in hand, which was never opened: parts 0 routing id, 3 service, 4
 * body. */
void reply_refuse(gateway_t *self, void *socket, frames_t *frames, lex_code_t code,
                  const char *message, uint64_t retry_ms);
void reply_direct(gateway_t *self, void *socket, frames_t *frames, const void *body, size_t size);

/* HEARTBEAT or DISCONNECT. 0; -1 when the peer is gone (EHOSTUNREACH) or its pipe is full (EAGAIN).
 */
int reply_worker(gateway_t *self, zmq_msg_t *routing_id, unsigned char command);

#endif
