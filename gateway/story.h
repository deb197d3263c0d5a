/* What the log tells of requests (docs/metrics.md, "The story of a request"): of those that are
 * followed each step, of the others only that they failed or were slow. The id is read from the body
 * only for that. */

#ifndef GATEWAY_STORY_H
#define GATEWAY_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/frames.h"
#include "gateway/request.h"

typedef struct gateway gateway_t;

/* Lines about requests that failed or were slow: so many a second, the rest is counted. */
#define STORY_LINES_MAX 20

typedef struct {
    int64_t since;     /* monotonic ms: begin of the second */
    unsigned lines;    /* told in it */
    uint64_t left_out; /* not told yet */
} story_t;

/* Steps of a request, in this order; nothing unless it is followed. The first is called only where
 * any may be: it finds out whether this one is. */
void story_received(gateway_t *self, request_t *request);
void story_queued(gateway_t *self, const request_t *request);
void story_tell_given(gateway_t *self, const request_t *request);
static inline void story_given(gateway_t *self, const request_t *request)
{
    if (request->is_followed)
        story_tell_given(self, request);
}
void story_returned(gateway_t *self, const request_t *request);
/* A worker's FINAL, told also when it took long. */
void story_answered(gateway_t *self, const request_t *request, bool is_sent);

/* The gateway itself answered an open request by an error; or one that it never opened, whose body
 * is part 4 of the message in hand. */
void story_failed(gateway_t *self, const request_t *request, const char *code, const char *why);
void story_refused(gateway_t *self, frames_t *frames, const char *code, const char *why);

/* Once a second or so: says how many were left out. */
void story_tick(gateway_t *self);

#endif
