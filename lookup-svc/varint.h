/* Numbers in as few bytes as they need: little-endian groups of seven bits, the high bit saying
 * that another follows (LEB128). */

#ifndef VARINT_H
#define VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX 5u /* bytes of a number of 32 bits */

/* Writes a number to `out`, which has room for VARINT_MAX bytes. Returns how many it took. */
static inline size_t varint_put(unsigned char *out, uint32_t number)
{
    size_t size = 0;
    for (; number >= 0x80; number >>= 7)
        out[size++] = (unsigned char)(number | 0x80);
    out[size++] = (unsigned char)number;
    return size;
}

/* Reads a number at *next and goes behind it. False when the bytes end before it does, or when it
 * has more than 32 bits. */
static inline bool varint_get(const unsigned char **next, const unsigned char *end,
                              uint32_t *number)
{
    uint32_t value = 0;
    for (unsigned shift = 0; *next < end && shift < 35; shift += 7) {
        uint32_t byte = *(*next)++;
        if (shift == 28 && byte > 0x0F)
            return false;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80) {
            *number = value;
            return true;
        }
    }
    return false;
}

#endif
