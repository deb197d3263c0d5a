/* The head of a gzip file (RFC 1952) and the random-access field that dictzip puts into it. */

#ifndef DICT_DICTZIP_HEADER_H
#define DICT_DICTZIP_HEADER_H

#include <stddef.h>
#include <stdint.h>

/* A head beyond this is refused: 12 fixed bytes, an extra field of at most 65,535, a name and a
 * comment. */
#define DICTZIP_HEADER_MAX ((size_t)256 << 10)

typedef struct {
    uint32_t chunk_size; /* bytes that a chunk unpacks to; the last may be shorter. 0: no RA field,
                            plain gzip */
    uint32_t chunks;     /* at least 1 */
    const unsigned char
        *packed;       /* packed sizes, little-endian u16, one a chunk; points into the data */
    size_t data_start; /* of the first chunk */
} dictzip_header_t;

/* `data`: the file's first bytes, all of them or DICTZIP_HEADER_MAX. NULL, or what is wrong with
 * them. */
const char *dictzip_header_parse(const unsigned char *data, size_t size, dictzip_header_t *out);

/* Packed size of a chunk. */
uint32_t dictzip_header_packed(const dictzip_header_t *self, uint32_t chunk);

#endif
