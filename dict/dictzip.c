#include "dict/dictzip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "common/memory.h"
#include "dict/dictzip_header.h"

#define RAW_DEFLATE  (-15) /* zlib's window bits for data without a gzip head */
#define TRAILER_SIZE 8     /* CRC-32 and unpacked size */

typedef struct {
    unsigned char *data; /* NULL: the slot is empty */
    uint32_t chunk;
    uint32_t size;
    uint64_t used; /* tick of the last use */
} s_slot_t;

struct dictzip {
    int fd;
    unsigned char *head; /* what header.packed points into */
    dictzip_header_t header;
    uint64_t *starts; /* of each chunk in the file, and where the last one ends */
    uint64_t size;
    bool closed_early; /* the deflate stream ends inside the last chunk */
    z_stream stream;
    bool stream_ready;
    unsigned char packed[UINT16_MAX];
    s_slot_t slots[DICTZIP_CACHE_CHUNKS];
    uint16_t slot_of[UINT16_MAX]; /* where a chunk may be: slots[].chunk says whether it is */
    uint64_t tick;
};

/* Reads up to `size` bytes; fewer only at the end of the file. -1 with errno. */
static ssize_t s_pread(int fd, void *out, size_t size, uint64_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(fd, (char *)out + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* Unpacks a chunk to `out`, which has room for chunk_size + 1. Returns its size, -1 when it is
 * damaged. */
static int64_t s_unpack(dictzip_t *self, uint32_t chunk, unsigned char *out)
{
    uint32_t packed_size = dictzip_header_packed(&self->header, chunk);
    if (s_pread(self->fd, self->packed, packed_size, self->starts[chunk]) != (ssize_t)packed_size)
        return -1;
    if (inflateReset(&self->stream) != Z_OK)
        return -1;
    self->stream.next_in = self->packed;
    self->stream.avail_in = packed_size;
    self->stream.next_out = out;
    self->stream.avail_out = self->header.chunk_size + 1;
    int rc = inflate(&self->stream, Z_SYNC_FLUSH);
    bool last = chunk + 1 == self->header.chunks;
    uint32_t size = self->header.chunk_size + 1 - self->stream.avail_out;
    if (rc != Z_OK && !(rc == Z_STREAM_END && last))
        return -1;
    if (self->stream.avail_in != 0 || size > self->header.chunk_size)
        return -1;
    if (!last && size != self->header.chunk_size)
        return -1;
    if (last)
        self->closed_early = rc == Z_STREAM_END;
    return size;
}

/* Reads the head and works out where each chunk starts. NULL, or what is wrong. */
static const char *s_read_head(dictzip_t *self)
{
    self->head = lex_malloc(DICTZIP_HEADER_MAX);
    ssize_t got = s_pread(self->fd, self->head, DICTZIP_HEADER_MAX, 0);
    if (got < 0)
        return strerror(errno);
    const char *fault = dictzip_header_parse(self->head, (size_t)got, &self->header);
    if (fault || self->header.chunk_size == 0)
        return fault;
    self->starts = lex_malloc(((size_t)self->header.chunks + 1) * sizeof(*self->starts));
    self->starts[0] = self->header.data_start;
    for (uint32_t i = 0; i < self->header.chunks; i++)
        self->starts[i + 1] = self->starts[i] + dictzip_header_packed(&self->header, i);
    self->stream_ready = inflateInit2(&self->stream, RAW_DEFLATE) == Z_OK;
    return self->stream_ready ? NULL : "zlib cannot be set up";
}

/* Unpacks everything once, for the size and the CRC of the whole. */
static const char *s_unpack_all(dictzip_t *self, uLong *crc)
{
    unsigned char *out = lex_malloc((size_t)self->header.chunk_size + 1);
    const char *fault = NULL;
    *crc = crc32(0, NULL, 0);
    for (uint32_t i = 0; i < self->header.chunks && !fault; i++) {
        int64_t size = s_unpack(self, i, out);
        if (size < 0) {
            fault = "a chunk of it is cut off or damaged";
        } else {
            *crc = crc32(*crc, out, (uInt)size);
            self->size += (uint64_t)size;
        }
    }
    free(out);
    return fault;
}

/* Behind the last chunk come the block that closes the deflate stream, the CRC and the size. */
static const char *s_check_trailer(dictzip_t *self, uLong crc)
{
    static const char cut[] = "its end is cut off or damaged";
    unsigned char tail[64];
    unsigned char extra;
    ssize_t size = s_pread(self->fd, tail, sizeof(tail), self->starts[self->header.chunks]);
    size_t at = 0;
    if (size < 0)
        return strerror(errno);
    if (!self->closed_early) {
        inflateReset(&self->stream);
        self->stream.next_in = tail;
        self->stream.avail_in = (uInt)size;
        self->stream.next_out = &extra;
        self->stream.avail_out = 1;
        if (inflate(&self->stream, Z_SYNC_FLUSH) != Z_STREAM_END || self->stream.avail_out != 1)
            return cut;
        at = (size_t)size - self->stream.avail_in;
    }
    if ((size_t)size - at < TRAILER_SIZE)
        return cut;
    uint32_t stored[2];
    for (int i = 0; i < 2; i++, at += 4)
        stored[i] = (uint32_t)tail[at] | (uint32_t)tail[at + 1] << 8 |
                    (uint32_t)tail[at + 2] << 16 | (uint32_t)tail[at + 3] << 24;
    if (stored[0] != (uint32_t)crc || stored[1] != (uint32_t)self->size)
        return "its checksum does not fit its data";
    return NULL;
}

dictzip_t *dictzip_open(int fd, char **error)
{
    *error = NULL;
    dictzip_t *self = lex_calloc(1, sizeof(*self));
    self->fd = fd;
    uLong crc = 0;
    const char *fault = s_read_head(self);
    bool plain = !fault && self->header.chunk_size == 0;
    if (!fault && !plain)
        fault = s_unpack_all(self, &crc);
    if (!fault && !plain)
        fault = s_check_trailer(self, crc);
    if (fault)
        *error = lex_strdup(fault);
    if (fault || plain)
        dictzip_close(&self);
    return self;
}

void dictzip_close(dictzip_t **self_p)
{
    dictzip_t *self = *self_p;
    if (!self)
        return;
    if (self->stream_ready)
        inflateEnd(&self->stream);
    for (size_t i = 0; i < DICTZIP_CACHE_CHUNKS; i++)
        free(self->slots[i].data);
    free(self->starts);
    free(self->head);
    free(self);
    *self_p = NULL;
}

uint64_t dictzip_size(const dictzip_t *self)
{
    return self->size;
}

static s_slot_t *s_oldest_slot(dictzip_t *self)
{
    s_slot_t *oldest = &self->slots[0];
    for (size_t i = 1; i < DICTZIP_CACHE_CHUNKS; i++) {
        if (self->slots[i].used < oldest->used)
            oldest = &self->slots[i];
    }
    return oldest;
}

/* The slot that holds a chunk, unpacked into the least recently used one if need be. NULL when it is
 * damaged. */
static s_slot_t *s_chunk(dictzip_t *self, uint32_t chunk)
{
    s_slot_t *slot = &self->slots[self->slot_of[chunk]];
    if (slot->used == 0 || slot->chunk != chunk) {
        slot = s_oldest_slot(self);
        if (!slot->data)
            slot->data = lex_malloc((size_t)self->header.chunk_size + 1);
        slot->used = 0;
        int64_t size = s_unpack(self, chunk, slot->data);
        if (size < 0)
            return NULL;
        slot->chunk = chunk;
        slot->size = (uint32_t)size;
        self->slot_of[chunk] = (uint16_t)(slot - self->slots);
    }
    slot->used = ++self->tick;
    return slot;
}

int dictzip_read(dictzip_t *self, uint64_t offset, size_t size, void *out)
{
    if (offset > self->size || size > self->size - offset)
        return -1;
    unsigned char *to = out;
    while (size > 0) {
        s_slot_t *slot = s_chunk(self, (uint32_t)(offset / self->header.chunk_size));
        uint32_t within = (uint32_t)(offset % self->header.chunk_size);
        if (!slot || within >= slot->size)
            return -1;
        size_t part = slot->size - within;
        if (part > size)
            part = size;
        memcpy(to, slot->data + within, part);
        to += part;
        offset += part;
        size -= part;
    }
    return 0;
}
