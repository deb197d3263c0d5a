/* A worker in a thread of the test, with a service that does what the tests need. */

#ifndef WORKER_THREAD_H
#define WORKER_THREAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/memory.h"
#include "common/random.h"
#include "common/worker.h"
#include "tests/unit/common/fake_gateway.h"

#define HELD_MAX 64

typedef struct {
    lex_worker_t *worker;
    pthread_t thread;
    int result;
    bool running;
    lex_request_t *held[HELD_MAX]; /* by op `hold`, answered by op `free` */
    unsigned held_count;
    atomic_uint handled;
    bool is_handed; /* by op `handed-round`; see finish_in_round */
    _Atomic(lex_request_t *) handed;
} worker_thread_t;

static const unsigned char TEST_ID[LEX_ID_SIZE] = "an id of 16 byte";

static inline void op_echo(void *context, lex_request_t *request)
{
    worker_thread_t *self = context;
    const char *text = "";
    size_t size = 0;
    lex_body_str(lex_request_body(request), "text", &text, &size);
    lex_put_str(lex_reply_begin(request, 1), "text", text, size);
    atomic_fetch_add(&self->handled, 1);
    lex_reply_send(&request);
}

static inline void op_defer(void *context, lex_request_t *request)
{
    (void)context;
    lex_request_defer(&request, op_echo);
    assert_null(request);
}

/* `count` pages of { page:uint }, then { count:uint }. */
static inline void op_pages(void *context, lex_request_t *request)
{
    (void)context;
    uint64_t count = 0;
    lex_body_uint(lex_request_body(request), "count", &count);
    for (uint64_t i = 0; i < count; i++) {
        lex_put_uint(lex_reply_begin(request, 1), "page", i);
        lex_reply_partial(request);
    }
    lex_put_uint(lex_reply_begin(request, 1), "count", count);
    lex_reply_send(&request);
}

static inline void finish_on_loop(void *arg)
{
    lex_request_t *request = arg;
    lex_put_uint(lex_reply_begin(request, 1), "count", 1);
    lex_reply_send(&request);
}

/* One page from the pool, the end from the loop. */
static inline void op_handed_back(void *context, lex_request_t *request)
{
    (void)context;
    lex_put_uint(lex_reply_begin(request, 1), "page", 0);
    lex_reply_partial(request);
    lex_worker_post(lex_request_worker(request), finish_on_loop, request);
}

/* One page from the pool, which is still in the mailbox when the same round ends the request. */
static inline void send_page(void *context, lex_request_t *request)
{
    worker_thread_t *self = context;
    lex_put_uint(lex_reply_begin(request, 1), "page", 0);
    lex_reply_partial(request);
    atomic_store(&self->handed, request);
}

static inline void op_handed_round(void *context, lex_request_t *request)
{
    worker_thread_t *self = context;
    self->is_handed = true;
    lex_request_defer(&request, send_page);
}

static inline void finish_in_round(void *arg)
{
    worker_thread_t *self = arg;
    if (self->is_handed) {
        lex_request_t *request;
        while (!(request = atomic_load(&self->handed))) {
            sched_yield();
        }
        atomic_store(&self->handed, NULL);
        self->is_handed = false;
        finish_on_loop(request);
    }
}

/* A reply with `size` bytes of text. */
static inline void op_large(void *context, lex_request_t *request)
{
    (void)context;
    uint64_t size = 0;
    lex_body_uint(lex_request_body(request), "size", &size);
    char *text = lex_malloc(size + 1);
    memset(text, 'x', size);
    lex_put_str(lex_reply_begin(request, 1), "text", text, size);
    free(text);
    lex_reply_send(&request);
}

static inline void op_hold(void *context, lex_request_t *request)
{
    worker_thread_t *self = context;
    assert_true(self->held_count < HELD_MAX);
    self->held[self->held_count++] = request;
}

static inline void op_free(void *context, lex_request_t *request)
{
    worker_thread_t *self = context;
    while (self->held_count > 0) {
        lex_request_t *held = self->held[--self->held_count];
        lex_reply_begin(held, 0);
        lex_reply_send(&held);
    }
    lex_reply_begin(request, 0);
    lex_reply_send(&request);
}

static inline void op_fail(void *context, lex_request_t *request)
{
    (void)context;
    lex_reply_error(&request, LEX_RATE_LIMITED, 1500, "wait a little, %s", "please");
}

static inline void op_whoami(void *context, lex_request_t *request)
{
    (void)context;
    size_t size = 0;
    const lex_claims_t *claims = lex_request_claims(request);
    assert_non_null(claims);
    assert_non_null(lex_request_token(request, &size));
    lex_writer_t *writer = lex_reply_begin(request, 2);
    lex_put_text(writer, "name", claims->name);
    lex_put_uint(writer, "size", size);
    lex_reply_send(&request);
}

static const lex_op_t TEST_OPS[] = {
    {"echo", 0, op_echo},
    {"pool", LEX_OP_POOL, op_echo},
    {"defer", 0, op_defer},
    {"pages", LEX_OP_POOL, op_pages},
    {"pages-inline", 0, op_pages},
    {"handed-back", LEX_OP_POOL, op_handed_back},
    {"handed-round", 0, op_handed_round},
    {"large", LEX_OP_POOL, op_large},
    {"large-inline", 0, op_large},
    {"hold", 0, op_hold},
    {"h", 0, op_hold},
    {"free", 0, op_free},
    {"fail", 0, op_fail},
    {"whoami", LEX_OP_TOKEN, op_whoami},
    {NULL, 0, NULL},
};

static inline worker_thread_t *worker_thread_new(const char *gateways, unsigned heartbeat_ms,
                                                 unsigned drain_ms)
{
    lex_random_setup();
    worker_thread_t *self = calloc(1, sizeof(*self));
    lex_worker_options_t options = {.gateways = gateways,
                                    .insecure = true,
                                    .heartbeat_ms = heartbeat_ms,
                                    .drain_ms = drain_ms,
                                    .threads = 2};
    self->worker = lex_worker_new(&options);
    assert_non_null(self->worker);
    return self;
}

static inline void worker_thread_serve(worker_thread_t *self, const char *name, unsigned credit,
                                       unsigned batch)
{
    lex_service_t service = {.name = name, .ops = TEST_OPS, .credit = credit, .batch = batch};
    lex_worker_serve(self->worker, &service, self);
}

static inline void *worker_thread_main(void *arg)
{
    worker_thread_t *self = arg;
    self->result = lex_worker_run(self->worker);
    return NULL;
}

static inline void worker_thread_start(worker_thread_t *self)
{
    assert_int_equal(pthread_create(&self->thread, NULL, worker_thread_main, self), 0);
    self->running = true;
}

/* Waits for the end of lex_worker_run and returns its result. */
static inline int worker_thread_join(worker_thread_t *self)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += FAKE_LIMIT_MS / 1000;
    assert_int_equal(pthread_timedjoin_np(self->thread, NULL, &end), 0);
    self->running = false;
    return self->result;
}

static inline void worker_thread_destroy(worker_thread_t **self_p)
{
    worker_thread_t *self = *self_p;
    if (self->running) {
        lex_worker_stop(self->worker);
        worker_thread_join(self);
    }
    lex_worker_destroy(&self->worker);
    free(self);
    *self_p = NULL;
}

/* A request of op with one text argument. */
static inline void make_request(lex_writer_t *writer, const char *op, const char *text)
{
    lex_write_request(writer, TEST_ID, op, NULL, 0, 1);
    lex_put_text(writer, "text", text);
}

#endif
