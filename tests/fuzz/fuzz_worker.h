/* A gateway in the hands of an input, for one worker of the same process: a ROUTER over inproc, which the worker's session and its
 * calls connect to. What the worker says is checked as it is read. */

#ifndef LEXMQ_TESTS_FUZZ_WORKER_H
#define LEXMQ_TESTS_FUZZ_WORKER_H

#include <czmq.h>

#include "common/mdp.h"
#include "common/packet.h"
#include "tests/fuzz/fuzz.h"

#define WORKER_FRAMES 32

typedef struct {
    zsock_t *router;
    char endpoint[40];
    zframe_t *session, *caller; /* routing ids; NULL until each was heard */
} fuzz_gateway_t;

static inline void fuzz_gateway_open(fuzz_gateway_t *self)
{
    static unsigned runs; /* libzmq lets go of a name some time after its socket was closed */
    *self = (fuzz_gateway_t){.router = zsock_new(ZMQ_ROUTER)};
    snprintf(self->endpoint, sizeof self->endpoint, "inproc://worker-%u", ++runs);
    zsock_set_rcvhwm(self->router, 0);
    FUZZ_CHECK(zmq_bind(zsock_resolve(self->router), self->endpoint) == 0);
}

static inline void fuzz_gateway_close(fuzz_gateway_t *self)
{
    zframe_destroy(&self->session);
    zframe_destroy(&self->caller);
    zsock_destroy(&self->router);
}

/* Frames of an input: their number, then each with its size in two bytes. */
static inline zmsg_t *fuzz_gateway_message(const uint8_t **data, size_t *size)
{
    zmsg_t *message = zmsg_new();
    for (unsigned count = fuzz_byte(data, size) % WORKER_FRAMES; count > 0; count--) {
        size_t frame_size = fuzz_byte(data, size);
        frame_size |= (size_t)fuzz_byte(data, size) << 8;
        const uint8_t *frame = fuzz_take(data, size, frame_size, &frame_size);
        zmsg_addmem(message, frame, frame_size);
    }
    return message;
}

/* Sends to whom the routing id names, when it is known. Takes the message. */
static inline void fuzz_gateway_send(fuzz_gateway_t *self, const zframe_t *id, zmsg_t *message)
{
    zframe_t *copy = id ? zframe_dup((zframe_t *)id) : NULL;
    if (copy && zmsg_size(message) > 0) {
        zmsg_prepend(message, &copy);
        zmsg_send(&message, self->router);
    }
    zframe_destroy(&copy);
    zmsg_destroy(&message);
}

static inline void fuzz_gateway_batch(zframe_t *packed)
{
    lex_packet_record_t record;
    size_t offset = 0;
    int rc;
    while ((rc = lex_packet_next(zframe_data(packed), zframe_size(packed), &offset, &record)) ==
           1) {
        FUZZ_CHECK(record.kind == MDPW_PARTIAL || record.kind == MDPW_FINAL);
    }
    FUZZ_CHECK(rc == 0);
}

/* A message of a session, without routing id and header. */
static inline void fuzz_gateway_command(zmsg_t *message)
{
    zframe_t *frame = zmsg_pop(message);
    size_t left = zmsg_size(message);
    FUZZ_CHECK(frame && zframe_size(frame) == 1);
    switch (*zframe_data(frame)) {
    case MDPW_READY:
        FUZZ_CHECK(left == 2);
        break;
    case MDPW_FINAL:
    case MDPW_PARTIAL:
        FUZZ_CHECK(left == 3);
        break;
    case MDPW_BATCH:
        FUZZ_CHECK(left == 1);
        fuzz_gateway_batch(zmsg_first(message));
        break;
    default:
        FUZZ_CHECK(left == 0);
    }
    zframe_destroy(&frame);
}

static inline void fuzz_gateway_read(fuzz_gateway_t *self)
{
    while (zsock_events(self->router) & ZMQ_POLLIN) {
        zmsg_t *message = zmsg_recv(self->router);
        zframe_t *id = zmsg_pop(message), *header = zmsg_pop(message);
        bool is_session = zframe_streq(header, MDP_WORKER);
        FUZZ_CHECK(is_session || zframe_streq(header, MDP_CLIENT));
        zframe_t **known = is_session ? &self->session : &self->caller;
        zframe_destroy(known);
        *known = id;
        if (is_session)
            fuzz_gateway_command(message);
        zframe_destroy(&header);
        zmsg_destroy(&message);
    }
}

#endif
