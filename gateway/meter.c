#include "gateway/meter.h"

#include <assert.h>
#include <stdlib.h>

#include "common/memory.h"
#include "gateway/wire_count.h"

void meter_open(meter_t *self, int count, bool is_encrypted, const uint64_t unsent_max[SIDES])
{
    *self = (meter_t){.cells = lex_calloc((size_t)count, sizeof *self->cells),
                      .count = count,
                      .frame_bytes = is_encrypted ? METER_CURVE_FRAME_BYTES : 0};
    for (int side = 0; side < SIDES; side++)
        self->unsent_max[side] = unsent_max[side];
}

void meter_close(meter_t *self)
{
    free(self->cells);
    self->cells = NULL;
}

/* Only the loop writes: no read-modify-write is needed. */
static void s_add(atomic_uint_fast64_t *sum, uint64_t bytes)
{
    atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + bytes,
                          memory_order_relaxed);
}

int meter_take(meter_t *self, frames_t *frames)
{
    /* The first part is the routing id, which ROUTER adds: it is not from the wire, and does not always know. */
    int fd = zmq_msg_get(&frames->part[frames->count - 1], ZMQ_SRCFD);
    if (fd < 0 || fd >= self->count)
        return -1;
    uint64_t bytes = frames->dropped_bytes;
    for (unsigned i = 1; i < frames->count; i++)
        bytes += meter_wire_bytes(self, frames_size(frames, i));
    s_add(&self->cells[fd].taken, bytes);
    return fd;
}

void meter_give(meter_t *self, int fd, size_t size)
{
    if (fd >= 0)
        s_add(&self->cells[fd].given, meter_wire_bytes(self, size));
}

bool meter_may_give(meter_t *self, side_t side, int fd)
{
    if (fd < 0)
        return true;
    assert(fd < self->count);
    meter_cell_t *cell = &self->cells[fd];
    uint64_t given = atomic_load_explicit(&cell->given, memory_order_relaxed);
    if (given < cell->unchecked_until)
        return true;
    wire_count_t count;
    int64_t unsent = 0;
    if (wire_count(fd, &count))
        unsent = (int64_t)(given - atomic_load_explicit(&cell->given_base, memory_order_relaxed) -
                           count.acked);
    int64_t room = (int64_t)self->unsent_max[side] - (unsent > 0 ? unsent : 0);
    if (room < 0)
        return false;
    /* Half of the room, so that a descriptor that another connection has by then is asked about in time. */
    cell->unchecked_until = given + (uint64_t)room / 2;
    return true;
}
