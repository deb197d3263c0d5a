/* Many users at once, through liblexmq: each registers, looks words up, keeps its own account of what was acknowledged, and at
 * the end compares it with its history. The report is one JSON object on the last line of standard output.
 *
 *     load GATEWAYS CERTIFICATE CLIENTS ROUNDS WORDS
 *
 * Every client does ROUNDS requests of WORDS words; with ROUNDS 0 they go on until standard input ends. A line "started" is
 * printed once every client has had its first answer, and none goes on before: a test then knows that load is on.
 *
 * The report's milliseconds: `longest_ms` is the longest that one request took with all its tries; `gap_ms` the longest time
 * in which nobody was answered, `record_gap_ms` the longest in which nobody's look-up was acknowledged as recorded, both
 * counted from "started" on. */

#include <lexmq.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PASSWORD     "correct horse"
#define TIMEOUT_MS   30000
#define SETTLE_TRIES 600 /* times 100 ms: how long a record may be on its way after its look-up */
#define WORDS_MAX    LEXMQ_WORDS_MAX
#define WORD_SIZE    48
#define REPORTED_MAX 5
#define WAIT_US      1000

typedef struct {
    double last; /* seconds; 0: not yet */
    double longest;
} s_gap_t;

typedef struct {
    const char *gateways, *certificate;
    unsigned clients, rounds, words;
    atomic_uint started, failed, unrecorded, wrong, missing, twice, foreign, out_of_order,
        unsettled;
    atomic_uint reported, look_ups;
    atomic_bool stop;
    pthread_mutex_t lock; /* guards the gaps */
    s_gap_t answers, records;
    double longest;
} s_run_t;

typedef struct {
    s_run_t *run;
    unsigned number;
    pthread_t thread;
} s_client_t;

static double s_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The first call begins the first gap. */
static void s_gap_end(s_gap_t *self, double now)
{
    if (self->last > 0 && now - self->last > self->longest)
        self->longest = now - self->last;
    if (now > self->last)
        self->last = now;
}

/* A request that began at `begin` was answered. */
static void s_answered(s_run_t *run, double begin, bool recorded)
{
    double now = s_seconds();
    pthread_mutex_lock(&run->lock);
    if (now - begin > run->longest)
        run->longest = now - begin;
    s_gap_end(&run->answers, now);
    if (recorded)
        s_gap_end(&run->records, now);
    pthread_mutex_unlock(&run->lock);
}

/* The load is on, or ends: a gap reaches no further. */
static void s_gaps_bound(s_run_t *run)
{
    double now = s_seconds();
    pthread_mutex_lock(&run->lock);
    s_gap_end(&run->answers, now);
    s_gap_end(&run->records, now);
    pthread_mutex_unlock(&run->lock);
}

static void s_report(s_run_t *run, const char *what, const lexmq_t *lexmq)
{
    if (atomic_fetch_add(&run->reported, 1) < REPORTED_MAX)
        fprintf(stderr, "%s: %s\n", what, lexmq ? lexmq_error_message(lexmq) : "");
}

/* Word `index` of a client: every one differs, so that the history can be matched exactly; the first is in the word book. */
static void s_word(const s_client_t *self, unsigned index, char out[WORD_SIZE])
{
    if (index == 0)
        snprintf(out, WORD_SIZE, "abandon");
    else
        snprintf(out, WORD_SIZE, "word %u of user %u", index, self->number);
}

/* One request of run->words words; false when it failed for good. */
static bool s_look_up(s_client_t *self, lexmq_t *lexmq, unsigned round)
{
    s_run_t *run = self->run;
    static _Thread_local char storage[WORDS_MAX][WORD_SIZE];
    const char *words[WORDS_MAX];
    for (unsigned i = 0; i < run->words; i++) {
        s_word(self, round * run->words + i, storage[i]);
        words[i] = storage[i];
    }
    lexmq_definitions_t *found = NULL;
    double begin = s_seconds();
    if (lexmq_define(lexmq, words, run->words, NULL, &found) != LEXMQ_OK) {
        atomic_fetch_add(&run->failed, 1);
        s_report(run, "define", lexmq);
        return false;
    }
    for (unsigned i = 0; i < run->words; i++)
        if (i >= found->count || strcmp(found->words[i].word, words[i]) != 0 ||
            found->words[i].found != (round == 0 && i == 0))
            atomic_fetch_add(&run->wrong, 1);
    if (!found->recorded)
        atomic_fetch_add(&run->unrecorded, 1);
    if (round > 0)
        s_answered(run, begin, found->recorded);
    lexmq_definitions_destroy(&found);
    return true;
}

/* Counts how often each word is in the history; -1 when it cannot be read. */
static int s_count(s_client_t *self, lexmq_t *lexmq, unsigned *counts, unsigned expected,
                   bool *in_order)
{
    uint64_t cursor = 0, last = 0;
    unsigned next = 0;
    int total = 0;
    *in_order = true;
    memset(counts, 0, expected * sizeof *counts);
    do {
        lexmq_records_t *page = NULL;
        if (lexmq_history_list(lexmq, LEXMQ_RECORDS_MAX, cursor, true, &page) != LEXMQ_OK)
            return -1;
        for (size_t i = 0; i < page->count; i++, total++) {
            unsigned index = 0, user = self->number;
            if (strcmp(page->list[i].word, "abandon") != 0 &&
                sscanf(page->list[i].word, "word %u of user %u", &index, &user) != 2)
                index = expected;
            if (index >= expected || user != self->number)
                atomic_fetch_add(&self->run->foreign, 1);
            else
                counts[index]++;
            if (page->list[i].n <= last || index != next)
                *in_order = false;
            last = page->list[i].n;
            next++;
        }
        cursor = page->cursor;
        lexmq_records_destroy(&page);
    } while (cursor != 0);
    return total;
}

static void s_compare(s_client_t *self, lexmq_t *lexmq, unsigned expected)
{
    s_run_t *run = self->run;
    unsigned *counts = calloc(expected + 1, sizeof *counts);
    bool in_order = false;
    int total = -1;
    for (int i = 0; i < SETTLE_TRIES && total < (int)expected; i++) {
        if (i > 0)
            usleep(100000);
        total = s_count(self, lexmq, counts, expected, &in_order);
    }
    if (total < 0) {
        atomic_fetch_add(&run->unsettled, 1);
        s_report(run, "history", lexmq);
    }
    for (unsigned i = 0; i < expected; i++) {
        atomic_fetch_add(&run->missing, counts[i] == 0);
        atomic_fetch_add(&run->twice, counts[i] > 1);
    }
    atomic_fetch_add(&run->out_of_order, !in_order);
    free(counts);
}

static void *s_client(void *arg)
{
    s_client_t *self = arg;
    s_run_t *run = self->run;
    lexmq_options_t options = {
        .gateways = run->gateways, .server_key = run->certificate, .timeout_ms = TIMEOUT_MS};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    char name[LEXMQ_WORD_MAX];
    snprintf(name, sizeof name, "user %ld %u", (long)getpid(), self->number);
    if (!lexmq || lexmq_register(lexmq, name, PASSWORD, NULL, 0, NULL) != LEXMQ_OK) {
        atomic_fetch_add(&run->failed, 1);
        s_report(run, "register", lexmq);
        atomic_fetch_add(&run->started, 1);
        lexmq_destroy(&lexmq);
        return NULL;
    }
    unsigned done = 0;
    for (unsigned round = 0; run->rounds ? round < run->rounds : !atomic_load(&run->stop);
         round++) {
        bool ok = s_look_up(self, lexmq, round);
        if (round == 0) {
            atomic_fetch_add(&run->started, 1);
            while (atomic_load(&run->started) < run->clients)
                usleep(WAIT_US);
        }
        if (!ok)
            break;
        done += run->words;
    }
    atomic_fetch_add(&run->look_ups, done);
    s_compare(self, lexmq, done);
    lexmq_destroy(&lexmq);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: load GATEWAYS CERTIFICATE CLIENTS ROUNDS WORDS\n");
        return 2;
    }
    s_run_t run = {.gateways = argv[1],
                   .certificate = argv[2],
                   .clients = (unsigned)atoi(argv[3]),
                   .rounds = (unsigned)atoi(argv[4]),
                   .words = (unsigned)atoi(argv[5]),
                   .lock = PTHREAD_MUTEX_INITIALIZER};
    if (run.clients < 1 || run.words < 1 || run.words > WORDS_MAX)
        return 2;
    double begin = s_seconds();
    s_client_t *clients = calloc(run.clients, sizeof *clients);
    for (unsigned i = 0; i < run.clients; i++) {
        clients[i] = (s_client_t){.run = &run, .number = i};
        if (pthread_create(&clients[i].thread, NULL, s_client, &clients[i]) != 0)
            return 1;
    }
    while (atomic_load(&run.started) < run.clients)
        usleep(WAIT_US);
    s_gaps_bound(&run);
    puts("started");
    fflush(stdout);
    if (run.rounds == 0) {
        while (getchar() != EOF)
            continue;
        s_gaps_bound(&run);
    }
    atomic_store(&run.stop, true);
    for (unsigned i = 0; i < run.clients; i++)
        pthread_join(clients[i].thread, NULL);
    free(clients);
    printf(
        "{\"failed\":%u,\"wrong\":%u,\"unrecorded\":%u,\"missing\":%u,\"twice\":%u,\"foreign\":%u,"
        "\"out_of_order\":%u,\"unsettled\":%u,\"look_ups\":%u,\"seconds\":%.3f,\"longest_ms\":%.0f,"
        "\"gap_ms\":%.0f,\"record_gap_ms\":%.0f}\n",
        run.failed, run.wrong, run.unrecorded, run.missing, run.twice, run.foreign,
        run.out_of_order, run.unsettled, run.look_ups, s_seconds() - begin, run.longest * 1e3,
        run.answers.longest * 1e3, run.records.longest * 1e3);
    return 0;
}
