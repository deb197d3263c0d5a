/* The worker runtime: everything between a service's handlers and the gateways.
 *
 * One loop thread owns every socket. Per gateway and service it keeps an MDP/0.2 session (docs/protocol.md section 2.2) with
 * heartbeats, credit and BATCH, opening a fresh socket with growing pauses when a gateway is silent or sends DISCONNECT; and
 * per gateway one MDP/Client socket for calls to other services. Handlers that may block run on a pool; replies may be sent from any thread.
 * SIGTERM and SIGINT drain: DRAIN to every gateway, the open requests are finished, and lex_worker_run returns.
 *
 *   gateway --REQUEST/BATCH--> loop --(checked, op found, token verified)--> handler on the loop, or on a pool thread
 *   handler --lex_reply_*--> loop --FINAL/BATCH--> the session it came from (dropped if that session is gone: the client retries)
 */

#ifndef LEX_WORKER_H
#define LEX_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/body.h"
#include "common/codes.h"
#include "common/monitor.h"
#include "common/token.h"
#include "common/writer.h"

typedef struct lex_worker lex_worker_t;
typedef struct lex_request lex_request_t;

typedef struct {
    const char *gateways;    /* back endpoints, comma-separated, at most 16 */
    const char *certificate; /* our secret certificate file; NULL only with insecure */
    const char *
        gateway_certificate; /* the gateway's public certificates, as lex_curve_new takes them; NULL only with insecure */
    bool insecure;
    unsigned heartbeat_ms;
    unsigned drain_ms;
    unsigned threads;    /* pool threads; 0: no pool, every handler runs on the loop */
    unsigned queue;      /* pool queue, 0: 10000; past it requests are answered `busy` */
    const char *metrics; /* HOST:PORT of the monitor (common/monitor.h); NULL: none */
    const char *program; /* for lexmq_build_info; must outlive the worker */
} lex_worker_options_t;

/* Handlers take the request and must end it, now or later, by exactly one lex_reply_send or lex_reply_error. */
typedef void(lex_handler_fn)(void *context, lex_request_t *request);

enum {
    LEX_OP_TOKEN =
        1, /* needs a valid session token: else `unauthorized` without calling the handler */
    LEX_OP_POOL =
        2, /* may block: runs on the pool. Without it the handler runs on the loop and must return within a millisecond or so */
    LEX_OP_SLOW = 4, /* with LEX_OP_POOL: the others on the pool go before it (common/pool.h) */
};

typedef struct {
    const char *name;
    unsigned flags;
    lex_handler_fn *handler;
} lex_op_t;

typedef struct {
    const char *name;    /* MDP service name */
    const lex_op_t *ops; /* ends with a row whose name is NULL; must outlive the worker */
    unsigned credit;
    unsigned batch;
} lex_service_t;

/* NULL and a logged error when certificates or the metrics address cannot be used. Options are copied. */
lex_worker_t *lex_worker_new(const lex_worker_options_t *options);
void lex_worker_destroy(lex_worker_t **self_p);

/* Before lex_worker_run. `context` goes to the handlers. A worker may serve several services. */
void lex_worker_serve(lex_worker_t *self, const lex_service_t *service, void *context);
/* For LEX_OP_TOKEN; not owned. */
void lex_worker_set_verifier(lex_worker_t *self, lex_verifier_t *verifier);

/* Before lex_worker_run, for a service that cannot serve from its first moment on: no session is opened, so no request
 * comes, before `ready` has been true once. Asked on the loop thread, a few times a heartbeat. */
typedef bool(lex_ready_fn)(void *arg);
void lex_worker_open_when(lex_worker_t *self, lex_ready_fn *ready, void *arg);

/* Serves until SIGTERM or SIGINT and the drain after it, or lex_worker_stop; a second signal ends the drain. 0, or -1 on a fault
 * that was logged. When it returns no handler runs any more, and calls that were open had LEX_UNAVAILABLE. Requests that nobody
 * answered are freed by lex_worker_destroy; functions that were posted too late are not run. */
int lex_worker_run(lex_worker_t *self);
/* As SIGTERM, however often. From any thread. */
void lex_worker_stop(lex_worker_t *self);

/* ---- the request; usable from the thread that holds it ---- */

const lex_body_t *lex_request_body(const lex_request_t *self);  /* parsed, v checked */
const unsigned char *lex_request_id(const lex_request_t *self); /* 16 bytes */
const lex_claims_t *
lex_request_claims(const lex_request_t *self); /* with LEX_OP_TOKEN, else NULL */
const void *lex_request_token(const lex_request_t *self, size_t *size); /* the raw token, or NULL */
lex_worker_t *lex_request_worker(const lex_request_t *self);

/* Runs `handler` on the pool instead; `busy` is answered when its queue is full. From a handler on the loop. */
void lex_request_defer(lex_request_t **self_p, lex_handler_fn *handler);

/* Starts a good reply of `results` key/value pairs, which the caller writes to the writer returned (lex_put_*, lex_write_*).
 * Starting again throws away what was written and not sent. */
lex_writer_t *lex_reply_begin(lex_request_t *self, size_t results);
/* Sends what was written as PARTIAL; the request stays open and lex_reply_begin starts the next page. On a pool thread waits
 * while too many pages are unsent; when that takes too long, or a page is larger than LEX_REPLY_MAX, the FINAL becomes an error. */
void lex_reply_partial(lex_request_t *self);
/* Sends what was written as FINAL. Takes the request. Larger than LEX_REPLY_MAX is sent as `too_large` instead. */
#define LEX_REPLY_MAX (8u << 20)
void lex_reply_send(lex_request_t **self_p);
/* Sends an error as FINAL. Takes the request. retry_ms 0 leaves it out. `internal` is also logged. */
void lex_reply_error(lex_request_t **self_p, lex_code_t code, uint64_t retry_ms, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));

/* ---- the loop ---- */

typedef void(lex_loop_fn)(void *arg);

/* Runs fn on the loop thread soon, in the order posted. From any thread. */
void lex_worker_post(lex_worker_t *self, lex_loop_fn *fn, void *arg);
/* Runs fn on the loop thread every `interval_ms`. Before lex_worker_run or on the loop thread. */
void lex_worker_every(lex_worker_t *self, unsigned interval_ms, lex_loop_fn *fn, void *arg);
/* Called on the loop thread after each round of socket input, before the loop waits again: the place to send what a round gathered. */
void lex_worker_after_round(lex_worker_t *self, lex_loop_fn *fn, void *arg);
/* The drain waits until lex_worker_release was called as often as lex_worker_hold. Hold for work that no open request stands
 * for. From any thread. */
void lex_worker_hold(lex_worker_t *self);
void lex_worker_release(lex_worker_t *self);
bool lex_worker_is_draining(const lex_worker_t *self);

/* ---- being watched ---- */

/* Adds what the service has to say of itself, its metrics and why it would not serve, to what the runtime says; at most 8.
 * Called on the loop thread, while lex_worker_run runs. Before lex_worker_run. */
void lex_worker_inspect(lex_worker_t *self, lex_inspect_fn *inspect, void *arg);
/* The port of the monitor; 0: there is none. */
uint16_t lex_worker_metrics_port(const lex_worker_t *self);

/* ---- calls to other services ---- */

/* The outcome of a call, on the loop thread, exactly once: the reply's code, and its body when a reply came (NULL otherwise;
 * valid until the callback returns). LEX_TIMEOUT when nothing came in time, LEX_UNAVAILABLE when no gateway is there. */
typedef void(lex_call_fn)(void *arg, lex_code_t code, const lex_body_t *reply);

/* Sends a request body (lex_write_request; its id pairs the reply) to `service` through the back of a gateway that is alive, another one than
 * last time if that one was silent. When its connection breaks before the answer, or the answer is `unavailable`, it is sent again
 * through another: a call must do no harm when it is done twice. Loop thread only. The bytes are copied. */
void lex_worker_call(lex_worker_t *self, const char *service, const lex_writer_t *request,
                     unsigned timeout_ms, lex_call_fn *callback, void *arg);

#endif
