/* What leaves through a session: commands at once, replies at the end of the round, packed when we
 * may. */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/packet.h"
#include "common/worker_private.h"

/* A body of at least this size is handed to libzmq as it is, in a message of its own, and not
 * copied into a packed frame. */
#define S_ALONE_BYTES (64 << 10)

/* ---- parts ---- */

int lex_send_part(void *handle, const void *data, size_t size, int flags)
{
    int rc;
    do {
        rc = zmq_send(handle, data, size, flags);
    } while (rc < 0 && errno == EINTR);
    return rc < 0 ? -1 : 0;
}

int lex_send_msg(void *handle, zmq_msg_t *msg, int flags)
{
    int rc;
    do {
        rc = zmq_msg_send(msg, handle, flags);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0) {
        zmq_msg_close(msg);
    }
    return rc < 0 ? -1 : 0;
}

/* Header and command. False when the socket takes nothing now; then nothing was sent. */
static bool s_begin(lex_session_t *self, uint8_t command, int more)
{
    if (lex_send_part(self->handle, MDP_WORKER, MDP_HEADER_SIZE, ZMQ_DONTWAIT | ZMQ_SNDMORE) != 0) {
        return false;
    }
    lex_send_part(self->handle, &command, 1, more);
    self->sent_at = self->worker->now;
    return true;
}

bool lex_session_command(lex_session_t *self, uint8_t command)
{
    return self->handle && s_begin(self, command, 0);
}

/* ---- the queue of a round ---- */

void lex_outgoing_append(lex_outgoing_list_t *list, lex_outgoing_t *item)
{
    item->next = NULL;
    if (list->last) {
        list->last->next = item;
    } else {
        list->first = item;
    }
    list->last = item;
}

static lex_outgoing_t *s_shift(lex_session_t *self)
{
    lex_outgoing_t *item = self->outgoing.first;
    self->outgoing.first = item->next;
    if (!item->next) {
        self->outgoing.last = NULL;
    }
    self->waiting--;
    if (item->request) {
        lex_request_answered(item->request);
    }
    return item;
}

void lex_session_queue(lex_outgoing_t *item)
{
    lex_session_t *self = item->session;
    if (item->epoch != self->epoch) {
        self->worker->watch.dropped_replies++;
        if (item->request) {
            lex_request_answered(item->request);
        }
        lex_debug("worker: dropped a reply for %s at %s: its session is gone", self->service->name,
                  self->gateway->endpoint);
        lex_outgoing_release(item);
        return;
    }
    if (item->kind == MDPW_FINAL) {
        assert(self->open > 0);
        self->open--;
    }
    lex_outgoing_append(&self->outgoing, item);
    self->waiting++;
}

void lex_session_forget_outgoing(lex_session_t *self)
{
    while (self->outgoing.first) {
        self->worker->watch.dropped_replies++;
        lex_outgoing_release(s_shift(self));
    }
}

/* ---- sending ---- */

/* How many replies from the front fit into one frame; *bytes is set to its size. */
static unsigned s_fit(const lex_session_t *self, size_t *bytes)
{
    unsigned count = 0;
    *bytes = 0;
    for (const lex_outgoing_t *item = self->outgoing.first; item; item = item->next) {
        size_t size = lex_packet_record_size(item->address_size, item->size);
        if (count == MDP_BATCH_MAX || *bytes + size >= MDP_BATCH_BYTES ||
            item->size >= S_ALONE_BYTES) {
            break;
        }
        *bytes += size;
        count++;
    }
    return count;
}

static bool s_send_packed(lex_session_t *self, unsigned count, size_t bytes)
{
    if (!s_begin(self, MDPW_BATCH, ZMQ_SNDMORE)) {
        return false;
    }
    zmq_msg_t packed;
    int rc = zmq_msg_init_size(&packed, bytes);
    assert(rc == 0);
    unsigned char *out = zmq_msg_data(&packed);
    for (unsigned i = 0; i < count; i++) {
        lex_outgoing_t *item = s_shift(self);
        out = lex_packet_write(out, item->kind, item->address, item->address_size, item->data,
                               (uint32_t)item->size);
        lex_outgoing_release(item);
    }
    assert(out == (unsigned char *)zmq_msg_data(&packed) + bytes);
    lex_send_msg(self->handle, &packed, 0);
    return true;
}

static void s_free_data(void *data, void *hint)
{
    (void)hint;
    free(data);
}

/* The bytes of a reply as a message: a large one gives its buffer away, a small one is copied. */
static void s_body_msg(lex_outgoing_t *item, zmq_msg_t *body)
{
    int rc;
    if (item->size < S_ALONE_BYTES) {
        rc = zmq_msg_init_size(body, item->size);
        assert(rc == 0);
        memcpy(zmq_msg_data(body), item->data, item->size);
        return;
    }
    char *data = item->data;
    if (item->request) {
        data = msgpack_sbuffer_release(&item->request->writer.buffer);
    }
    item->data = NULL;
    rc = zmq_msg_init_data(body, data, item->size, s_free_data, NULL);
    assert(rc == 0);
}

static bool s_send_alone(lex_session_t *self)
{
    lex_outgoing_t *item = self->outgoing.first;
    if (!s_begin(self, item->kind, ZMQ_SNDMORE)) {
        return false;
    }
    s_shift(self);
    lex_send_part(self->handle, item->address, item->address_size, ZMQ_SNDMORE);
    lex_send_part(self->handle, "", 0, ZMQ_SNDMORE);
    zmq_msg_t body;
    s_body_msg(item, &body);
    lex_send_msg(self->handle, &body, 0);
    lex_outgoing_release(item);
    return true;
}

void lex_session_flush(lex_session_t *self)
{
    bool packs = self->service->batch > 0;
    bool sent = true;
    while (self->outgoing.first && sent) {
        size_t bytes;
        unsigned count = packs ? s_fit(self, &bytes) : 0;
        sent = count > 0 ? s_send_packed(self, count, bytes) : s_send_alone(self);
    }
}
