#include "dict/dictzip_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "common/memory.h"

#define RAW_DEFLATE (-15) /* zlib's window bits for data without a gzip head */
#define COPY_SIZE   ((size_t)64 << 10)
#define FIXED_SIZE  22 /* of the head: gzip's 10, the extra field's size, RA's head and numbers */

struct dictzip_writer {
    FILE *out;
    FILE *scratch;
    z_stream stream;
    uLong crc;
    uint64_t size;
    size_t filled; /* of the chunk that is being gathered */
    unsigned char chunk[DICTZIP_CHUNK_SIZE];
    unsigned char packed[UINT16_MAX];
    uint32_t chunks;
    uint16_t sizes[DICTZIP_CHUNKS_MAX];
};

dictzip_writer_t *dictzip_writer_new(FILE *out, FILE *scratch)
{
    dictzip_writer_t *self = lex_calloc(1, sizeof(*self));
    self->out = out;
    self->scratch = scratch;
    self->crc = crc32(0, NULL, 0);
    if (deflateInit2(&self->stream, Z_BEST_COMPRESSION, Z_DEFLATED, RAW_DEFLATE, 9,
                     Z_DEFAULT_STRATEGY) == Z_OK)
        return self;
    free(self);
    return NULL;
}

void dictzip_writer_destroy(dictzip_writer_t **self_p)
{
    dictzip_writer_t *self = *self_p;
    if (!self)
        return;
    deflateEnd(&self->stream);
    free(self);
    *self_p = NULL;
}

uint64_t dictzip_writer_size(const dictzip_writer_t *self)
{
    return self->size;
}

/* Packs what is gathered to the scratch file; returns how large it came out, -1 with errno. */
static int s_pack(dictzip_writer_t *self, int flush)
{
    self->stream.next_in = self->chunk;
    self->stream.avail_in = (uInt)self->filled;
    self->stream.next_out = self->packed;
    self->stream.avail_out = sizeof(self->packed);
    deflate(&self->stream, flush);
    size_t size = sizeof(self->packed) - self->stream.avail_out;
    if (self->stream.avail_in > 0 || self->stream.avail_out == 0) {
        errno = EOVERFLOW;
        return -1;
    }
    self->filled = 0;
    return fwrite(self->packed, 1, size, self->scratch) == size ? (int)size : -1;
}

static int s_end_chunk(dictzip_writer_t *self)
{
    if (self->chunks == DICTZIP_CHUNKS_MAX) {
        errno = EFBIG;
        return -1;
    }
    int size = s_pack(self, Z_FULL_FLUSH);
    if (size < 0)
        return -1;
    self->sizes[self->chunks++] = (uint16_t)size;
    return 0;
}

int dictzip_writer_add(dictzip_writer_t *self, const void *data, size_t size)
{
    const unsigned char *from = data;
    self->size += size;
    while (size > 0) {
        size_t room = sizeof(self->chunk) - self->filled;
        size_t part = size < room ? size : room;
        memcpy(self->chunk + self->filled, from, part);
        self->crc = crc32(self->crc, from, (uInt)part);
        self->filled += part;
        from += part;
        size -= part;
        if (self->filled == sizeof(self->chunk) && s_end_chunk(self) != 0)
            return -1;
    }
    return 0;
}

static void s_put(unsigned char **at, uint32_t number, size_t bytes)
{
    for (; bytes > 0; bytes--, number >>= 8)
        *(*at)++ = (unsigned char)number;
}

/* No time and no name, so that the same text gives the same bytes. */
static int s_write_head(const dictzip_writer_t *self)
{
    static const unsigned char gzip[] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 2, 3};
    uint32_t field = 6 + 2 * self->chunks;
    unsigned char head[FIXED_SIZE + 2 * DICTZIP_CHUNKS_MAX];
    unsigned char *at = head;
    memcpy(at, gzip, sizeof(gzip));
    at += sizeof(gzip);
    s_put(&at, 4 + field, 2);
    s_put(&at, 'R' | 'A' << 8, 2);
    s_put(&at, field, 2);
    s_put(&at, 1, 2);
    s_put(&at, DICTZIP_CHUNK_SIZE, 2);
    s_put(&at, self->chunks, 2);
    for (uint32_t i = 0; i < self->chunks; i++)
        s_put(&at, self->sizes[i], 2);
    size_t size = (size_t)(at - head);
    return fwrite(head, 1, size, self->out) == size ? 0 : -1;
}

static int s_copy(dictzip_writer_t *self)
{
    if (fflush(self->scratch) != 0 || fseeko(self->scratch, 0, SEEK_SET) != 0)
        return -1;
    char *buffer = lex_malloc(COPY_SIZE);
    size_t got;
    int rc = 0;
    while (rc == 0 && (got = fread(buffer, 1, COPY_SIZE, self->scratch)) > 0)
        rc = fwrite(buffer, 1, got, self->out) == got ? 0 : -1;
    if (ferror(self->scratch))
        rc = -1;
    free(buffer);
    return rc;
}

int dictzip_writer_finish(dictzip_writer_t *self)
{
    /* A file of nothing has one chunk, of nothing: none at all would be a fault. */
    if ((self->filled > 0 || self->chunks == 0) && s_end_chunk(self) != 0)
        return -1;
    if (s_pack(self, Z_FINISH) < 0 || s_write_head(self) != 0 || s_copy(self) != 0)
        return -1;
    unsigned char tail[8];
    unsigned char *at = tail;
    s_put(&at, (uint32_t)self->crc, 4);
    s_put(&at, (uint32_t)self->size, 4);
    return fwrite(tail, 1, sizeof(tail), self->out) == sizeof(tail) ? 0 : -1;
}
