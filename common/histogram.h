/* How often values fell between fixed bounds: the histogram of Prometheus, without its labels and name (common/metrics.h).
 * Values are whole: microseconds, records. Any thread may add while another reads. */

#ifndef LEX_HISTOGRAM_H
#define LEX_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define LEX_HISTOGRAM_MAX 24 /* bounds; beyond the last there is one more place, for the rest */

/* Upper bounds, each counted among its own, and what a value is divided by where it is shown. */
typedef struct {
    double unit;  /* 1e6: microseconds shown as seconds */
    size_t count; /* at most LEX_HISTOGRAM_MAX */
    uint64_t upper[LEX_HISTOGRAM_MAX];
} lex_bounds_t;

extern const lex_bounds_t lex_bounds_duration; /* 10 us to 10 s, in steps of 1, 2.5 and 5 */
extern const lex_bounds_t lex_bounds_size;     /* 1 to 5000, in steps of 1, 2 and 5 */

/* Set to {0} and the bounds; not copied while in use. */
typedef struct {
    const lex_bounds_t *bounds;
    _Atomic uint64_t counts[LEX_HISTOGRAM_MAX + 1];
    _Atomic uint64_t sum;
} lex_histogram_t;

void lex_histogram_add(lex_histogram_t *self, uint64_t value);
/* The same where only one thread ever adds, without what keeps several apart. */
void lex_histogram_add_alone(lex_histogram_t *self, uint64_t value);
/* How many values fell into one place: 0 to bounds->count, the last for the rest. */
uint64_t lex_histogram_bucket(const lex_histogram_t *self, size_t place);
/* How many values, and their sum. */
uint64_t lex_histogram_count(const lex_histogram_t *self);
uint64_t lex_histogram_sum(const lex_histogram_t *self);
/* The value below which the share `q` (0 to 1) of all values lies, by the line through the bucket's bounds; the last bound when it
 * lies beyond. 0 when there are none. */
uint64_t lex_histogram_quantile(const lex_histogram_t *self, double q);

#endif
