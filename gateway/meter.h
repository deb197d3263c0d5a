/* Bytes that the loop took from each connection and gave to it, by the connection's descriptor, which libzmq tells with every
 * message. What the kernel counts for the connection, less this, is what libzmq holds: unread, or unsent. The loop counts, the
 * guard's thread reads (guard.h); the loop itself refuses replies to a connection that has too much unsent. */

#ifndef GATEWAY_METER_H
#define GATEWAY_METER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/frames.h"

/* What encryption adds to a frame: CurveZMQ (RFC 26) MESSAGE: command name, 8 bytes; nonce, 8; authenticator, 16; flags, 1. */
#define METER_CURVE_FRAME_BYTES 33

typedef enum { SIDE_FRONT, SIDE_BACK, SIDES } side_t;

/* Bytes are those on the wire, frame headers and encryption included. They only grow; a connection's begin is the guard's to
 * know. */
typedef struct {
    atomic_uint_fast64_t taken;
    atomic_uint_fast64_t given;
    atomic_uint_fast64_t
        given_base; /* of `given`, what is not this connection's; the guard writes it */
    uint64_t
        unchecked_until; /* the loop's: up to this much of `given` the kernel need not be asked */
} meter_cell_t;

typedef struct {
    meter_cell_t *cells;
    int count;            /* descriptors from 0 on that are metered */
    unsigned frame_bytes; /* what encryption adds to a frame */
    uint64_t unsent_max[SIDES];
    atomic_uint_fast64_t dry[SIDES]; /* times that the loop had read a socket empty */
} meter_t;

void meter_open(meter_t *self, int count, bool is_encrypted, const uint64_t unsent_max[SIDES]);
void meter_close(meter_t *self);

/* Counts the message in hand. Returns its connection's descriptor, -1 when that is not metered. */
int meter_take(meter_t *self, frames_t *frames);
/* The socket had nothing more to read. */
static inline void meter_dry(meter_t *self, side_t side)
{
    atomic_fetch_add_explicit(&self->dry[side], 1, memory_order_release);
}

/* False when more than the side's `unsent_max` waits to be sent to this connection. True for -1. */
bool meter_may_give(meter_t *self, side_t side, int fd);
/* Counts a frame of `size` bytes that was handed to libzmq for it. Nothing for -1. */
void meter_give(meter_t *self, int fd, size_t size);

/* What a frame takes on the wire (ZMTP 3.1 section "Framing": 2 or 9 bytes of header). */
static inline uint64_t meter_wire_bytes(const meter_t *self, size_t size)
{
    uint64_t inner = size + self->frame_bytes;
    return inner + (inner > UINT8_MAX ? 9 : 2);
}

#endif
