/* Memory that was needed once: given back to the system when it lies idle.
 *
 * A flood, or thousands of connections at once, leave their memory with malloc, which gives back only what lies at the end of a heap, and
 * one small block of libzmq's there is enough to keep all before it. malloc_trim(3) gives back every idle page, but walks all
 * idle blocks under the allocator's lock; so it is done seldom, and ever less often while it yields nothing. */

#ifndef GATEWAY_SPARE_H
#define GATEWAY_SPARE_H

#include <stdint.h>

#define SPARE_MIN                                                                                  \
    (INT64_C(32) << 20) /* bytes above the lowest, after a trim, that make the next worth while */

/* From one trim to the next, when that much has come since, or the one before was worth it; else each doubles it, up to a bound. */
#define SPARE_FIRST_MS 10000
#define SPARE_LAST_MS  (16 * 60 * 1000)

typedef struct {
    int file;         /* /proc/self/statm, -1: not there */
    int64_t lowest;   /* bytes, after a trim or at the start */
    int64_t after;    /* bytes, after the last trim or at the start */
    int64_t pause_ms; /* while nothing has come since */
    int64_t last;     /* trim, or the start, on the clock of `now` */
} spare_t;

void spare_open(spare_t *self, int64_t now);
void spare_close(spare_t *self);

/* Bytes that the process has in memory; 0 when that cannot be told. */
int64_t spare_resident(const spare_t *self);

/* Gives back what lies idle, if it is time and may be much; `resident` is what spare_resident just said. Returns the bytes it
 * yielded, 0 when nothing was done. */
int64_t spare_look(spare_t *self, int64_t now, int64_t resident);

#endif
