/* Connections that threads take in turns. The one given back last goes out first: the others may
 * rest. */

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/db.h"
#include "common/memory.h"

struct lex_db_pool {
    pthread_mutex_t mutex;
    pthread_cond_t is_free;
    unsigned size;
    unsigned free_count;
    lex_db_t *free[]; /* a stack */
};

lex_db_pool_t *lex_db_pool_new(const lex_db_options_t *options, unsigned connections)
{
    assert(connections);
    lex_db_pool_t *self = lex_calloc(1, sizeof *self + connections * sizeof self->free[0]);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->is_free, NULL);
    self->size = connections;
    while (self->free_count < connections)
        self->free[self->free_count++] = lex_db_new(options);
    return self;
}

void lex_db_pool_destroy(lex_db_pool_t **self_p)
{
    lex_db_pool_t *self = *self_p;
    if (!self)
        return;
    assert(self->free_count == self->size);
    while (self->free_count)
        lex_db_destroy(&self->free[--self->free_count]);
    pthread_cond_destroy(&self->is_free);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    *self_p = NULL;
}

lex_db_t *lex_db_pool_acquire(lex_db_pool_t *self)
{
    pthread_mutex_lock(&self->mutex);
    while (self->free_count == 0)
        pthread_cond_wait(&self->is_free, &self->mutex);
    lex_db_t *db = self->free[--self->free_count];
    pthread_mutex_unlock(&self->mutex);
    return db;
}

void lex_db_pool_release(lex_db_pool_t *self, lex_db_t **db_p)
{
    pthread_mutex_lock(&self->mutex);
    assert(self->free_count < self->size);
    self->free[self->free_count++] = *db_p;
    *db_p = NULL;
    pthread_cond_signal(&self->is_free);
    pthread_mutex_unlock(&self->mutex);
}
