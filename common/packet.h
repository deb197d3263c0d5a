/* The packed frame of a BATCH (docs/protocol.md section 2.4): several requests or replies in one frame,
 * because a frame costs more than its bytes, under CURVE most of all. */

#ifndef LEX_PACKET_H
#define LEX_PACKET_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t kind; /* MDPW_REQUEST, MDPW_PARTIAL or MDPW_FINAL */
    uint8_t address_size;
    const unsigned char *address;
    const unsigned char *body;
    uint32_t body_size;
} lex_packet_record_t;

/* Bytes that a record takes in a packed frame. */
size_t lex_packet_record_size(size_t address_size, size_t body_size);

/* Writes a record at `out`, which must have lex_packet_record_size() bytes. Returns the byte after it. */
unsigned char *lex_packet_write(unsigned char *out, uint8_t kind, const void *address,
                                uint8_t address_size, const void *body, uint32_t body_size);

/* Walks a packed frame. *offset starts at 0. Returns 1 and fills `record` (pointers into `data`),
 * 0 at the end, -1 if the rest is broken: an unknown kind, no address, or bytes missing. */
int lex_packet_next(const void *data, size_t size, size_t *offset, lex_packet_record_t *record);

#endif
