/* What the outside may ask a running program over HTTP (libmicrohttpd, a thread of its own):
 *
 *     /metrics   a page for Prometheus (common/metrics.h)
 *     /livez     200 when the program's loop answers
 *     /healthz   200 when it does, and the program was ready at least once
 *     /readyz    200 when it would serve a request now; else 503 with a line for each reason why not
 *
 * Everything is answered by the loop itself, on its own thread, so that nothing it owns needs a lock and a loop that stands still is
 * told as 503. Neither encrypted nor asked who it is: for a network of one's own. */

#ifndef LEX_MONITOR_H
#define LEX_MONITOR_H

#include <stdint.h>

#include "common/metrics.h"

#define LEX_MONITOR_WAIT_MS 2000 /* how long the loop has to answer */

typedef struct lex_monitor lex_monitor_t;

/* A look at the program, on its loop thread. */
typedef struct lex_inspection lex_inspection_t;

/* The page to write metrics to, or NULL when only readiness is asked for. */
lex_metrics_t *lex_inspection_metrics(lex_inspection_t *self);
/* A reason why the program would not serve now: a line for people. */
void lex_inspection_not_ready(lex_inspection_t *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

typedef void(lex_inspect_fn)(void *arg, lex_inspection_t *inspection);
typedef void(lex_wake_fn)(void *arg);

typedef struct {
    const char
        *address; /* HOST:PORT, *:PORT or [IPv6]:PORT; port 0: any, which the log then says */
    const char *program; /* for lexmq_build_info; must outlive the monitor */
    lex_wake_fn *
        wake; /* on the HTTP thread: has to see to it that the loop calls lex_monitor_answer soon */
    lex_inspect_fn *inspect; /* on the loop thread */
    void *arg;               /* of both */
} lex_monitor_options_t;

/* Listens. NULL and a logged error when the address cannot be used. */
lex_monitor_t *lex_monitor_new(const lex_monitor_options_t *options);
/* Answers nobody any more, and then no thread of ours runs. Not while the loop is in lex_monitor_answer. */
void lex_monitor_destroy(lex_monitor_t **self_p);

/* Answers who asks, if anybody does. On the loop thread. NULL is allowed inside. */
void lex_monitor_answer(lex_monitor_t *self);

/* The port that it listens on. */
uint16_t lex_monitor_port(const lex_monitor_t *self);

#endif
