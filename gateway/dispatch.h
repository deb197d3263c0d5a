/* Requests on their way: accepted, given to workers, sent, finished, given to another worker.
 * dispatch_* only fill outboxes; dispatch_flush, at the end of a round, sends them. So what one
 * round brought for a worker goes in as few BATCH frames as possible, and no session ends in the
 * middle of a message being read. */

#ifndef GATEWAY_DISPATCH_H
#define GATEWAY_DISPATCH_H

#include "gateway/state.h"

/* Gives a service's queued requests to its workers while any has free credit. */
void dispatch_service(gateway_t *self, service_t *service);

/* An accepted request with its frames and service set: to a worker or into the queue. */
void dispatch_request(gateway_t *self, request_t *request);

/* Sends all outboxes. Workers that cannot be reached are lost on the way. */
void dispatch_flush(gateway_t *self);

/* Ends an open or abandoned request whose client has its answer: frees it, and the credit it held.
 */
void dispatch_finish(gateway_t *self, request_t *request);

/* The client has had its answer at the deadline: the request stays with its worker, as long again,
 * only for its credit. */
void dispatch_abandon(gateway_t *self, request_t *request);

/* Ends a session: the worker is forgotten, its open requests go to others or are answered
 * `unavailable`. */
void dispatch_lose(gateway_t *self, peer_t *worker, const char *why);

/* The same after telling the worker by DISCONNECT. */
void dispatch_disconnect(gateway_t *self, peer_t *worker, const char *why);

/* Ends the session of a draining worker once none of its requests is open. True when it did. */
bool dispatch_end_drain(gateway_t *self, peer_t *worker);

#endif
