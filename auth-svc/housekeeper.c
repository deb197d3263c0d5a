#include "auth-svc/housekeeper.h"

#include <stdlib.h>
#include <string.h>

#include "auth-svc/erasures.h"
#include "auth-svc/purge.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/pool.h"
#include "common/random.h"

#define ROUND_MS    1000
#define PURGE_MS    60000
#define CALLS_MAX   16    /* accounts in hand at once */
#define CALL_MS     5000  /* for one answer of history's */
#define LEASE_MS    10000 /* longer than a call: a failed one is tried again after so long */
#define COMPLAIN_MS 30000
#define STUCK_MS    5000 /* a round that takes longer: the database hangs */

typedef struct {
    housekeeper_t *keeper;
    uint64_t user; /* 0: free */
    bool is_done;  /* history has nothing left; the row may go */
} s_call_t;

struct housekeeper {
    lex_worker_t *worker;
    lex_pool_t *pool; /* one thread */

    /* The loop's. */
    s_call_t calls[CALLS_MAX];
    lex_writer_t request;
    bool is_busy;   /* a round is with the thread */
    bool is_kicked; /* another was asked for meanwhile */
    bool is_stopped;
    bool is_away;     /* of the database: the last round did not get through */
    int64_t round_at; /* when the round that is with the thread began, monotonic ms */
    int64_t complained;

    /* The thread's during a round, else the loop's. */
    lex_db_t *db;
    uint64_t done[CALLS_MAX];
    uint64_t due[CALLS_MAX];
    unsigned done_count, due_count, room;
    lex_db_status_t status; /* of the round */
    int64_t next_purge;     /* monotonic ms */
};

static void s_call(s_call_t *call);
static void s_start_round(void *arg);

/* ---- the thread ---- */

static void s_purge(housekeeper_t *self)
{
    uint64_t rows = 0;
    if (lex_monotonic_ms() < self->next_purge)
        return;
    if (purge_run(self->db, lex_utc_ms(), &rows) == LEX_DB_OK)
        self->next_purge = lex_monotonic_ms() + PURGE_MS;
    if (rows)
        lex_debug("purged %llu expired rows", (unsigned long long)rows);
}

static void s_end_round(void *arg)
{
    housekeeper_t *self = arg;
    self->is_busy = false;
    /* A conflict is somebody else's turn, not the end of the database. */
    self->is_away = self->status != LEX_DB_OK && self->status != LEX_DB_CONFLICT;
    for (unsigned i = 0, due = 0; i < CALLS_MAX && due < self->due_count; i++) {
        if (self->calls[i].user)
            continue;
        self->calls[i].user = self->due[due++];
        s_call(&self->calls[i]);
    }
    if (self->is_kicked)
        s_start_round(self);
}

static void s_round(void *arg)
{
    housekeeper_t *self = arg;
    lex_db_status_t status = LEX_DB_OK;
    self->due_count = 0;
    for (unsigned i = 0; i < self->done_count && status == LEX_DB_OK; i++)
        status = erasures_done(self->db,
                               self->done[i]); /* if not, the row comes again, and is empty soon */
    if (status == LEX_DB_OK)
        status = erasures_take(self->db, lex_utc_ms(), LEASE_MS, self->due, self->room,
                               &self->due_count);
    self->status = status;
    if (status == LEX_DB_OK)
        s_purge(self);
    lex_worker_post(self->worker, s_end_round, self);
}

/* ---- the loop ---- */

static bool s_is_in_hand(const housekeeper_t *self, uint64_t user)
{
    unsigned count = 0;
    for (unsigned i = 0; i < CALLS_MAX; i++)
        count += self->calls[i].user == user;
    return count > 1;
}

static void s_start_round(void *arg)
{
    housekeeper_t *self = arg;
    if (self->is_busy || self->is_stopped) {
        self->is_kicked = self->is_busy;
        return;
    }
    self->is_kicked = false;
    self->done_count = 0;
    self->room = 0;
    for (unsigned i = 0; i < CALLS_MAX; i++) {
        s_call_t *call = &self->calls[i];
        if (call->is_done) {
            self->done[self->done_count++] = call->user;
            call->user = 0;
            call->is_done = false;
        }
        self->room += call->user == 0;
    }
    self->round_at = lex_monotonic_ms();
    self->is_busy = lex_pool_run(self->pool, s_round, self) == 0;
}

static void s_ended(void *arg, lex_code_t code, const lex_body_t *reply)
{
    s_call_t *call = arg;
    housekeeper_t *self = call->keeper;
    bool more;
    if (code == LEX_OK && reply && lex_body_bool(reply, "more", &more)) {
        if (more && !self->is_stopped) {
            s_call(call);
            return;
        }
        call->is_done = !more;
        if (call->is_done)
            s_start_round(self);
        else
            call->user = 0;
        return;
    }
    if (!self->is_stopped && lex_log_due(&self->complained, COMPLAIN_MS))
        lex_warning("history of a deleted account is not erased yet: %s",
                    code == LEX_OK ? "its answer is not understood" : lex_code_name(code));
    call->user = 0; /* the row is due again when the lease is over */
}

static void s_call(s_call_t *call)
{
    housekeeper_t *self = call->keeper;
    /* An erasure of many pages takes longer than its lease: the row came again while we still have
     * it in hand. */
    if (s_is_in_hand(self, call->user)) {
        call->user = 0;
        return;
    }
    unsigned char id[LEX_ID_SIZE];
    lex_random_bytes(id, sizeof id);
    lex_write_request(&self->request, id, "erase", NULL, 0, 1);
    lex_put_uint(&self->request, "user", call->user);
    lex_worker_call(self->worker, "history.erase", &self->request, CALL_MS, s_ended, call);
}

housekeeper_t *housekeeper_new(lex_worker_t *worker, const lex_db_options_t *options)
{
    housekeeper_t *self = lex_calloc(1, sizeof *self);
    self->worker = worker;
    self->db = lex_db_new(options);
    self->pool = lex_pool_new(1, 4);
    lex_writer_init(&self->request);
    for (unsigned i = 0; i < CALLS_MAX; i++)
        self->calls[i].keeper = self;
    self->is_away = true;
    lex_worker_every(worker, ROUND_MS, s_start_round, self);
    return self;
}

void housekeeper_stop(housekeeper_t *self)
{
    self->is_stopped = true;
    lex_pool_destroy(&self->pool);
}

void housekeeper_destroy(housekeeper_t **self_p)
{
    housekeeper_t *self = *self_p;
    if (!self)
        return;
    lex_pool_destroy(&self->pool);
    lex_db_destroy(&self->db);
    lex_writer_close(&self->request);
    free(self);
    *self_p = NULL;
}

void housekeeper_kick(housekeeper_t *self)
{
    lex_worker_post(self->worker, s_start_round, self);
}

bool housekeeper_is_database_away(const housekeeper_t *self)
{
    return self->is_away || (self->is_busy && lex_monotonic_ms() - self->round_at > STUCK_MS);
}
