#include "gateway/frames.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "common/memory.h"

static int s_receive(zmq_msg_t *frame, void *socket)
{
    int rc;
    do
        rc = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT);
    while (rc == -1 && errno == EINTR);
    return rc;
}

int frames_receive(frames_t *self, void *socket)
{
    self->count = 0;
    self->overlong = false;
    self->dropped_bytes = 0;
    for (;;) {
        zmq_msg_t *frame = &self->part[self->count];
        zmq_msg_init(frame);
        if (s_receive(frame, socket) == -1) {
            zmq_msg_close(frame);
            /* Messages arrive whole, so only the first frame can be missing. */
            assert(self->count == 0 || errno != EAGAIN);
            frames_close(self);
            return errno == EAGAIN ? 0 : -1;
        }
        bool more = zmq_msg_more(frame);
        if (self->count < FRAMES_MAX - 1 || !more)
            self->count++;
        else {
            /* No place for what follows: this one's place takes the rest, one after another. */
            self->overlong = true;
            self->dropped_bytes += zmq_msg_size(frame);
            zmq_msg_close(frame);
        }
        if (!more)
            return 1;
    }
}

void frames_close(frames_t *self)
{
    for (unsigned i = 0; i < self->count; i++)
        zmq_msg_close(&self->part[i]);
    self->count = 0;
}

bool frames_equal(frames_t *self, unsigned index, const void *data, size_t size)
{
    return frames_size(self, index) == size && memcmp(frames_data(self, index), data, size) == 0;
}

int frames_byte(frames_t *self, unsigned index)
{
    return frames_size(self, index) == 1 ? *(const unsigned char *)frames_data(self, index) : -1;
}

const char *frames_user(frames_t *self)
{
    return zmq_msg_gets(&self->part[self->count - 1], "User-Id");
}

/* A message that lost a frame in the middle would be another message, so an interrupted call is
 * made again. */
static int s_send(zmq_msg_t *frame, void *socket, bool more)
{
    int rc;
    do
        rc = zmq_msg_send(frame, socket, more ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT);
    while (rc == -1 && errno == EINTR);
    return rc;
}

int frames_start(void *socket, zmq_msg_t *routing_id)
{
    zmq_msg_t copy;
    zmq_msg_init(&copy);
    zmq_msg_copy(&copy, routing_id);
    if (s_send(&copy, socket, true) != -1)
        return 0;
    int reason = errno;
    zmq_msg_close(&copy);
    errno = reason;
    return -1;
}

void frames_put(void *socket, const void *data, size_t size, bool more)
{
    zmq_msg_t frame;
    lex_allocated(zmq_msg_init_size(&frame, size) == 0 ? &frame : NULL);
    if (size)
        memcpy(zmq_msg_data(&frame), data, size);
    frames_move(socket, &frame, more);
}

void frames_move(void *socket, zmq_msg_t *frame, bool more)
{
    if (s_send(frame, socket, more) == -1) {
        zmq_msg_close(frame);
        zmq_msg_init(frame);
    }
}

void frames_share(void *socket, zmq_msg_t *frame, bool more)
{
    zmq_msg_t copy;
    zmq_msg_init(&copy);
    zmq_msg_copy(&copy, frame);
    frames_move(socket, &copy, more);
}
