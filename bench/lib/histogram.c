#include "bench/lib/histogram.h"

#define STEP_BITS 6

static unsigned s_bucket(uint64_t value)
{
    if (value < HISTOGRAM_STEPS)
        return (unsigned)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - STEP_BITS;
    uint64_t bucket = (uint64_t)shift * HISTOGRAM_STEPS + (value >> shift);
    return bucket < HISTOGRAM_BUCKETS ? (unsigned)bucket : HISTOGRAM_BUCKETS - 1;
}

/* The middle of a bucket. */
static uint64_t s_value(unsigned bucket)
{
    if (bucket < 2 * HISTOGRAM_STEPS)
        return bucket;
    unsigned shift = bucket / HISTOGRAM_STEPS - 1;
    uint64_t low = (uint64_t)(bucket - shift * HISTOGRAM_STEPS) << shift;
    return low + ((uint64_t)1 << shift) / 2;
}

void histogram_add(histogram_t *self, uint64_t nanoseconds)
{
    self->counts[s_bucket(nanoseconds)]++;
    self->total++;
}

void histogram_merge(histogram_t *self, const histogram_t *other)
{
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        self->counts[i] += other->counts[i];
    self->total += other->total;
}

uint64_t histogram_percentile(const histogram_t *self, double share)
{
    double wanted = share * (double)self->total;
    uint64_t seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += self->counts[i];
        if (self->counts[i] && (double)seen >= wanted)
            return s_value(i);
    }
    return 0;
}
