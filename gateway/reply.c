#include "gateway/reply.h"

/* A client that has too much to read already is one that does not read. `size` is the body's. */
static bool s_start(gateway_t *self, void *socket, zmq_msg_t *client, int connection,
                    unsigned char command, const void *service, size_t service_size, size_t size)
{
    side_t side = socket == self->front ? SIDE_FRONT : SIDE_BACK;
    if (!meter_may_give(self->meter, side, connection) || frames_start(socket, client) == -1) {
        self->unroutable++;
        return false;
    }
    meter_give(self->meter, connection, MDP_HEADER_SIZE + 1 + service_size + size);
    frames_put(socket, MDP_CLIENT, MDP_HEADER_SIZE, true);
    frames_put(socket, &command, 1, true);
    frames_put(socket, service, service_size, true);
    return true;
}

static void *s_socket(gateway_t *self, const request_t *request)
{
    return request->from_back ? self->back : self->front;
}

static bool s_start_reply(gateway_t *self, request_t *request, unsigned char command, size_t size)
{
    return s_start(self, s_socket(self, request), &request->lane->asker->routing_id,
                   request->connection, command, request->service->name, request->service->size,
                   size);
}

static size_t s_size(const frames_t *frames, unsigned first)
{
    size_t size = 0;
    for (unsigned i = first; i < frames->count; i++)
        size += frames_size(frames, i);
    return size;
}

bool reply_frames(gateway_t *self, request_t *request, unsigned char command, frames_t *frames,
                  unsigned first)
{
    if (!s_start_reply(self, request, command, s_size(frames, first)))
        return false;
    void *socket = s_socket(self, request);
    for (unsigned i = first; i < frames->count; i++)
        frames_move(socket, &frames->part[i], i + 1 < frames->count);
    return true;
}

bool reply_bytes(gateway_t *self, request_t *request, unsigned char command, const void *body,
                 size_t size)
{
    if (!s_start_reply(self, request, command, size))
        return false;
    frames_put(s_socket(self, request), body, size, false);
    return true;
}

void reply_error(gateway_t *self, request_t *request, lex_code_t code, const char *message,
                 uint64_t retry_ms)
{
    const unsigned char *id =
        lex_body_peek_id(zmq_msg_data(&request->body), zmq_msg_size(&request->body));
    lex_write_error(&self->writer, id, code, message, retry_ms);
    story_failed(self, request, lex_code_name(code), message);
    reply_bytes(self, request, MDPC_FINAL, self->writer.buffer.data, self->writer.buffer.size);
}

void reply_refuse(gateway_t *self, void *socket, frames_t *frames, lex_code_t code,
                  const char *message, uint64_t retry_ms)
{
    const unsigned char *id = lex_body_peek_id(frames_data(frames, 4), frames_size(frames, 4));
    lex_write_error(&self->writer, id, code, message, retry_ms);
    story_refused(self, frames, lex_code_name(code), message);
    reply_direct(self, socket, frames, self->writer.buffer.data, self->writer.buffer.size);
}

void reply_direct(gateway_t *self, void *socket, frames_t *frames, const void *body, size_t size)
{
    if (s_start(self, socket, &frames->part[0], frames->connection, MDPC_FINAL,
                frames_data(frames, 3), frames_size(frames, 3), size))
        frames_put(socket, body, size, false);
}

int reply_worker(gateway_t *self, zmq_msg_t *routing_id, unsigned char command)
{
    if (frames_start(self->back, routing_id) == -1)
        return -1;
    frames_put(self->back, MDP_WORKER, MDP_HEADER_SIZE, true);
    frames_put(self->back, &command, 1, false);
    return 0;
}
