#include "bench/lib/load.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/lib/failure.h"
#include "common/memory.h"

#define NANOSECONDS_IN_MS 1000000

typedef struct {
    const load_t *load;
    pthread_barrier_t ready; /* all are connected */
    pthread_barrier_t go;    /* the times below are set */
    uint64_t begin;          /* of the time measured */
    uint64_t end;
} s_run_t;

typedef struct {
    s_run_t *run;
    unsigned number;
    pthread_t thread;
    void *connection;
    uint64_t *sent; /* by slot */
    load_result_t result;
} s_client_t;

static uint64_t s_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void s_send(s_client_t *self, unsigned slot, uint64_t now)
{
    self->sent[slot] = now;
    self->run->load->contender->send(self->connection, slot);
}

/* Counts what is answered within the time measured; requests that are open at its end are waited for as well. */
static void s_keep_asking(s_client_t *self)
{
    const s_run_t *run = self->run;
    unsigned open = run->load->window;
    uint64_t now = s_now();
    for (unsigned slot = 0; slot < open; slot++)
        s_send(self, slot, now);
    while (open > 0) {
        unsigned slot = run->load->contender->receive(self->connection, &self->result);
        now = s_now();
        self->result.answered++;
        if (now >= run->begin && now < run->end) {
            self->result.counted++;
            histogram_add(&self->result.latency, now - self->sent[slot]);
        }
        if (now < run->end)
            s_send(self, slot, now);
        else
            open--;
    }
}

static void *s_client(void *arg)
{
    s_client_t *self = arg;
    const load_t *load = self->run->load;
    self->connection = load->contender->open(load, self->number);
    s_send(self, 0, s_now());
    load->contender->receive(self->connection, &self->result);
    self->result.answered++;
    pthread_barrier_wait(&self->run->ready);
    pthread_barrier_wait(&self->run->go);
    s_keep_asking(self);
    load->contender->close(&self->connection);
    return NULL;
}

static void s_start(s_client_t *self, s_run_t *run, unsigned number)
{
    self->run = run;
    self->number = number;
    self->sent = lex_calloc(run->load->window, sizeof *self->sent);
    if (pthread_create(&self->thread, NULL, s_client, self) != 0)
        fail("no thread for client %u", number);
}

static void s_finish(s_client_t *self, load_result_t *result)
{
    pthread_join(self->thread, NULL);
    result->answered += self->result.answered;
    result->counted += self->result.counted;
    result->refused += self->result.refused;
    result->unrecorded += self->result.unrecorded;
    histogram_merge(&result->latency, &self->result.latency);
    free(self->sent);
}

void load_run(const load_t *load, load_result_t *result)
{
    s_run_t run = {.load = load};
    s_client_t *clients = lex_calloc(load->clients, sizeof *clients);
    pthread_barrier_init(&run.ready, NULL, load->clients + 1);
    pthread_barrier_init(&run.go, NULL, load->clients + 1);
    memset(result, 0, sizeof *result);
    for (unsigned i = 0; i < load->clients; i++)
        s_start(&clients[i], &run, i);
    pthread_barrier_wait(&run.ready);
    run.begin = s_now() + (uint64_t)load->warm_up_ms * NANOSECONDS_IN_MS;
    run.end = run.begin + (uint64_t)load->measure_ms * NANOSECONDS_IN_MS;
    pthread_barrier_wait(&run.go);
    for (unsigned i = 0; i < load->clients; i++)
        s_finish(&clients[i], result);
    pthread_barrier_destroy(&run.ready);
    pthread_barrier_destroy(&run.go);
    free(clients);
}
