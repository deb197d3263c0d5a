/* A worker with a monitor beside a fake gateway, and ops that end in every way. */

#ifndef WATCH_FIXTURE_H
#define WATCH_FIXTURE_H

#include "common/clock.h"
#include "common/log.h"
#include "tests/unit/common/http.h"
#include "tests/unit/common/worker_fixture.h"

typedef struct {
    fake_gateway_t *gateway;
    lex_worker_t *worker;
    pthread_t thread;
    bool running;
    uint16_t port;
    lex_writer_t request;
    lex_request_t *held;
    const char *reason; /* of the inspector */
    atomic_uint inspected;
} watch_fixture_t;

static inline void watch_ok(void *context, lex_request_t *request)
{
    (void)context;
    lex_reply_begin(request, 0);
    lex_reply_send(&request);
}

static inline void watch_refuse(void *context, lex_request_t *request)
{
    (void)context;
    lex_reply_error(&request, LEX_NOT_FOUND, 0, "not here");
}

static inline void watch_fail(void *context, lex_request_t *request)
{
    (void)context;
    lex_reply_error(&request, LEX_UNAVAILABLE, 10, "not now");
}

static inline void watch_break(void *context, lex_request_t *request)
{
    (void)context;
    lex_reply_error(&request, LEX_INTERNAL, 0, "broken");
}

static inline void watch_hold(void *context, lex_request_t *request)
{
    watch_fixture_t *self = context;
    self->held = request;
}

static inline void watch_free(void *context, lex_request_t *request)
{
    watch_fixture_t *self = context;
    watch_ok(NULL, self->held);
    watch_ok(NULL, request);
}

static const lex_op_t watch_ops[] = {
    {"ok", 0, watch_ok},         {"pool", LEX_OP_POOL, watch_ok},
    {"refuse", 0, watch_refuse}, {"fail", 0, watch_fail},
    {"break", 0, watch_break},   {"hold", 0, watch_hold},
    {"free", 0, watch_free},     {NULL, 0, NULL},
};

static inline void watch_inspect(void *arg, lex_inspection_t *inspection)
{
    watch_fixture_t *self = arg;
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    atomic_fetch_add(&self->inspected, 1);
    if (page) {
        lex_metrics_gauge(page, "lexmq_of_the_service", "From the service.");
        lex_metrics_put(page, 3);
    }
    if (self->reason)
        lex_inspection_not_ready(inspection, "%s", self->reason);
}

static inline void *watch_run(void *arg)
{
    lex_worker_run(arg);
    return NULL;
}

/* A worker that is not running yet. */
static inline int watch_new(void **state, unsigned drain_ms)
{
    watch_fixture_t *self = calloc(1, sizeof *self);
    lex_random_setup();
    lex_log_setup("test", "info", "text");
    lex_log_setup_requests(0, 60000);
    lex_writer_init(&self->request);
    self->gateway = fake_gateway_new();
    lex_worker_options_t options = {.gateways = self->gateway->endpoint,
                                    .insecure = true,
                                    .heartbeat_ms = FIXTURE_HEARTBEAT_MS,
                                    .drain_ms = drain_ms,
                                    .threads = 1,
                                    .metrics = "127.0.0.1:0",
                                    .program = "lexmq-test"};
    self->worker = lex_worker_new(&options);
    assert_non_null(self->worker);
    self->port = lex_worker_metrics_port(self->worker);
    assert_true(self->port > 0);
    lex_service_t service = {.name = "words", .ops = watch_ops, .credit = 1000, .batch = 64};
    lex_worker_serve(self->worker, &service, self);
    lex_worker_inspect(self->worker, watch_inspect, self);
    *state = self;
    return 0;
}

static inline int watch_setup(void **state)
{
    return watch_new(state, 0);
}

static inline int watch_setup_patient(void **state)
{
    return watch_new(state, FAKE_LIMIT_MS);
}

static inline void watch_start(watch_fixture_t *self)
{
    assert_int_equal(pthread_create(&self->thread, NULL, watch_run, self->worker), 0);
    self->running = true;
    fake_gateway_ready(self->gateway, "words", 1000, 64);
}

static inline void watch_stop(watch_fixture_t *self)
{
    if (!self->running)
        return;
    lex_worker_stop(self->worker);
    pthread_join(self->thread, NULL);
    self->running = false;
}

static inline int watch_teardown(void **state)
{
    watch_fixture_t *self = *state;
    watch_stop(self);
    lex_worker_destroy(&self->worker);
    fake_gateway_destroy(&self->gateway);
    lex_writer_close(&self->request);
    free(self);
    return 0;
}

static inline void watch_expect(const watch_fixture_t *self, const char *path, int status,
                                const char *body)
{
    http_reply_t reply = http_get(self->port, path);
    assert_string_equal(reply.body, body);
    assert_int_equal(reply.status, status);
    http_free(&reply);
}

/* Asks until the answer is that: what a gateway said takes its way through a socket. */
static inline void watch_await(const watch_fixture_t *self, const char *path, const char *body)
{
    int64_t begin = lex_monotonic_ms();
    bool is_there = false;
    while (!is_there && lex_monotonic_ms() - begin < FAKE_LIMIT_MS) {
        http_reply_t reply = http_get(self->port, path);
        is_there = strcmp(reply.body, body) == 0;
        http_free(&reply);
    }
    assert_true(is_there);
}

static inline char *watch_page(const watch_fixture_t *self)
{
    http_reply_t reply = http_get(self->port, "/metrics");
    assert_int_equal(reply.status, 200);
    char *page = strdup(reply.body);
    http_free(&reply);
    return page;
}

static inline void watch_ask(watch_fixture_t *self, const char *op, unsigned count)
{
    make_request(&self->request, op, "");
    fake_gateway_batch(self->gateway, 0, count, &self->request);
}

static inline void watch_take(watch_fixture_t *self, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        fake_reply_t reply;
        assert_true(fake_gateway_next_reply(self->gateway, FAKE_LIMIT_MS, &reply));
        zframe_destroy(&reply.data);
    }
}

#define WATCH_TEST(test) cmocka_unit_test_setup_teardown(test, watch_setup, watch_teardown)

#endif
