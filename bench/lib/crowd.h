/* A crowd: many connections of one process to the front of a gateway, as liblexmq makes them, each with at most one request open.
 * One thread serves them all, so that the machine is busy with the gateway and not with the crowd. */

#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdint.h>

#include "bench/lib/histogram.h"

typedef struct crowd crowd_t;

typedef struct {
    const char *endpoint;
    const char *server;  /* the server's certificate; NULL: plaintext */
    const char *service; /* an echo of bench/echo */
    unsigned connections;
} crowd_options_t;

typedef struct {
    uint64_t answered;   /* requests whose echo came back */
    uint64_t refused;    /* answered by something else: busy, timeout, ... */
    uint64_t unanswered; /* open for longer than WIRE_SILENCE_MS when the run had ended */
    uint64_t skipped;    /* not sent at their time, because the one before was still open */
    uint64_t elapsed_ns;
    histogram_t latency; /* of those answered */
} crowd_result_t;

/* Connects, some at a time, and returns when each connection had an answer of the gateway; fails (failure.h) when one has none
 * within two minutes. */
crowd_t *crowd_new(const crowd_options_t *options);
void crowd_destroy(crowd_t **self_p);

/* Each connection asks every `interval_ms`, evenly spread, for `measure_ms`; 0: again as soon as it is answered. */
void crowd_run(crowd_t *self, unsigned interval_ms, unsigned measure_ms, crowd_result_t *result);

#endif
