#include "common/histogram.h"

const lex_bounds_t lex_bounds_duration = {.unit = 1e6,
                                          .count = 19,
                                          .upper = {10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
                                                    10000, 25000, 50000, 100000, 250000, 500000,
                                                    1000000, 2500000, 5000000, 10000000}};

const lex_bounds_t lex_bounds_size = {
    .unit = 1, .count = 12, .upper = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}};

static size_t s_place(const lex_bounds_t *bounds, uint64_t value)
{
    size_t low = 0;
    size_t high = bounds->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (value <= bounds->upper[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void lex_histogram_add(lex_histogram_t *self, uint64_t value)
{
    size_t place = s_place(self->bounds, value);
    atomic_fetch_add_explicit(&self->counts[place], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&self->sum, value, memory_order_relaxed);
}

static void s_add_alone(_Atomic uint64_t *number, uint64_t value)
{
    uint64_t before = atomic_load_explicit(number, memory_order_relaxed);
    atomic_store_explicit(number, before + value, memory_order_relaxed);
}

void lex_histogram_add_alone(lex_histogram_t *self, uint64_t value)
{
    s_add_alone(&self->counts[s_place(self->bounds, value)], 1);
    s_add_alone(&self->sum, value);
}

uint64_t lex_histogram_bucket(const lex_histogram_t *self, size_t place)
{
    return atomic_load_explicit(&self->counts[place], memory_order_relaxed);
}

uint64_t lex_histogram_count(const lex_histogram_t *self)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= self->bounds->count; i++)
        count += atomic_load_explicit(&self->counts[i], memory_order_relaxed);
    return count;
}

uint64_t lex_histogram_sum(const lex_histogram_t *self)
{
    return atomic_load_explicit(&self->sum, memory_order_relaxed);
}

uint64_t lex_histogram_quantile(const lex_histogram_t *self, double q)
{
    const lex_bounds_t *bounds = self->bounds;
    double wanted = q * (double)lex_histogram_count(self);
    double below = 0;
    for (size_t i = 0; wanted > 0 && i < bounds->count; i++) {
        double here = (double)atomic_load_explicit(&self->counts[i], memory_order_relaxed);
        if (below + here >= wanted && here > 0) {
            uint64_t lower = i > 0 ? bounds->upper[i - 1] : 0;
            double share = (wanted - below) / here;
            return lower + (uint64_t)(share * (double)(bounds->upper[i] - lower));
        }
        below += here;
    }
    return wanted > 0 ? bounds->upper[bounds->count - 1] : 0;
}
