/* What the kernel has counted for a TCP connection (TCP_INFO, tcp(7)). */

#ifndef GATEWAY_WIRE_COUNT_H
#define GATEWAY_WIRE_COUNT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t received; /* bytes that came, whether or not they were read */
    uint64_t acked;    /* bytes that the other side's kernel has */
    uint64_t sent;     /* bytes that left, repeated ones again */
    bool is_all_acked; /* nothing that was written waits in this kernel */
} wire_count_t;

/* About half a microsecond. False when this is no TCP connection (any more). */
bool wire_count(int fd, wire_count_t *count);

/* Bytes that wait in the kernel to be read; 0 when that cannot be told. */
uint64_t wire_unread(int fd);

#endif
