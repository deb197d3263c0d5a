#include "dict/dictzip_header.h"

#include <stdbool.h>
#include <string.h>

#define GZIP_FIXED_SIZE 10
#define GZIP_HEADER_CRC 0x02
#define GZIP_EXTRA      0x04
#define GZIP_NAME       0x08
#define GZIP_COMMENT    0x10
#define GZIP_RESERVED   0xE0
#define SUBFIELD_SIZE   4 /* two bytes of id and the length */
#define RA_FIXED_SIZE   6 /* version, chunk size, number of chunks */
#define RA_VERSION      1

static uint32_t s_u16(const unsigned char *data)
{
    return (uint32_t)data[0] | (uint32_t)data[1] << 8;
}

static const char *s_parse_random_access(const unsigned char *data, size_t size,
                                         dictzip_header_t *out)
{
    if (size < RA_FIXED_SIZE)
        return "its RA field is too short";
    if (s_u16(data) != RA_VERSION)
        return "its RA field has an unknown version";
    out->chunk_size = s_u16(data + 2);
    out->chunks = s_u16(data + 4);
    out->packed = data + RA_FIXED_SIZE;
    if (out->chunk_size == 0 || out->chunks == 0)
        return "its RA field has a chunk size or a number of chunks of 0";
    if (size != RA_FIXED_SIZE + 2 * (size_t)out->chunks)
        return "its RA field does not hold the number of chunks it says";
    return NULL;
}

/* Walks the subfields; RA may be anywhere among them. */
static const char *s_parse_extra(const unsigned char *data, size_t size, dictzip_header_t *out)
{
    for (size_t at = 0; at < size;) {
        if (size - at < SUBFIELD_SIZE)
            return "its extra field is broken";
        size_t length = s_u16(data + at + 2);
        const unsigned char *field = data + at;
        at += SUBFIELD_SIZE;
        if (length > size - at)
            return "its extra field is broken";
        if (memcmp(field, "RA", 2) == 0 && out->chunk_size == 0) {
            const char *fault = s_parse_random_access(field + SUBFIELD_SIZE, length, out);
            if (fault)
                return fault;
        }
        at += length;
    }
    return NULL;
}

/* Moves *at behind a NUL-terminated string. */
static bool s_pass_string(const unsigned char *data, size_t size, size_t *at)
{
    const unsigned char *end = memchr(data + *at, '\0', size - *at);
    if (!end)
        return false;
    *at = (size_t)(end - data) + 1;
    return true;
}

const char *dictzip_header_parse(const unsigned char *data, size_t size, dictzip_header_t *out)
{
    static const char cut[] = "its gzip head is cut off or larger than 256 KiB";
    memset(out, 0, sizeof(*out));
    if (size < GZIP_FIXED_SIZE)
        return cut;
    if (data[0] != 0x1f || data[1] != 0x8b || data[2] != 8)
        return "it is not a gzip file";
    unsigned flags = data[3];
    if (flags & GZIP_RESERVED)
        return "its gzip head has unknown flags";
    size_t at = GZIP_FIXED_SIZE;
    if (flags & GZIP_EXTRA) {
        if (size - at < 2)
            return cut;
        size_t length = s_u16(data + at);
        at += 2;
        if (length > size - at)
            return cut;
        const char *fault = s_parse_extra(data + at, length, out);
        if (fault)
            return fault;
        at += length;
    }
    if ((flags & GZIP_NAME) && !s_pass_string(data, size, &at))
        return cut;
    if ((flags & GZIP_COMMENT) && !s_pass_string(data, size, &at))
        return cut;
    if (flags & GZIP_HEADER_CRC) {
        if (size - at < 2)
            return cut;
        at += 2;
    }
    out->data_start = at;
    return NULL;
}

uint32_t dictzip_header_packed(const dictzip_header_t *self, uint32_t chunk)
{
    return s_u16(self->packed + 2 * (size_t)chunk);
}
