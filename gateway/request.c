#include "gateway/request.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

/* The slab grows by chunks that stay where they are, so pointers to requests stay good. */
#define CHUNK_REQUESTS 1024
#define CHUNKS_MAX     (REQUESTS_MAX / CHUNK_REQUESTS)

struct requests {
    request_t *chunks[CHUNKS_MAX];
    unsigned chunk_count;
    list_t free; /* by `place`; last released first, its memory is warm */
};

requests_t *requests_new(void)
{
    requests_t *self = lex_calloc(1, sizeof *self);
    list_init(&self->free);
    return self;
}

void requests_destroy(requests_t **self_p)
{
    requests_t *self = *self_p;
    if (!self)
        return;
    for (unsigned i = 0; i < self->chunk_count; i++) {
        for (unsigned j = 0; j < CHUNK_REQUESTS; j++)
            request_drop_frames(&self->chunks[i][j]);
        free(self->chunks[i]);
    }
    free(self);
    *self_p = NULL;
}

static void s_init(request_t *self)
{
    zmq_msg_init(&self->body);
    list_init(&self->arrival);
    list_init(&self->place);
}

static void s_grow(requests_t *self)
{
    request_t *chunk = lex_calloc(CHUNK_REQUESTS, sizeof *chunk);
    for (unsigned i = 0; i < CHUNK_REQUESTS; i++) {
        s_init(&chunk[i]);
        chunk[i].index = self->chunk_count * CHUNK_REQUESTS + i;
        list_append(&self->free, &chunk[i].place);
    }
    self->chunks[self->chunk_count++] = chunk;
}

bool requests_has_room(const requests_t *self)
{
    return !list_is_empty(&self->free) || self->chunk_count < CHUNKS_MAX;
}

request_t *requests_take(requests_t *self)
{
    if (!requests_has_room(self))
        return NULL;
    if (list_is_empty(&self->free))
        s_grow(self);
    request_t *request = list_item(self->free.next, request_t, place);
    list_remove(&request->place);
    request->state = REQUEST_QUEUED;
    request->service = NULL;
    request->lane = NULL;
    request->worker = NULL;
    request->bytes = 0;
    request->frames = 0;
    request->losses = 0;
    request->from_back = false;
    request->has_partial = false;
    request->is_broken = false;
    request->is_followed = false;
    return request;
}

void requests_release(requests_t *self, request_t *request)
{
    assert(request->state != REQUEST_FREE);
    request_drop_frames(request);
    list_remove(&request->arrival);
    list_remove(&request->place);
    request->state = REQUEST_FREE;
    request->generation++;
    list_prepend(&self->free, &request->place);
}

request_t *requests_find(const requests_t *self, const void *address, size_t size)
{
    uint32_t word[2];
    if (size != sizeof word)
        return NULL;
    memcpy(word, address, sizeof word);
    if (word[0] >= self->chunk_count * CHUNK_REQUESTS)
        return NULL;
    request_t *request = &self->chunks[word[0] / CHUNK_REQUESTS][word[0] % CHUNK_REQUESTS];
    bool is_open = request->state != REQUEST_FREE && request->generation == word[1];
    return is_open ? request : NULL;
}

void request_address(const request_t *self, unsigned char address[MDP_ADDRESS_SIZE])
{
    /* Opaque to everybody else, so the byte order of this machine will do. */
    uint32_t word[2] = {self->index, self->generation};
    _Static_assert(sizeof word == MDP_ADDRESS_SIZE, "index and generation fill the address");
    memcpy(address, word, sizeof word);
}

void request_take_body(request_t *self, frames_t *frames, unsigned first)
{
    assert(first < frames->count && self->frames == 0);
    self->frames = (uint8_t)(frames->count - first);
    zmq_msg_move(&self->body, &frames->part[first]);
    self->bytes = zmq_msg_size(&self->body);
    if (self->frames == 1)
        return;
    self->rest = lex_calloc(self->frames - 1u, sizeof *self->rest);
    for (unsigned i = 0; i < self->frames - 1u; i++) {
        zmq_msg_init(&self->rest[i]);
        zmq_msg_move(&self->rest[i], &frames->part[first + 1 + i]);
        self->bytes += zmq_msg_size(&self->rest[i]);
    }
}

void request_drop_frames(request_t *self)
{
    zmq_msg_close(&self->body);
    zmq_msg_init(&self->body);
    for (unsigned i = 0; self->rest && i < self->frames - 1u; i++)
        zmq_msg_close(&self->rest[i]);
    free(self->rest);
    self->rest = NULL;
    self->frames = 0;
}
