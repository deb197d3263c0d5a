/* Frames from a gateway. It is ours, but checked all the same: a fault over there must not become
 * one here. */

#include <errno.h>

#include "common/log.h"
#include "common/packet.h"
#include "common/worker_private.h"

/* Parts of a REQUEST that we look at: header, command, address, empty, body. */
#define S_PARTS 5

#define S_LOG_INTERVAL_MS 5000

unsigned lex_receive(void *handle, zmq_msg_t *parts, unsigned max)
{
    unsigned count = 0;
    bool more = true;
    while (more) {
        zmq_msg_t rest;
        // cppcheck-suppress uninitvar ; zmq_msg_init below is what initialises it
        zmq_msg_t *part = count < max ? &parts[count] : &rest;
        zmq_msg_init(part);
        int rc;
        do {
            rc = zmq_msg_recv(part, handle, ZMQ_DONTWAIT);
        } while (rc < 0 && errno == EINTR);
        if (rc < 0) {
            /* Only the first part can be missing: messages arrive whole. */
            zmq_msg_close(part);
            lex_close_parts(parts, count, max);
            return 0;
        }
        more = zmq_msg_more(part);
        if (part == &rest) {
            zmq_msg_close(part);
        }
        count++;
    }
    return count;
}

void lex_close_parts(zmq_msg_t *parts, unsigned count, unsigned max)
{
    for (unsigned i = 0; i < count && i < max; i++) {
        zmq_msg_close(&parts[i]);
    }
}

bool lex_mdp_command(zmq_msg_t *parts, unsigned count, const char *header, uint8_t *command)
{
    if (count < 2 || zmq_msg_size(&parts[0]) != MDP_HEADER_SIZE ||
        memcmp(zmq_msg_data(&parts[0]), header, MDP_HEADER_SIZE) != 0 ||
        zmq_msg_size(&parts[1]) != 1) {
        return false;
    }
    *command = *(unsigned char *)zmq_msg_data(&parts[1]);
    return true;
}

void lex_worker_bad_frame(lex_worker_t *self, const lex_gateway_t *gateway, const char *what)
{
    self->watch.bad_frames++;
    if (lex_log_due(&self->logged_bad_frame, S_LOG_INTERVAL_MS)) {
        lex_warning("worker: %s from %s, %llu bad frames so far", what, gateway->endpoint,
                    (unsigned long long)self->watch.bad_frames);
    }
}

/* ---- commands ---- */

/* Returns the number of requests. */
static unsigned s_request(lex_session_t *self, zmq_msg_t *parts, unsigned count)
{
    size_t address_size = count >= S_PARTS ? zmq_msg_size(&parts[2]) : 0;
    if (address_size == 0 || address_size > 255 || zmq_msg_size(&parts[3]) != 0 ||
        count > S_PARTS - 1 + MDP_BODY_FRAMES_MAX) {
        lex_worker_bad_frame(self->worker, self->gateway, "malformed REQUEST");
        return 0;
    }
    lex_request_accept(self, &parts[4], 0, zmq_msg_size(&parts[4]), zmq_msg_data(&parts[2]),
                       (uint8_t)address_size, count - (S_PARTS - 1));
    return 1;
}

static bool s_is_whole(const void *data, size_t size)
{
    lex_packet_record_t record;
    size_t offset = 0;
    int rc;
    while ((rc = lex_packet_next(data, size, &offset, &record)) == 1) {
        if (record.kind != MDPW_REQUEST) {
            return false;
        }
    }
    return rc == 0 && size > 0;
}

/* A broken BATCH says that we no longer understand one another: the session begins anew, and what
 * was in it goes to another worker. */
static unsigned s_batch(lex_session_t *self, zmq_msg_t *frame)
{
    const unsigned char *data = zmq_msg_data(frame);
    size_t size = zmq_msg_size(frame);
    if (!s_is_whole(data, size)) {
        lex_worker_bad_frame(self->worker, self->gateway, "broken BATCH");
        lex_session_command(self, MDPW_DISCONNECT);
        lex_session_restart(self, LEX_LINGER_MS);
        return 0;
    }
    unsigned requests = 0;
    size_t offset = 0;
    lex_packet_record_t record;
    while (lex_packet_next(data, size, &offset, &record) == 1) {
        lex_request_accept(self, frame, (size_t)(record.body - data), record.body_size,
                           record.address, record.address_size, 1);
        requests++;
    }
    return requests;
}

static void s_disconnect(lex_session_t *self)
{
    if (self->state == LEX_SESSION_DRAINING) {
        lex_debug("worker: left %s at %s", self->service->name, self->gateway->endpoint);
    } else {
        lex_warning("worker: %s ended our session for %s, starting another",
                    self->gateway->endpoint, self->service->name);
    }
    lex_session_restart(self, 0);
}

/* Returns the number of requests in the message. */
static unsigned s_dispatch(lex_session_t *self, zmq_msg_t *parts, unsigned count)
{
    uint8_t command;
    if (!lex_mdp_command(parts, count, MDP_WORKER, &command)) {
        lex_worker_bad_frame(self->worker, self->gateway, "a frame that is no MDP");
        return 0;
    }
    lex_session_heard(self, command != MDPW_DISCONNECT);
    if (command == MDPW_HEARTBEAT && count == 2) {
        return 0;
    }
    if (command == MDPW_REQUEST) {
        return s_request(self, parts, count);
    }
    if (command == MDPW_BATCH && count == 3) {
        return s_batch(self, &parts[2]);
    }
    if (command == MDPW_DISCONNECT && count == 2) {
        s_disconnect(self);
    } else {
        lex_worker_bad_frame(self->worker, self->gateway, "an unexpected command");
    }
    return 0;
}

void lex_session_input(lex_session_t *self)
{
    unsigned messages = 0, requests = 0;
    while (self->handle && messages < LEX_ROUND_MESSAGES && requests < LEX_ROUND_REQUESTS) {
        zmq_msg_t parts[S_PARTS];
        unsigned count = lex_receive(self->handle, parts, S_PARTS);
        if (count == 0) {
            break;
        }
        requests += s_dispatch(self, parts, count);
        lex_close_parts(parts, count, S_PARTS);
        messages++;
    }
}
