/* The mailbox: what other threads hand to the loop. One eventfd write wakes it, however much is
 * handed over. */

#include <assert.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

void lex_mailbox_init(lex_mailbox_t *self)
{
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->room, &monotonic);
    pthread_condattr_destroy(&monotonic);
    self->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->wake < 0) {
        lex_error("worker: no file descriptor left for the mailbox");
        abort();
    }
}

void lex_mailbox_close(lex_mailbox_t *self)
{
    while (self->first_posted) {
        lex_posted_t *posted = self->first_posted;
        self->first_posted = posted->next;
        free(posted);
    }
    close(self->wake);
    pthread_cond_destroy(&self->room);
    pthread_mutex_destroy(&self->lock);
}

/* With the lock held. */
static void s_wake(lex_mailbox_t *self)
{
    if (!self->woken) {
        uint64_t one = 1;
        ssize_t rc = write(self->wake, &one, sizeof(one));
        self->woken = rc == (ssize_t)sizeof(one);
    }
}

void lex_mailbox_wake(lex_mailbox_t *self)
{
    pthread_mutex_lock(&self->lock);
    s_wake(self);
    pthread_mutex_unlock(&self->lock);
}

void lex_mailbox_post(lex_mailbox_t *self, lex_loop_fn *fn, void *arg)
{
    lex_posted_t *posted = lex_malloc(sizeof(*posted));
    *posted = (lex_posted_t){.run = fn, .arg = arg};
    pthread_mutex_lock(&self->lock);
    if (self->last_posted) {
        self->last_posted->next = posted;
    } else {
        self->first_posted = posted;
    }
    self->last_posted = posted;
    s_wake(self);
    pthread_mutex_unlock(&self->lock);
}

void lex_mailbox_reply(lex_mailbox_t *self, lex_outgoing_t *item)
{
    pthread_mutex_lock(&self->lock);
    lex_outgoing_append(&self->replies, item);
    s_wake(self);
    pthread_mutex_unlock(&self->lock);
}

bool lex_mailbox_reserve(lex_mailbox_t *self, size_t size, bool wait)
{
    int rc = 0;
    pthread_mutex_lock(&self->lock);
    if (wait && self->partial_bytes > LEX_PARTIAL_BYTES) {
        struct timespec deadline = lex_monotonic_after(LEX_PARTIAL_WAIT_MS);
        while (self->partial_bytes > LEX_PARTIAL_BYTES && !self->closed && rc == 0) {
            rc = pthread_cond_timedwait(&self->room, &self->lock, &deadline);
        }
    }
    if (rc == 0) {
        self->partial_bytes += size;
    }
    pthread_mutex_unlock(&self->lock);
    return rc == 0;
}

void lex_mailbox_unreserve(lex_mailbox_t *self, size_t size)
{
    pthread_mutex_lock(&self->lock);
    assert(self->partial_bytes >= size);
    self->partial_bytes -= size;
    if (self->partial_bytes <= LEX_PARTIAL_BYTES) {
        pthread_cond_broadcast(&self->room);
    }
    pthread_mutex_unlock(&self->lock);
}

lex_outgoing_t *lex_mailbox_take(lex_mailbox_t *self, lex_posted_t **posted)
{
    pthread_mutex_lock(&self->lock);
    lex_outgoing_t *replies = self->replies.first;
    self->replies = (lex_outgoing_list_t){0};
    if (posted) {
        *posted = self->first_posted;
        self->first_posted = self->last_posted = NULL;
    }
    /* Functions that stay keep the descriptor readable: the next round is for them. */
    if (self->woken && !self->first_posted) {
        uint64_t count;
        self->woken = read(self->wake, &count, sizeof(count)) != (ssize_t)sizeof(count);
    }
    pthread_mutex_unlock(&self->lock);
    return replies;
}

void lex_mailbox_end(lex_mailbox_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->closed = true;
    pthread_cond_broadcast(&self->room);
    pthread_mutex_unlock(&self->lock);
}
