/* Ids of rows are given out in order but become visible in the order of their commits, so a row may
 * appear below one that was read before. Each poll therefore reads again everything above an id
 * that was the highest at least WINDOW_MS ago. */

#include "common/revocation.h"

#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

/* Longer than any transaction of auth's may take. */
#define WINDOW_MS 60000

/* How long a start waits for the first reading: with the database in reach no revoked token is ever
 * accepted, and without it the worker still comes up. */
#define FIRST_WAIT_MS 2000

#define COMPLAIN_MS 30000

static const char s_sql[] = "SELECT id, session_id, user_id, issued_before, expires_at"
                            " FROM lexmq_auth.revoked WHERE id > ? AND expires_at > ?";

struct lex_revocation {
    lex_verifier_t *verifier;
    lex_db_t *db; /* the thread's alone */
    int interval_ms;
    uint64_t floor;   /* rows up to this id need not be read again */
    uint64_t mark;    /* the highest id at mark_ms: the next floor */
    int64_t mark_ms;  /* monotonic */
    uint64_t highest; /* id read so far */
    bool failing;
    int64_t complained;      /* for lex_log_due */
    _Atomic int64_t read_at; /* UTC ms */
    pthread_t thread;
    pthread_mutex_t lock; /* for the three below */
    pthread_cond_t changed;
    bool polled;
    bool stopped;
};

static int s_row(void *arg, const lex_row_t *row)
{
    lex_revocation_t *self = arg;
    uint64_t id = lex_row_uint(row, 0);
    size_t size = 0;
    const char *session = lex_row_bytes(row, 1, &size);
    int64_t expires = lex_row_int(row, 4);

    if (id > self->highest)
        self->highest = id;
    if (lex_row_is_null(row, 1))
        lex_verifier_revoke_user(self->verifier, lex_row_uint(row, 2), lex_row_int(row, 3),
                                 expires);
    else if (size == LEX_SESSION_SIZE)
        lex_verifier_revoke_session(self->verifier, (const unsigned char *)session, expires);
    else
        lex_error("revocation %llu has a session of %zu bytes", (unsigned long long)id, size);
    return 0;
}

/* After a failure everything is read again: the server that answers next may be another one, or
 * restored, with ids of its own. */
static void s_failed(lex_revocation_t *self)
{
    self->floor = self->mark = self->highest = 0;
    self->mark_ms = 0;
    self->failing = true;
    if (lex_log_due(&self->complained, COMPLAIN_MS))
        lex_warning("revocations cannot be read, those known still hold: %s",
                    lex_db_error(self->db));
}

static void s_poll(lex_revocation_t *self)
{
    int64_t now = lex_monotonic_ms();

    if (lex_db_query(self->db, s_row, self, s_sql, LEX_UINT(self->floor), LEX_INT(lex_utc_ms()))) {
        s_failed(self);
        return;
    }
    atomic_store(&self->read_at, lex_utc_ms());
    if (self->failing)
        lex_info("revocations can be read again");
    self->failing = false;
    if (self->mark_ms == 0 || now - self->mark_ms >= WINDOW_MS) {
        self->floor = self->mark_ms == 0 ? 0 : self->mark;
        self->mark = self->highest;
        self->mark_ms = now;
    }
}

static void *s_run(void *arg)
{
    lex_revocation_t *self = arg;

    mysql_thread_init();
    pthread_mutex_lock(&self->lock);
    while (!self->stopped) {
        pthread_mutex_unlock(&self->lock);
        s_poll(self);
        struct timespec next = lex_monotonic_after(self->interval_ms);
        pthread_mutex_lock(&self->lock);
        self->polled = true;
        pthread_cond_broadcast(&self->changed);
        while (!self->stopped && pthread_cond_timedwait(&self->changed, &self->lock, &next) == 0)
            continue;
    }
    pthread_mutex_unlock(&self->lock);
    mysql_thread_end();
    return NULL;
}

static void s_init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

lex_revocation_t *lex_revocation_new(const lex_db_options_t *options, lex_verifier_t *verifier,
                                     int interval_ms)
{
    lex_revocation_t *self = lex_calloc(1, sizeof *self);
    struct timespec deadline = lex_monotonic_after(FIRST_WAIT_MS);

    self->verifier = verifier;
    self->interval_ms = interval_ms;
    self->db = lex_db_new(options);
    pthread_mutex_init(&self->lock, NULL);
    s_init_condition(&self->changed);
    if (pthread_create(&self->thread, NULL, s_run, self)) {
        lex_error("revocations cannot be read: no thread could be started");
        abort();
    }
    pthread_mutex_lock(&self->lock);
    while (!self->polled && pthread_cond_timedwait(&self->changed, &self->lock, &deadline) == 0)
        continue;
    pthread_mutex_unlock(&self->lock);
    return self;
}

void lex_revocation_destroy(lex_revocation_t **self_p)
{
    lex_revocation_t *self = *self_p;

    if (self) {
        pthread_mutex_lock(&self->lock);
        self->stopped = true;
        pthread_cond_broadcast(&self->changed);
        pthread_mutex_unlock(&self->lock);
        pthread_join(self->thread, NULL);
        lex_db_destroy(&self->db);
        pthread_cond_destroy(&self->changed);
        pthread_mutex_destroy(&self->lock);
        free(self);
        *self_p = NULL;
    }
}

int64_t lex_revocation_read_at(const lex_revocation_t *self)
{
    return atomic_load(&self->read_at);
}

void lex_revocation_put(const lex_revocation_t *self, lex_metrics_t *page)
{
    lex_metrics_gauge(page, "lexmq_revocations_read_timestamp_seconds",
                      "When revoked sessions were last read, in seconds since 1970-01-01 UTC; 0: "
                      "not yet.");
    lex_metrics_put_real(page, (double)lex_revocation_read_at(self) / 1e3);
}
