#include "common/service_counts.h"

#include <stdlib.h>

#include "common/memory.h"

typedef struct {
    uint64_t codes[LEX_CODE_COUNT];
    lex_histogram_t durations;
} s_op_counts_t;

struct lex_service_counts {
    const char *service;
    const lex_op_t *ops;
    uint64_t open;
    size_t count; /* ops, and behind them one place for requests without one */
    s_op_counts_t by_op[];
};

lex_service_counts_t *lex_service_counts_new(const char *service, const lex_op_t *ops)
{
    size_t count = 0;
    while (ops[count].name)
        count++;
    lex_service_counts_t *self = lex_calloc(1, sizeof *self + (count + 1) * sizeof self->by_op[0]);
    self->service = service;
    self->ops = ops;
    self->count = count;
    for (size_t i = 0; i <= count; i++)
        self->by_op[i].durations.bounds = &lex_bounds_duration;
    return self;
}

void lex_service_counts_destroy(lex_service_counts_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

void lex_service_counts_received(lex_service_counts_t *self)
{
    self->open++;
}

void lex_service_counts_answered(lex_service_counts_t *self, const lex_op_t *op, lex_code_t code,
                                 uint64_t us)
{
    s_op_counts_t *counts = &self->by_op[op ? (size_t)(op - self->ops) : self->count];
    self->open--;
    counts->codes[code]++;
    lex_histogram_add(&counts->durations, us);
}

/* The last place is that of requests without an op. */
static const char *s_op_name(const lex_service_counts_t *self, size_t index)
{
    return index < self->count ? self->ops[index].name : "";
}

void lex_service_counts_put_requests(const lex_service_counts_t *self, lex_metrics_t *page)
{
    for (size_t i = 0; i <= self->count; i++) {
        for (lex_code_t code = LEX_OK; code < LEX_CODE_COUNT; code++) {
            uint64_t count = self->by_op[i].codes[code];
            /* A good answer to each op is there from the start: what begins at 0 has a rate. */
            if (count > 0 || (code == LEX_OK && i < self->count))
                lex_metrics_put(page, count, {"service", self->service}, {"op", s_op_name(self, i)},
                                {"code", lex_code_name(code)});
        }
    }
}

void lex_service_counts_put_durations(const lex_service_counts_t *self, lex_metrics_t *page)
{
    for (size_t i = 0; i <= self->count; i++)
        if (lex_histogram_count(&self->by_op[i].durations) > 0)
            lex_metrics_put_histogram(page, &self->by_op[i].durations, {"service", self->service},
                                      {"op", s_op_name(self, i)});
}

void lex_service_counts_put_open(const lex_service_counts_t *self, lex_metrics_t *page)
{
    lex_metrics_put(page, self->open, {"service", self->service});
}
