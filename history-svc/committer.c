#include "history-svc/committer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/pool.h"
#include "history-svc/writer.h"

#define RECONNECT_MS 500
#define STUCK_MS     1000 /* a transaction that takes longer: nobody is made to wait for the next */

struct committer {
    writer_t *writer; /* the thread's */
    commit_record_t **records;
    size_t records_capacity;

    pthread_mutex_t lock; /* guards the queue, `stop` and the counts */
    pthread_cond_t ready;
    commit_call_t *first;
    commit_call_t *last;
    bool stop;
    committer_counts_t counts;

    atomic_bool away;
    _Atomic int64_t busy_since; /* monotonic ms; 0: no transaction is under way */
    lex_pool_t *thread;
    lex_histogram_t sizes;
    lex_histogram_t durations;
};

/* ---- answering ---- */

static void s_answer(commit_call_t *calls, lex_code_t code)
{
    while (calls) {
        commit_call_t *call = calls;
        calls = call->next;
        call->done(call, code);
    }
}

static size_t s_refused(const commit_call_t *call)
{
    size_t count = 0;
    for (size_t i = 0; i < call->count; i++)
        count += call->records[i].refused;
    return count;
}

static void s_count(committer_t *self, const commit_call_t *calls, lex_code_t code)
{
    pthread_mutex_lock(&self->lock);
    self->counts.batches += code == LEX_OK;
    for (; calls; calls = calls->next) {
        if (code == LEX_OK) {
            size_t refused = s_refused(calls);
            self->counts.calls++;
            self->counts.records += calls->count - refused;
            self->counts.refused += refused;
            self->counts.rows += calls->rows;
        } else {
            self->counts.unavailable++;
        }
    }
    pthread_mutex_unlock(&self->lock);
}

static void s_finish(committer_t *self, commit_call_t *calls, lex_code_t code)
{
    s_count(self, calls, code);
    s_answer(calls, code);
}

/* ---- the thread ---- */

/* Calls from the head of the queue up to COMMITTER_ROWS_MAX rows, but at least one; with the lock held. */
static commit_call_t *s_take(committer_t *self)
{
    commit_call_t *calls = self->first, *last = NULL;
    size_t rows = 0;
    while (self->first && (!last || rows + self->first->rows <= COMMITTER_ROWS_MAX)) {
        last = self->first;
        rows += last->rows;
        self->counts.queued -= last->count;
        self->first = last->next;
    }
    if (!self->first)
        self->last = NULL;
    if (last)
        last->next = NULL;
    return calls;
}

/* Points `records` at what is to be committed; returns how many. */
static size_t s_gather(committer_t *self, const commit_call_t *calls)
{
    size_t most = 0, count = 0;
    for (const commit_call_t *call = calls; call; call = call->next)
        most += call->count;
    if (self->records_capacity < most) {
        self->records_capacity = most;
        self->records = lex_realloc(self->records, most * sizeof *self->records);
    }
    for (const commit_call_t *call = calls; call; call = call->next)
        for (size_t i = 0; i < call->count; i++)
            if (!call->records[i].refused)
                self->records[count++] = &call->records[i];
    return count;
}

static void s_set_away(committer_t *self)
{
    if (!atomic_exchange(&self->away, true))
        lex_warning("database is away: records are not taken");
    pthread_mutex_lock(&self->lock);
    commit_call_t *calls = self->first;
    self->first = self->last = NULL;
    self->counts.queued = 0;
    pthread_mutex_unlock(&self->lock);
    s_finish(self, calls, LEX_UNAVAILABLE);
}

static void s_commit(committer_t *self, commit_call_t *calls)
{
    size_t count = s_gather(self, calls);
    int64_t begun = lex_monotonic_us();
    atomic_store(&self->busy_since, begun / 1000);
    lex_db_status_t status = writer_commit(self->writer, self->records, count);
    atomic_store(&self->busy_since, 0);
    lex_histogram_add(&self->durations, (uint64_t)(lex_monotonic_us() - begun));
    lex_histogram_add(&self->sizes, count);
    if (status == LEX_DB_LOST)
        s_set_away(self);
    s_finish(self, calls, status == LEX_DB_OK ? LEX_OK : LEX_UNAVAILABLE);
}

static void s_wait_away(committer_t *self)
{
    struct timespec deadline = lex_monotonic_after(RECONNECT_MS);
    pthread_mutex_lock(&self->lock);
    if (!self->stop)
        pthread_cond_timedwait(&self->ready, &self->lock, &deadline);
    pthread_mutex_unlock(&self->lock);
}

static void s_reconnect(committer_t *self)
{
    if (writer_connect(self->writer)) {
        atomic_store(&self->away, false);
        lex_info("database is there: records are taken");
        return;
    }
    s_set_away(self); /* what was submitted before it was known */
    s_wait_away(self);
}

static bool s_is_ending(committer_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool ending = self->stop && !self->first;
    pthread_mutex_unlock(&self->lock);
    return ending;
}

static void s_run(void *arg)
{
    committer_t *self = arg;
    while (!s_is_ending(self)) {
        if (atomic_load(&self->away)) {
            s_reconnect(self);
            continue;
        }
        pthread_mutex_lock(&self->lock);
        while (!self->first && !self->stop)
            pthread_cond_wait(&self->ready, &self->lock);
        commit_call_t *calls = s_take(self);
        pthread_mutex_unlock(&self->lock);
        if (calls)
            s_commit(self, calls);
    }
}

/* ---- */

committer_t *committer_new(const lex_db_options_t *options)
{
    committer_t *self = lex_calloc(1, sizeof *self);
    self->writer = writer_new(options);
    self->sizes.bounds = &lex_bounds_size;
    self->durations.bounds = &lex_bounds_duration;
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->ready, &monotonic);
    pthread_condattr_destroy(&monotonic);
    atomic_store(&self->away, true); /* until the thread has connected */
    self->thread = lex_pool_new(1, 1);
    lex_pool_run(self->thread, s_run, self);
    return self;
}

void committer_destroy(committer_t **self_p)
{
    committer_t *self = *self_p;
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->stop = true;
    pthread_cond_signal(&self->ready);
    pthread_mutex_unlock(&self->lock);
    lex_pool_destroy(&self->thread);
    writer_destroy(&self->writer);
    pthread_cond_destroy(&self->ready);
    pthread_mutex_destroy(&self->lock);
    free(self->records);
    free(self);
    *self_p = NULL;
}

bool committer_is_refusing(const committer_t *self)
{
    int64_t since = atomic_load(&self->busy_since);
    return atomic_load(&self->away) || (since && lex_monotonic_ms() - since > STUCK_MS);
}

void committer_submit(committer_t *self, commit_call_t *call)
{
    call->next = NULL;
    pthread_mutex_lock(&self->lock);
    /* Under the lock, so that nothing comes into the queue after the thread has emptied it. */
    bool refusing = committer_is_refusing(self);
    if (!refusing) {
        if (self->last)
            self->last->next = call;
        else
            self->first = call;
        self->last = call;
        self->counts.queued += call->count;
        pthread_cond_signal(&self->ready);
    }
    pthread_mutex_unlock(&self->lock);
    if (refusing)
        s_finish(self, call, LEX_UNAVAILABLE);
}

committer_counts_t committer_counts(committer_t *self)
{
    pthread_mutex_lock(&self->lock);
    committer_counts_t counts = self->counts;
    pthread_mutex_unlock(&self->lock);
    return counts;
}

bool committer_is_away(const committer_t *self)
{
    return atomic_load(&self->away);
}

const lex_histogram_t *committer_sizes(const committer_t *self)
{
    return &self->sizes;
}

const lex_histogram_t *committer_durations(const committer_t *self)
{
    return &self->durations;
}
