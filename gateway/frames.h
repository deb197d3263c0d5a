/* Messages as arrays of raw frames: receiving one whole with a bound on its frames, sending one
 * frame by frame. A frame is received into place and moved out of it; small frames (at most 33
 * bytes) take no memory of their own. */

#ifndef GATEWAY_FRAMES_H
#define GATEWAY_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <zmq.h>

#include "common/mdp.h"

/* The longest message we take: routing id, header, command, address, empty frame, body. */
#define FRAMES_MAX (5 + MDP_BODY_FRAMES_MAX)

typedef struct {
    zmq_msg_t part[FRAMES_MAX];
    unsigned count;       /* parts that are set */
    bool overlong;        /* there were more; they are gone */
    size_t dropped_bytes; /* of those that are gone */
    int connection;       /* the descriptor it came on, -1 where that is not known (meter.h) */
} frames_t;

/* Receives one message without waiting. 1, 0 when there is none now, -1 when the socket cannot be
 * used any more. After 1, frames_close must be called; parts may have been moved out in the
 * meantime. */
int frames_receive(frames_t *self, void *socket);
void frames_close(frames_t *self);

static inline const void *frames_data(frames_t *self, unsigned index)
{
    return zmq_msg_data(&self->part[index]);
}

static inline size_t frames_size(const frames_t *self, unsigned index)
{
    return zmq_msg_size(&self->part[index]);
}

/* The frame is these `size` bytes. */
bool frames_equal(frames_t *self, unsigned index, const void *data, size_t size);
/* The frame's byte when it has exactly one, else -1. */
int frames_byte(frames_t *self, unsigned index);

/* The user id that the ZAP handler gave the sender, or NULL without CURVE. Lives as long as the message. */
const char *frames_user(frames_t *self);

/* Starts a message to the peer with this routing id, which is copied. 0; -1 with errno EHOSTUNREACH
 * (the peer is gone) or EAGAIN (its pipe is full): then nothing else of the message may be sent. */
int frames_start(void *socket, zmq_msg_t *routing_id);
/* The next frame, copied; `more` is false for the last. Cannot fail once the message is started:
 * libzmq drops what it cannot deliver after that. */
void frames_put(void *socket, const void *data, size_t size, bool more);
/* The same by moving: `frame` is empty afterwards. */
void frames_move(void *socket, zmq_msg_t *frame, bool more);
/* The same by another reference to the frame's bytes: `frame` stays as it is. */
void frames_share(void *socket, zmq_msg_t *frame, bool more);

#endif
