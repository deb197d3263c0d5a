/* Latencies in bounded memory: buckets whose width grows with the value (as HdrHistogram has them), 64 to a power of
 * two, so that a percentile is off by less than 1 %. */

#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS   64   /* buckets in a power of two */
#define HISTOGRAM_BUCKETS 2304 /* reaches past a quarter of an hour, in nanoseconds */

typedef struct {
    uint64_t total;
    uint64_t counts[HISTOGRAM_BUCKETS];
} histogram_t;

/* An empty histogram is all zero. Values beyond the last bucket are counted in it. */
void histogram_add(histogram_t *self, uint64_t nanoseconds);
void histogram_merge(histogram_t *self, const histogram_t *other);

/* The value that `share` (0 to 1) of the values do not exceed; 0 when there are none. */
uint64_t histogram_percentile(const histogram_t *self, double share);

#endif
