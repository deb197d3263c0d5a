/* What lexmq top shows, as numbers: made of two answers of a gateway, the difference divided by the time
 * between them. */

#ifndef TOP_FIGURES_H
#define TOP_FIGURES_H

#include <lexmq.h>

typedef struct {
    char *name; /* cleaned for the terminal, as all names here */
    uint64_t workers, open, queued, free, credit;
    double requests, replies, busy, timeouts, unavailable; /* a second */
    uint64_t redispatched, lost;                           /* since the gateway's start */
    int64_t p50_us, p99_us; /* of what was answered meanwhile; -1: nothing was */
} top_service_t;

typedef struct {
    char *name, *service;
    uint64_t open, credit;
    double finals; /* a second */
    uint64_t ready_ms, silent_ms;
    bool draining;
} top_worker_t;

typedef struct {
    bool has_rates; /* there was an answer before: what is a second, and p50 and p99, are known */
    char *version;
    uint64_t uptime_ms, open;
    double requests; /* a second, of all services */
    uint64_t bad_frames, unroutable, refused;
    bool draining;
    top_service_t *services;
    size_t service_count;
    top_worker_t *workers;
    size_t worker_count;
} top_figures_t;

typedef enum { TOP_BY_LOAD, TOP_BY_NAME, TOP_BY_WAIT, TOP_ORDERS } top_order_t;

/* `before` is NULL, or of the same gateway; one that has started anew since counts for none. The workers
 * may be NULL. Caller owns return value and must destroy it when done. */
top_figures_t *top_figures_new(const lexmq_gateway_status_t *before,
                               const lexmq_workers_t *workers_before,
                               const lexmq_gateway_status_t *now, const lexmq_workers_t *workers);
void top_figures_destroy(top_figures_t **self_p);

/* By load: the most requests a second first, and among equals the most open. By wait: the longest p99
 * first, and the worker that is silent for longest. */
void top_figures_sort(top_figures_t *self, top_order_t order);
/* "load", "name", "wait". */
const char *top_order_name(top_order_t order);

/* The value in microseconds below which the share `q` of what was counted between two answers lies, by
 * the line through its place's bounds; the last bound when it lies beyond, -1 when nothing was.
 * `before` NULL: nothing had been. There is one count more than bounds. */
int64_t top_quantile(const uint64_t *bounds, size_t bound_count, const uint64_t *before,
                     const uint64_t *now, double q);

#endif
