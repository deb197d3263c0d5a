#include "client/gateways.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "client/text_clean.h"
#include "common/clock.h"
#include "common/memory.h"

#define CANCEL_EVERY_MS 20 /* a call that had not quite begun misses being cancelled */

typedef enum { ASKER_IDLE, ASKER_ASKED, ASKER_BUSY } s_state_t;

typedef struct {
    gateways_t *all;
    pthread_t thread;
    lexmq_t *lexmq;   /* the thread's, once it runs */
    const char *name; /* of its only gateway, which stays as long as it does */
    s_state_t state;
    bool is_new; /* `answer` was not taken */
    gateway_answer_t answer;
} s_asker_t;

struct gateways {
    pthread_mutex_t lock; /* guards what the threads share: state, answers, is_ending */
    pthread_cond_t changed;
    s_asker_t *list;
    size_t count;
    int heard; /* eventfd */
    bool is_ending;
};

void gateway_answer_clear(gateway_answer_t *self)
{
    free(self->reason);
    lexmq_gateway_status_destroy(&self->status);
    lexmq_workers_destroy(&self->workers);
    *self = (gateway_answer_t){0};
}

static gateway_answer_t s_ask(lexmq_t *lexmq)
{
    gateway_answer_t answer = {0};

    answer.outcome = lexmq_gateway_status(lexmq, &answer.status);
    if (answer.outcome != LEXMQ_OK)
        answer.reason = text_clean(lexmq_error_message(lexmq), false);
    else
        lexmq_workers(lexmq, &answer.workers);
    return answer;
}

static void s_tell(gateways_t *self)
{
    static const uint64_t one = 1;
    /* Fails only when it is readable already. */
    ssize_t ignored = write(self->heard, &one, sizeof one);

    (void)ignored;
    pthread_cond_broadcast(&self->changed);
}

static void *s_run(void *arg)
{
    s_asker_t *asker = arg;
    gateways_t *self = asker->all;

    pthread_mutex_lock(&self->lock);
    while (true) {
        while (!self->is_ending && asker->state != ASKER_ASKED)
            pthread_cond_wait(&self->changed, &self->lock);
        if (self->is_ending)
            break;
        asker->state = ASKER_BUSY;
        pthread_mutex_unlock(&self->lock);
        gateway_answer_t answer = s_ask(asker->lexmq);
        pthread_mutex_lock(&self->lock);
        gateway_answer_clear(&asker->answer);
        asker->answer = answer;
        asker->is_new = true;
        asker->state = ASKER_IDLE;
        s_tell(self);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

gateways_t *gateways_new(const lexmq_t *lexmq, unsigned timeout_ms)
{
    gateways_t *self = lex_calloc(1, sizeof *self);
    lexmq_t *single;

    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    self->heard = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    while ((single = lexmq_new_single(lexmq, self->count, timeout_ms))) {
        self->list = lex_realloc(self->list, (self->count + 1) * sizeof *self->list);
        self->list[self->count++] =
            (s_asker_t){.all = self, .lexmq = single, .name = lexmq_gateway(single)};
    }
    for (size_t i = 0; i < self->count; i++)
        lex_allocated(
            pthread_create(&self->list[i].thread, NULL, s_run, &self->list[i]) == 0 ? self : NULL);
    return self;
}

static void s_join(s_asker_t *asker)
{
    struct timespec until;

    do {
        lexmq_cancel(asker->lexmq);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += CANCEL_EVERY_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    } while (pthread_timedjoin_np(asker->thread, NULL, &until) == ETIMEDOUT);
}

void gateways_destroy(gateways_t **self_p)
{
    gateways_t *self = *self_p;

    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->is_ending = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    for (size_t i = 0; i < self->count; i++) {
        s_join(&self->list[i]);
        lexmq_destroy(&self->list[i].lexmq);
        gateway_answer_clear(&self->list[i].answer);
    }
    if (self->heard >= 0)
        close(self->heard);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self->list);
    free(self);
    *self_p = NULL;
}

size_t gateways_count(const gateways_t *self)
{
    return self->count;
}

const char *gateways_name(const gateways_t *self, size_t index)
{
    return self->list[index].name;
}

void gateways_ask(gateways_t *self)
{
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->count; i++)
        if (self->list[i].state == ASKER_IDLE)
            self->list[i].state = ASKER_ASKED;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void gateways_wait(gateways_t *self)
{
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->count; i++)
        while (self->list[i].state != ASKER_IDLE)
            pthread_cond_wait(&self->changed, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

int gateways_descriptor(const gateways_t *self)
{
    return self->heard;
}

void gateways_heard(gateways_t *self)
{
    uint64_t count;
    ssize_t ignored = read(self->heard, &count, sizeof count);

    (void)ignored;
}

bool gateways_take(gateways_t *self, size_t index, gateway_answer_t *out)
{
    s_asker_t *asker = &self->list[index];

    pthread_mutex_lock(&self->lock);
    bool is_new = asker->is_new;
    if (is_new) {
        *out = asker->answer;
        asker->answer = (gateway_answer_t){0};
        asker->is_new = false;
    }
    pthread_mutex_unlock(&self->lock);
    return is_new;
}
