/* When a call must end. The clock is asked now and then, by the work that was done. */

#ifndef MATCH_DEADLINE_H
#define MATCH_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"

/* Work between two looks at the clock; one is some ten nanoseconds, a look at a word. */
#define MATCH_DEADLINE_WORK 2048u

typedef struct {
    int64_t at; /* by lex_monotonic_ms */
    uint32_t work;
    bool passed;
} match_deadline_t;

static inline match_deadline_t match_deadline(unsigned budget_ms)
{
    return (match_deadline_t){.at = lex_monotonic_ms() + budget_ms};
}

/* Counts work. True once the time is over. */
static inline bool match_deadline_tick(match_deadline_t *self, uint32_t work)
{
    self->work += work;
    if (self->work >= MATCH_DEADLINE_WORK) {
        self->work = 0;
        self->passed = self->passed || lex_monotonic_ms() >= self->at;
    }
    return self->passed;
}

#endif
