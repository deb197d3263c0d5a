/* Worker threads around two bounded rings of jobs. */

#include "common/pool.h"

#include <assert.h>
#include <mysql.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"

typedef struct {
    lex_job_fn *run;
    void *arg;
} s_job_t;

#define QUICK_IN_A_ROW 8

typedef struct {
    s_job_t *jobs; /* `capacity` slots */
    unsigned capacity;
    unsigned first; /* slot of the oldest job */
    unsigned count; /* jobs in the ring */
} s_ring_t;

struct lex_pool {
    pthread_mutex_t lock; /* guards everything below but the threads */
    pthread_cond_t ready; /* a job was queued, or the pool is ending */
    s_ring_t quick;
    s_ring_t slow;
    unsigned
        passed; /* quick jobs that were taken while a slow one waited, since the last slow one */
    bool ending;
    pthread_t *threads;
    unsigned thread_count;
};

static bool s_put(s_ring_t *self, s_job_t job)
{
    if (self->count == self->capacity) {
        return false;
    }
    self->jobs[(self->first + self->count) % self->capacity] = job;
    self->count++;
    return true;
}

static s_job_t s_get(s_ring_t *self)
{
    s_job_t job = self->jobs[self->first];
    self->first = (self->first + 1) % self->capacity;
    self->count--;
    return job;
}

/* The ring whose turn it is; with the lock held. NULL: nothing waits. */
static s_ring_t *s_turn(lex_pool_t *self)
{
    if (self->slow.count > 0 && (self->quick.count == 0 || self->passed == QUICK_IN_A_ROW)) {
        self->passed = 0;
        return &self->slow;
    }
    self->passed += self->slow.count > 0;
    return self->quick.count > 0 ? &self->quick : NULL;
}

/* Takes a job, waiting for one. False when the pool ends and nothing is left. */
static bool s_take(lex_pool_t *self, s_job_t *job)
{
    s_ring_t *ring;
    pthread_mutex_lock(&self->lock);
    while (!(ring = s_turn(self)) && !self->ending) {
        pthread_cond_wait(&self->ready, &self->lock);
    }
    if (ring) {
        *job = s_get(ring);
    }
    pthread_mutex_unlock(&self->lock);
    return ring;
}

static void *s_thread(void *arg)
{
    lex_pool_t *self = arg;
    s_job_t job;
    mysql_thread_init();
    while (s_take(self, &job)) {
        job.run(job.arg);
    }
    mysql_thread_end();
    return NULL;
}

lex_pool_t *lex_pool_new(unsigned threads, unsigned queue)
{
    assert(threads > 0 && queue > 0);
    lex_pool_t *self = lex_calloc(1, sizeof(*self));
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->ready, NULL);
    self->quick = (s_ring_t){.jobs = lex_calloc(queue, sizeof(s_job_t)), .capacity = queue};
    self->slow = (s_ring_t){.jobs = lex_calloc(queue, sizeof(s_job_t)), .capacity = queue};
    self->threads = lex_calloc(threads, sizeof(pthread_t));

    /* Must have run before any thread calls mysql_thread_init; running again does nothing. */
    mysql_library_init(0, NULL, NULL);

    /* Signals are for the thread that asked for them: a job never sees EINTR because of one. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; self->thread_count < threads; self->thread_count++) {
        int rc = pthread_create(&self->threads[self->thread_count], NULL, s_thread, self);
        if (rc != 0) {
            lex_error("pool: cannot start a thread: %s", strerror(rc));
            abort();
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return self;
}

void lex_pool_destroy(lex_pool_t **self_p)
{
    assert(self_p);
    lex_pool_t *self = *self_p;
    if (!self) {
        return;
    }
    pthread_mutex_lock(&self->lock);
    self->ending = true;
    pthread_cond_broadcast(&self->ready);
    pthread_mutex_unlock(&self->lock);
    for (unsigned i = 0; i < self->thread_count; i++) {
        pthread_join(self->threads[i], NULL);
    }
    pthread_cond_destroy(&self->ready);
    pthread_mutex_destroy(&self->lock);
    free(self->threads);
    free(self->quick.jobs);
    free(self->slow.jobs);
    free(self);
    *self_p = NULL;
}

static int s_run(lex_pool_t *self, s_ring_t *ring, s_job_t job)
{
    pthread_mutex_lock(&self->lock);
    bool accepted = s_put(ring, job);
    if (accepted) {
        pthread_cond_signal(&self->ready);
    }
    pthread_mutex_unlock(&self->lock);
    return accepted ? 0 : -1;
}

int lex_pool_run(lex_pool_t *self, lex_job_fn *job, void *arg)
{
    return s_run(self, &self->quick, (s_job_t){.run = job, .arg = arg});
}

int lex_pool_run_slow(lex_pool_t *self, lex_job_fn *job, void *arg)
{
    return s_run(self, &self->slow, (s_job_t){.run = job, .arg = arg});
}

unsigned lex_pool_queued(lex_pool_t *self)
{
    pthread_mutex_lock(&self->lock);
    unsigned count = self->quick.count + self->slow.count;
    pthread_mutex_unlock(&self->lock);
    return count;
}
