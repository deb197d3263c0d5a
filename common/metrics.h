/* A page of metrics as Prometheus reads it: text exposition format 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats). Nothing is registered anywhere: whoever has numbers writes them when a
 * page is asked for (common/monitor.h).
 *
 *     lex_metrics_counter(page, "lexmq_requests_total", "Requests answered.");
 *     lex_metrics_put(page, count, {"service", "lookup"}, {"code", "ok"});
 *     lex_metrics_gauge(page, "lexmq_journal_bytes", "Bytes of the journal on disk.");
 *     lex_metrics_put(page, bytes);
 *
 * Names: docs/metrics.md lists every one. A family is begun once in a page and all its samples follow at once. */

#ifndef LEX_METRICS_H
#define LEX_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "common/histogram.h"

typedef struct lex_metrics lex_metrics_t;

typedef struct {
    const char *name;
    const char *value; /* any text; escaped here */
} lex_label_t;

/* An empty page. Never NULL. */
lex_metrics_t *lex_metrics_new(void);
void lex_metrics_destroy(lex_metrics_t **self_p);

/* Begin a family. A counter's name ends in _total; units are the base ones: seconds, bytes. */
void lex_metrics_counter(lex_metrics_t *self, const char *name, const char *help);
void lex_metrics_gauge(lex_metrics_t *self, const char *name, const char *help);
void lex_metrics_histogram(lex_metrics_t *self, const char *name, const char *help);

/* A sample of the family begun last, with its labels as a list of {name, value}. */
#define lex_metrics_put(self, value, ...)                                                          \
    lex_metrics_put_labels((self), (value), (const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__},    \
                           sizeof((const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__}) /            \
                               sizeof(lex_label_t))
#define lex_metrics_put_real(self, value, ...)                                                     \
    lex_metrics_put_real_labels(                                                                   \
        (self), (value), (const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__},                       \
        sizeof((const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__}) / sizeof(lex_label_t))
#define lex_metrics_put_histogram(self, histogram, ...)                                            \
    lex_metrics_put_histogram_labels(                                                              \
        (self), (histogram), (const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__},                   \
        sizeof((const lex_label_t[]){{NULL, NULL}, ##__VA_ARGS__}) / sizeof(lex_label_t))

/* What the macros call: labels without a name are passed over. */
void lex_metrics_put_labels(lex_metrics_t *self, uint64_t value, const lex_label_t *labels,
                            size_t count);
void lex_metrics_put_real_labels(lex_metrics_t *self, double value, const lex_label_t *labels,
                                 size_t count);
void lex_metrics_put_histogram_labels(lex_metrics_t *self, const lex_histogram_t *histogram,
                                      const lex_label_t *labels, size_t count);

/* What every program has: version, lines of log by level, and the process as the kernel sees it. */
void lex_metrics_put_process(lex_metrics_t *self, const char *program);

/* The page so far; lives until the next call on the page. */
const char *lex_metrics_text(lex_metrics_t *self, size_t *size);

#endif
