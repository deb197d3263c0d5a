#include "history-svc/history.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/pool.h"
#include "history-svc/history_private.h"
#include "history-svc/store.h"

#define PURGE_INTERVAL_MS (10 * 60 * 1000)
#define RETRY_MS          500

/* Credits are what keeps the database busy, not more: what waits for it waits in the gateway, whose queues are bounded. */
#define CREDIT       64
#define BATCH        16
#define ERASE_CREDIT 4

static const lex_op_t s_history_ops[] = {{"recent", LEX_OP_TOKEN | LEX_OP_POOL, history_recent},
                                         {"list", LEX_OP_TOKEN | LEX_OP_POOL, history_list},
                                         {"search", LEX_OP_TOKEN | LEX_OP_POOL, history_search},
                                         {"stats", LEX_OP_TOKEN | LEX_OP_POOL, history_stats},
                                         {"export", LEX_OP_TOKEN | LEX_OP_POOL, history_export},
                                         {"clear", LEX_OP_TOKEN | LEX_OP_POOL, history_clear},
                                         {NULL, 0, NULL}};
static const lex_op_t s_record_ops[] = {{"record", 0, history_record}, {NULL, 0, NULL}};
static const lex_op_t s_erase_ops[] = {{"erase", LEX_OP_POOL, history_erase}, {NULL, 0, NULL}};

static const lex_service_t s_services[] = {
    {.name = "history", .ops = s_history_ops, .credit = CREDIT, .batch = BATCH},
    {.name = "history.record", .ops = s_record_ops, .credit = CREDIT, .batch = BATCH},
    {.name = "history.erase", .ops = s_erase_ops, .credit = ERASE_CREDIT},
};

void history_fail(lex_request_t **request_p, lex_db_status_t status)
{
    if (status == LEX_DB_LOST || status == LEX_DB_CONFLICT)
        lex_reply_error(request_p, LEX_UNAVAILABLE, RETRY_MS, "the history is away for the moment");
    else
        lex_reply_error(request_p, LEX_INTERNAL, 0, "the history could not be asked");
}

bool history_number(lex_request_t **request_p, const char *key, uint64_t min, uint64_t max,
                    uint64_t *out)
{
    const lex_body_t *body = lex_request_body(*request_p);
    if (!lex_body_find(body, key))
        return true;
    if (lex_body_uint(body, key, out) && *out >= min && *out <= max)
        return true;
    lex_reply_error(request_p, LEX_BAD_REQUEST, 0,
                    "%s must be a whole number from %" PRIu64 " to %" PRIu64, key, min, max);
    return false;
}

static void s_purge(void *arg)
{
    history_t *self = arg;
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    store_clears_purge(db);
    lex_db_pool_release(self->pool, &db);
}

static void s_purge_due(void *arg)
{
    history_t *self = arg;
    lex_pool_run(self->purge, s_purge, self); /* one that is still waiting will do */
}

history_t *history_new(lex_worker_t *worker, const history_options_t *options)
{
    history_t *self = lex_calloc(1, sizeof *self);
    self->verifier = options->verifier;
    self->pool = lex_db_pool_new(&options->db, options->connections);
    self->committer = committer_new(&options->db);
    self->purge = lex_pool_new(1, 1);
    self->watch = (watch_t){.committer = self->committer, .revocation = options->revocation};
    lex_worker_inspect(worker, watch_inspect, &self->watch);
    lex_worker_every(worker, PURGE_INTERVAL_MS, s_purge_due, self);
    for (size_t i = 0; i < sizeof s_services / sizeof s_services[0]; i++)
        lex_worker_serve(worker, &s_services[i], self);
    return self;
}

void history_destroy(history_t **self_p)
{
    history_t *self = *self_p;
    if (!self)
        return;
    lex_pool_destroy(&self->purge);
    committer_destroy(&self->committer);
    lex_db_pool_destroy(&self->pool);
    free(self);
    *self_p = NULL;
}
