#include "gateway/worker.h"

#include <string.h>

#include "common/log.h"
#include "common/packet.h"
#include "gateway/dispatch.h"
#include "gateway/ready.h"
#include "gateway/reply.h"

/* Parts: 0 routing id, 1 header, 2 command, and by command 3 service [4 options], 3 address 4 empty
 * 5… body, or 3 packed. */
enum { PART_COMMAND = 2, PART_ADDRESS = 3, PART_PACKED = 3, PART_EMPTY = 4, PART_BODY = 5 };

/* The number of parts that a command may have, routing id included. */
static bool s_is_well_formed(frames_t *frames, int command)
{
    static const struct {
        unsigned min, max;
    } parts[] = {
        [MDPW_READY] = {4, 5},
        [MDPW_PARTIAL] = {PART_BODY + 1, PART_BODY + MDP_BODY_FRAMES_MAX},
        [MDPW_FINAL] = {PART_BODY + 1, PART_BODY + MDP_BODY_FRAMES_MAX},
        [MDPW_HEARTBEAT] = {3, 3},
        [MDPW_DISCONNECT] = {3, 3},
        [MDPW_BATCH] = {4, 4},
        [MDPW_DRAIN] = {3, 3},
    };
    if (command < 0 || (size_t)command >= sizeof parts / sizeof *parts || frames->overlong ||
        frames->count < parts[command].min || frames->count > parts[command].max)
        return false;
    bool is_reply = command == MDPW_PARTIAL || command == MDPW_FINAL;
    return !is_reply || frames_size(frames, PART_EMPTY) == 0;
}

/* The open request that a reply of this worker is for; NULL when it is for none, which is counted.
 */
static request_t *s_find(gateway_t *self, const peer_t *worker, const void *address, size_t size,
                         bool is_final)
{
    request_t *request = requests_find(self->requests, address, size);
    if (request && request->worker == worker && request->state == REQUEST_SENT)
        return request;
    self->late_replies++;
    if (request && request->worker == worker && request->state == REQUEST_ABANDONED && is_final)
        dispatch_finish(self, request);
    return NULL;
}

/* After a reply was passed on, or was not because its client does not read. */
static void s_passed(gateway_t *self, request_t *request, bool is_final, bool is_sent)
{
    if (!is_final) {
        request->has_partial = true;
        request->is_broken = !is_sent;
        return;
    }
    request->service->count.finals++;
    request->worker->finals++;
    lex_histogram_add_alone(&request->service->latency,
                            (uint64_t)(self->now_us - request->received));
    story_answered(self, request, is_sent);
    dispatch_finish(self, request);
}

/* A client that missed a PARTIAL must not take the FINAL for success. True when the reply was dealt
 * with so. */
static bool s_is_broken(gateway_t *self, request_t *request, bool is_final)
{
    if (!request->is_broken)
        return false;
    if (is_final) {
        request->service->count.unavailable++;
        reply_error(self, request, LEX_UNAVAILABLE, "a part of the reply was lost", 0);
        dispatch_finish(self, request);
    }
    return true;
}

static void s_reply(gateway_t *self, peer_t *worker, frames_t *frames, bool is_final)
{
    unsigned char command = is_final ? MDPC_FINAL : MDPC_PARTIAL;
    request_t *request = s_find(self, worker, frames_data(frames, PART_ADDRESS),
                                frames_size(frames, PART_ADDRESS), is_final);
    if (request && !s_is_broken(self, request, is_final))
        s_passed(self, request, is_final, reply_frames(self, request, command, frames, PART_BODY));
    dispatch_end_drain(self, worker);
}

static void s_record(gateway_t *self, peer_t *worker, const lex_packet_record_t *record)
{
    bool is_final = record->kind == MDPW_FINAL;
    request_t *request = s_find(self, worker, record->address, record->address_size, is_final);
    if (!request || s_is_broken(self, request, is_final))
        return;
    unsigned char command = is_final ? MDPC_FINAL : MDPC_PARTIAL;
    s_passed(self, request, is_final,
             reply_bytes(self, request, command, record->body, record->body_size));
}

/* All records are whole, are replies, and are not too many. */
static bool s_is_good_batch(const void *data, size_t size)
{
    lex_packet_record_t record;
    size_t offset = 0;
    unsigned count = 0;
    int rc;
    while ((rc = lex_packet_next(data, size, &offset, &record)) == 1)
        if (record.kind == MDPW_REQUEST || ++count > MDP_BATCH_MAX)
            return false;
    return rc == 0 && count > 0;
}

static void s_batch(gateway_t *self, peer_t *worker, frames_t *frames)
{
    const void *data = frames_data(frames, PART_PACKED);
    size_t size = frames_size(frames, PART_PACKED);
    if (!worker->is_extended || !s_is_good_batch(data, size)) {
        self->bad_frames++;
        dispatch_disconnect(self, worker, "it sent a BATCH it must not send");
        return;
    }
    lex_packet_record_t record;
    size_t offset = 0;
    while (lex_packet_next(data, size, &offset, &record) == 1)
        s_record(self, worker, &record);
    dispatch_end_drain(self, worker);
}

static void s_drain(gateway_t *self, peer_t *worker)
{
    if (!worker->is_extended) {
        dispatch_disconnect(self, worker, "it sent DRAIN without READY options");
        return;
    }
    if (!worker->is_draining) {
        service_remove_worker(worker->service, worker);
        worker->is_draining = true;
        lex_info("worker of %s drains: %s, %u open requests", worker->service->name, worker->name,
                 worker->open);
    }
    dispatch_end_drain(self, worker);
}

/* A routing id that a peer chose itself may come back on another connection, with another key.
 * libzmq's own begin with 0. */
static bool s_is_same_peer(const gateway_t *self, peer_t *worker, frames_t *frames)
{
    const unsigned char *id = zmq_msg_data(&worker->routing_id);
    if (!self->certificates || id[0] == 0)
        return true;
    const char *key = frames_user(frames);
    return key && strcmp(key, worker->key) == 0;
}

/* The session may be gone afterwards. */
static void s_command(gateway_t *self, peer_t *worker, frames_t *frames, int command)
{
    worker->seen = self->now;
    switch (command) {
    case MDPW_READY:
        dispatch_disconnect(self, worker, "it sent READY a second time");
        return;
    case MDPW_DISCONNECT:
        worker->is_leaving = true;
        dispatch_lose(self, worker, "it said so");
        return;
    case MDPW_PARTIAL:
    case MDPW_FINAL:
        s_reply(self, worker, frames, command == MDPW_FINAL);
        break;
    case MDPW_BATCH:
        s_batch(self, worker, frames);
        break;
    case MDPW_DRAIN:
        s_drain(self, worker);
        break;
    default: /* HEARTBEAT: being heard is all */
        break;
    }
}

void worker_message(gateway_t *self, frames_t *frames)
{
    int command = frames->count > PART_COMMAND ? frames_byte(frames, PART_COMMAND) : -1;
    if (!s_is_well_formed(frames, command)) {
        self->bad_frames++;
        return;
    }
    peer_t *worker = peers_find(&self->peers, &frames->part[0]);
    if (worker && !s_is_same_peer(self, worker, frames)) {
        dispatch_lose(self, worker, "another peer has its routing id");
        worker = NULL;
    }
    if (worker) {
        s_command(self, worker, frames, command);
        return;
    }
    if (command == MDPW_READY)
        ready_message(self, frames);
    else
        reply_worker(self, &frames->part[0], MDPW_DISCONNECT);
}

void worker_recheck(gateway_t *self)
{
    for (list_t *node = self->peers.all.next, *next; node != &self->peers.all; node = next) {
        next = node->next;
        peer_t *worker = list_item(node, peer_t, all);
        if (!certificates_allow(self->certificates, worker->key, CERTIFICATE_SERVICES,
                                worker->service->name, worker->service->size))
            dispatch_disconnect(self, worker, "its certificate was withdrawn");
    }
}
