/* A worker beside one fake gateway, as most tests of the runtime want it. */

#ifndef WORKER_FIXTURE_H
#define WORKER_FIXTURE_H

#include "tests/unit/common/worker_thread.h"

/* Where a test is not about heartbeats nobody is to be called silent because the machine is slow. */
#define FIXTURE_HEARTBEAT_MS 10000

typedef struct {
    fake_gateway_t *gateway;
    worker_thread_t *worker;
    lex_writer_t request;
} worker_fixture_t;

static inline worker_fixture_t *worker_fixture_new(void **state)
{
    worker_fixture_t *self = calloc(1, sizeof(*self));
    lex_writer_init(&self->request);
    self->gateway = fake_gateway_new();
    *state = self;
    return self;
}

static inline void worker_fixture_start(worker_fixture_t *self, unsigned credit, unsigned batch)
{
    self->worker = worker_thread_new(self->gateway->endpoint, FIXTURE_HEARTBEAT_MS, 0);
    worker_thread_serve(self->worker, "words", credit, batch);
    lex_worker_after_round(self->worker->worker, finish_in_round, self->worker);
    worker_thread_start(self->worker);
    fake_gateway_ready(self->gateway, "words", credit, batch);
}

/* Setup and teardown functions of cmocka: a worker that packs, one that does not. */
static inline int worker_fixture_packing(void **state)
{
    worker_fixture_start(worker_fixture_new(state), 1000, 64);
    return 0;
}

static inline int worker_fixture_plain(void **state)
{
    worker_fixture_start(worker_fixture_new(state), 20, 0);
    return 0;
}

static inline int worker_fixture_close(void **state)
{
    worker_fixture_t *self = *state;
    worker_thread_destroy(&self->worker);
    fake_gateway_destroy(&self->gateway);
    lex_writer_close(&self->request);
    free(self);
    return 0;
}

#endif
