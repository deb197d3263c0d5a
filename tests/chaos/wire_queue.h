/* Packets under way: a heap by the time at which each is due, those of one time in the order in which they came. */

#ifndef WIRE_QUEUE_H
#define WIRE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_QUEUE_MAX 65536 /* packets, about 100 MB */

typedef struct {
    uint64_t due;      /* microseconds, monotonic */
    uint64_t sequence; /* of arrival */
    int to;            /* node */
    size_t size;
    uint8_t data[];
} wire_packet_t;

typedef struct wire_queue wire_queue_t;

/* NULL: no memory. */
wire_queue_t *wire_queue_new(void);
void wire_queue_destroy(wire_queue_t **self_p);

/* Copies the packet. -1 when the queue is full or there is no memory. */
int wire_queue_push(wire_queue_t *self, uint64_t due, int to, const void *data, size_t size);

/* The first packet that is due by `now`, or NULL. Caller owns return value and must free it when done. */
wire_packet_t *wire_queue_pop(wire_queue_t *self, uint64_t now);

/* Microseconds until the first is due, 0 when it is overdue, -1 when there is none. */
int64_t wire_queue_wait(const wire_queue_t *self, uint64_t now);

#endif
