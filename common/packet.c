/* The packed frame of a BATCH. */

#include "common/packet.h"

#include <assert.h>
#include <string.h>

#include "common/mdp.h"

/* Kind, address size, body size. */
#define S_HEADER_SIZE 6

size_t lex_packet_record_size(size_t address_size, size_t body_size)
{
    return S_HEADER_SIZE + address_size + body_size;
}

unsigned char *lex_packet_write(unsigned char *out, uint8_t kind, const void *address,
                                uint8_t address_size, const void *body, uint32_t body_size)
{
    assert(kind >= MDPW_REQUEST && kind <= MDPW_FINAL);
    assert(address_size > 0);
    *out++ = kind;
    *out++ = address_size;
    *out++ = (unsigned char)body_size;
    *out++ = (unsigned char)(body_size >> 8);
    *out++ = (unsigned char)(body_size >> 16);
    *out++ = (unsigned char)(body_size >> 24);
    memcpy(out, address, address_size);
    out += address_size;
    if (body_size > 0) {
        memcpy(out, body, body_size);
    }
    return out + body_size;
}

int lex_packet_next(const void *data, size_t size, size_t *offset, lex_packet_record_t *record)
{
    assert(*offset <= size);
    size_t left = size - *offset;
    if (left == 0) {
        return 0;
    }
    if (left < S_HEADER_SIZE) {
        return -1;
    }
    const unsigned char *in = (const unsigned char *)data + *offset;
    uint8_t kind = in[0];
    uint8_t address_size = in[1];
    uint32_t body_size =
        in[2] | (uint32_t)in[3] << 8 | (uint32_t)in[4] << 16 | (uint32_t)in[5] << 24;
    left -= S_HEADER_SIZE;
    if (kind < MDPW_REQUEST || kind > MDPW_FINAL || address_size == 0 || address_size > left ||
        body_size > left - address_size) {
        return -1;
    }
    record->kind = kind;
    record->address_size = address_size;
    record->address = in + S_HEADER_SIZE;
    record->body = record->address + address_size;
    record->body_size = body_size;
    *offset += lex_packet_record_size(address_size, body_size);
    return 1;
}
