#include "lookup-svc/catalogue.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/memory.h"

/* Taking a share means to read the pointer and to count, as one step: the lock is held for these
 * two alone. */
struct catalogue {
    pthread_mutex_t lock;
    snapshot_t *snapshot;
};

catalogue_t *catalogue_new(void)
{
    catalogue_t *self = lex_calloc(1, sizeof *self);
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

void catalogue_destroy(catalogue_t **self_p)
{
    catalogue_t *self = *self_p;
    if (!self)
        return;
    snapshot_destroy(&self->snapshot);
    pthread_mutex_destroy(&self->lock);
    free(self);
    *self_p = NULL;
}

void catalogue_publish(catalogue_t *self, snapshot_t **snapshot_p)
{
    pthread_mutex_lock(&self->lock);
    snapshot_t *before = self->snapshot;
    self->snapshot = *snapshot_p;
    pthread_mutex_unlock(&self->lock);
    *snapshot_p = NULL;
    snapshot_destroy(&before);
}

snapshot_t *catalogue_acquire(catalogue_t *self)
{
    pthread_mutex_lock(&self->lock);
    snapshot_t *snapshot = self->snapshot ? snapshot_link(self->snapshot) : NULL;
    pthread_mutex_unlock(&self->lock);
    return snapshot;
}
