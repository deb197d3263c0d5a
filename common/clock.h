/* The two clocks. Deadlines and intervals use the monotonic one; only what people read uses UTC. */

#ifndef LEX_CLOCK_H
#define LEX_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds, and microseconds, of the monotonic clock. */
int64_t lex_monotonic_ms(void);
int64_t lex_monotonic_us(void);

/* The moment `ms` from now as pthread_cond_timedwait wants it, for a condition that is set to the monotonic clock. */
struct timespec lex_monotonic_after(int64_t ms);

/* When somebody counts as last heard after we stood still for `gap` ms until `now`: so much later, for it was we who could not hear;
 * but never in the future, where whoever was heard since would land. */
static inline int64_t lex_heard_after_gap(int64_t heard, int64_t gap, int64_t now)
{
    return heard + gap < now ? heard + gap : now;
}

/* Milliseconds since 1970-01-01 UTC. */
int64_t lex_utc_ms(void);

/* ISO 8601 UTC with milliseconds, e.g. 2026-03-01T12:34:56.789Z, into `out` (at least 25 bytes). Returns `out`. */
#define LEX_ISO_TIME_SIZE 32
char *lex_iso_time(int64_t utc_ms, char *out, size_t size);

#endif
