#include "lookup-svc/sync.h"

#include <mysql.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/refresh.h"

#define SYNC_WAITING_MS 200   /* between looks at what another worker builds */
#define SYNC_PAUSE_MAX  30000 /* ms between attempts to build what cannot be built */

struct sync {
    refresh_t *refresh;
    int poll_ms;
    atomic_bool stopped;
    pthread_t thread;
    pthread_mutex_t lock; /* for the condition alone */
    pthread_cond_t changed;
};

static void s_sleep(sync_t *self, int ms)
{
    struct timespec deadline = lex_monotonic_after(ms);
    pthread_mutex_lock(&self->lock);
    while (!atomic_load(&self->stopped) &&
           pthread_cond_timedwait(&self->changed, &self->lock, &deadline) == 0)
        continue;
    pthread_mutex_unlock(&self->lock);
}

static void *s_run(void *arg)
{
    sync_t *self = arg;
    int pause = self->poll_ms;
    mysql_thread_init();
    while (!atomic_load(&self->stopped)) {
        refresh_status_t status = refresh_run(self->refresh);
        if (status != REFRESH_INCOMPLETE)
            pause = self->poll_ms;
        s_sleep(self, status == REFRESH_WAITING ? SYNC_WAITING_MS : pause);
        if (status == REFRESH_INCOMPLETE && pause < SYNC_PAUSE_MAX / 2)
            pause *= 2;
    }
    mysql_thread_end();
    return NULL;
}

sync_t *sync_new(catalogue_t *catalogue, folder_t *folder, const source_t *source, int poll_ms)
{
    sync_t *self = lex_calloc(1, sizeof *self);
    pthread_condattr_t attributes;
    self->poll_ms = poll_ms;
    self->refresh = refresh_new(catalogue, folder, source, &self->stopped);
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&self->thread, NULL, s_run, self)) {
        lex_error("dictionaries cannot be kept fresh: no thread could be started");
        abort();
    }
    return self;
}

void sync_destroy(sync_t **self_p)
{
    sync_t *self = *self_p;
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->stopped, true);
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    refresh_destroy(&self->refresh);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self);
    *self_p = NULL;
}

int64_t sync_checked_at(const sync_t *self)
{
    return refresh_checked_at(self->refresh);
}
