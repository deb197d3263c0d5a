#include "gateway/outbox.h"

#include "common/memory.h"
#include "common/packet.h"

static size_t s_record_size(const request_t *request)
{
    return lex_packet_record_size(MDP_ADDRESS_SIZE, zmq_msg_size(&request->body));
}

static bool s_is_packable(const request_t *request)
{
    return request->frames == 1 && zmq_msg_size(&request->body) <= OUTBOX_PACK_MAX;
}

unsigned outbox_next(const peer_t *worker, size_t *packed_bytes)
{
    *packed_bytes = 0;
    unsigned count = 0;
    for (list_t *node = worker->outbox.next; node != &worker->outbox; node = node->next) {
        request_t *request = list_item(node, request_t, place);
        size_t size = s_record_size(request);
        bool fits = count < worker->batch && s_is_packable(request) &&
                    (count == 0 || *packed_bytes + size < MDP_BATCH_BYTES);
        if (!fits)
            return count ? count : 1;
        *packed_bytes += size;
        count++;
    }
    return count;
}

static request_t *s_first(peer_t *worker)
{
    return list_item(worker->outbox.next, request_t, place);
}

static void s_sent(peer_t *worker, request_t *request)
{
    list_remove(&request->place);
    list_append(&worker->at_work, &request->place);
    request->state = REQUEST_SENT;
}

static int s_start(peer_t *worker, void *socket, unsigned char command)
{
    if (frames_start(socket, &worker->routing_id) == -1)
        return -1;
    frames_put(socket, MDP_WORKER, MDP_HEADER_SIZE, true);
    frames_put(socket, &command, 1, true);
    return 0;
}

/* Bodies are shared, not moved: another worker may need them. */
static int s_send_plain(peer_t *worker, void *socket)
{
    request_t *request = s_first(worker);
    if (s_start(worker, socket, MDPW_REQUEST) == -1)
        return -1;
    unsigned char address[MDP_ADDRESS_SIZE];
    request_address(request, address);
    frames_put(socket, address, sizeof address, true);
    frames_put(socket, NULL, 0, true);
    frames_share(socket, &request->body, request->frames > 1);
    for (unsigned i = 1; i < request->frames; i++)
        frames_share(socket, &request->rest[i - 1], i + 1u < request->frames);
    s_sent(worker, request);
    return 0;
}

static int s_send_batch(peer_t *worker, void *socket, unsigned count, size_t size)
{
    if (s_start(worker, socket, MDPW_BATCH) == -1)
        return -1;
    zmq_msg_t packed;
    lex_allocated(zmq_msg_init_size(&packed, size) == 0 ? &packed : NULL);
    unsigned char *end = zmq_msg_data(&packed);
    while (count--) {
        request_t *request = s_first(worker);
        unsigned char address[MDP_ADDRESS_SIZE];
        request_address(request, address);
        end =
            lex_packet_write(end, MDPW_REQUEST, address, sizeof address,
                             zmq_msg_data(&request->body), (uint32_t)zmq_msg_size(&request->body));
        s_sent(worker, request);
    }
    frames_move(socket, &packed, false);
    return 0;
}

int outbox_flush(peer_t *worker, void *socket)
{
    size_t size;
    unsigned count;
    while ((count = outbox_next(worker, &size)) > 0) {
        int rc = size ? s_send_batch(worker, socket, count, size) : s_send_plain(worker, socket);
        if (rc == -1)
            return -1;
    }
    return 0;
}
