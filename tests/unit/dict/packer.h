/* Packs data as dictzip does, or as something that only looks like it. */

#ifndef LEXMQ_TESTS_DICT_PACKER_H
#define LEXMQ_TESTS_DICT_PACKER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct {
    uint32_t chunk_size;
    bool other_field_first; /* a subfield of another's in front of RA */
    bool no_random_access;  /* plain gzip head */
    bool name_and_comment;
    bool header_crc;
    bool close_in_last; /* the last chunk ends the deflate stream */
} packer_options_t;

typedef struct {
    unsigned char *data;
    size_t size;
    size_t data_start;
    size_t field; /* of RA's version; chunk size, number of chunks and packed sizes follow */
} packed_t;

static inline void packer_put(packed_t *self, const void *data, size_t size)
{
    memcpy(self->data + self->size, data, size);
    self->size += size;
}

static inline void packer_put_number(packed_t *self, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, number >>= 8)
        self->data[self->size++] = (unsigned char)number;
}

static inline void packer_put_extra(packed_t *self, const packer_options_t *options,
                                    uint32_t chunks)
{
    size_t field = 6 + 2 * (size_t)chunks;
    packer_put_number(self, 4 + field + (options->other_field_first ? 7 : 0), 2);
    if (options->other_field_first)
        packer_put(self, "XY\3\0RA\1", 7);
    packer_put(self, "RA", 2);
    packer_put_number(self, field, 2);
    self->field = self->size;
    packer_put_number(self, 1, 2);
    packer_put_number(self, options->chunk_size, 2);
    packer_put_number(self, chunks, 2);
    self->size += 2 * (size_t)chunks;
}

static inline void packer_put_head(packed_t *self, const packer_options_t *options, uint32_t chunks)
{
    unsigned char flags =
        (unsigned char)((options->no_random_access ? 0 : 4) |
                        (options->name_and_comment ? 0x18 : 0) | (options->header_crc ? 2 : 0));
    packer_put(self, "\x1f\x8b\x08", 3);
    packer_put_number(self, flags, 1);
    packer_put(self, "\0\0\0\0\2\3", 6);
    if (!options->no_random_access)
        packer_put_extra(self, options, chunks);
    if (options->name_and_comment)
        packer_put(self, "name\0a comment", 15);
    if (options->header_crc)
        packer_put_number(self, crc32(0, self->data, (uInt)self->size), 2);
    self->data_start = self->size;
}

/* Caller owns packed.data and must free it when done. */
static inline packed_t packer_pack(const void *data, size_t size, const packer_options_t *options)
{
    uint32_t chunks = (uint32_t)((size + options->chunk_size - 1) / options->chunk_size);
    packed_t self = {.data = calloc(1, 2 * size + 16 * (size_t)chunks + 4096)};
    packer_put_head(&self, options, chunks);
    z_stream stream = {0};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    for (uint32_t i = 0; i < chunks; i++) {
        size_t start = (size_t)i * options->chunk_size;
        size_t part = size - start < options->chunk_size ? size - start : options->chunk_size;
        bool close = options->close_in_last && i + 1 == chunks;
        stream.next_in = (unsigned char *)data + start;
        stream.avail_in = (uInt)part;
        stream.next_out = self.data + self.size;
        stream.avail_out = (uInt)(2 * part + 64);
        size_t room = stream.avail_out;
        deflate(&stream, close ? Z_FINISH : Z_FULL_FLUSH);
        size_t packed = room - stream.avail_out;
        self.size += packed;
        if (!options->no_random_access) {
            self.data[self.field + 6 + 2 * i] = (unsigned char)packed;
            self.data[self.field + 7 + 2 * i] = (unsigned char)(packed >> 8);
        }
    }
    if (!options->close_in_last) {
        stream.next_out = self.data + self.size;
        stream.avail_out = 16;
        deflate(&stream, Z_FINISH);
        self.size += 16 - stream.avail_out;
    }
    deflateEnd(&stream);
    packer_put_number(&self, crc32(0, data, (uInt)size), 4);
    packer_put_number(&self, size, 4);
    return self;
}

#endif
