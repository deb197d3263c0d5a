/* Ordinary clients, which must not feel what others do: each looks words up, one after the other with a pause between, and compares
 * the answer with the one it had first.
 *
 *     probe GATEWAYS CERTIFICATE CLIENTS PAUSE_MS
 *
 * CERTIFICATE is the gateway's public one, "-" for a plaintext stack. Prints "started" once every client has its answers to compare
 * with; then, for each line on standard input, a JSON object about the time since the line before: requests, failures, wrong answers,
 * and the latency in microseconds. Ends when the input does. */

#include <lexmq.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PASSWORD    "correct horse"
#define TIMEOUT_MS  30000
#define SAMPLES_MAX (1u << 22)
#define CLIENTS_MAX 64
#define WORDS       6

static const char *const s_words[WORDS] = {
    "abandon", "ability", "no such word", "abandons", "\xE6\x94\xBE\xE5\xBC\x83", "able"};

typedef struct {
    const char *gateways, *certificate;
    unsigned clients, pause_ms;
    pthread_mutex_t lock; /* guards all below */
    unsigned started, failed, wrong, unrecorded, reported;
    unsigned *samples; /* microseconds */
    unsigned count;
    atomic_bool stop;
} run_t;

typedef struct {
    run_t *run;
    unsigned number;
    pthread_t thread;
    char *expected[WORDS];
} client_t;

static long long s_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void s_sleep_ms(unsigned ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

/* All that an answer says of a word. Caller frees. */
static char *s_text(const lexmq_definition_t *word)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%s|%d|%s|", word->word, word->found, word->rule ? word->rule : "");
    for (size_t i = 0; i < word->entry_count; i++)
        fprintf(out, "%s:%s|", word->entries[i].headword, word->entries[i].text);
    for (size_t i = 0; i < word->suggestion_count; i++)
        fprintf(out, "%s,", word->suggestions[i]);
    fclose(out);
    return text;
}

static void s_count(run_t *run, long long us, bool failed, bool wrong, bool recorded,
                    const char *why)
{
    pthread_mutex_lock(&run->lock);
    if (run->count < SAMPLES_MAX)
        run->samples[run->count++] = (unsigned)us;
    run->failed += failed;
    run->wrong += wrong;
    run->unrecorded += !failed && !recorded;
    if ((failed || wrong) && run->reported++ < 5)
        fprintf(stderr, "probe: %s\n", why);
    pthread_mutex_unlock(&run->lock);
}

static void s_look_up(client_t *self, lexmq_t *lexmq, unsigned index)
{
    lexmq_definitions_t *found = NULL;
    long long begin = s_now_us();
    bool failed = lexmq_define(lexmq, &s_words[index], 1, NULL, &found) != LEXMQ_OK;
    long long us = s_now_us() - begin;
    char *text = failed ? NULL : s_text(&found->words[0]);
    bool first = text && !self->expected[index];
    if (first)
        self->expected[index] = text;
    bool wrong = text && strcmp(text, self->expected[index]) != 0;
    s_count(self->run, us, failed, wrong, found && found->recorded,
            failed ? lexmq_error_message(lexmq) : text);
    if (!first)
        free(text);
    lexmq_definitions_destroy(&found);
}

static void *s_client(void *arg)
{
    client_t *self = arg;
    run_t *run = self->run;
    char name[48], why[256] = "";
    lexmq_options_t options = {.gateways = run->gateways,
                               .server_key = run->certificate,
                               .insecure = !run->certificate,
                               .timeout_ms = TIMEOUT_MS};
    lexmq_t *lexmq = lexmq_new(&options, why, sizeof why);
    snprintf(name, sizeof name, "probe %u %lld", self->number, s_now_us());
    if (!lexmq || lexmq_register(lexmq, name, PASSWORD, NULL, 0, NULL) != LEXMQ_OK) {
        fprintf(stderr, "probe: %s\n", lexmq ? lexmq_error_message(lexmq) : why);
        exit(1);
    }
    for (unsigned i = 0; i < WORDS; i++)
        s_look_up(self, lexmq, i);
    pthread_mutex_lock(&run->lock);
    run->started++;
    pthread_mutex_unlock(&run->lock);
    for (unsigned i = self->number; !run->stop; i++) {
        s_look_up(self, lexmq, i % WORDS);
        s_sleep_ms(run->pause_ms);
    }
    lexmq_destroy(&lexmq);
    for (unsigned i = 0; i < WORDS; i++)
        free(self->expected[i]);
    return NULL;
}

static int s_compare(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

/* What was counted since the last call. */
static void s_report(run_t *run)
{
    pthread_mutex_lock(&run->lock);
    qsort(run->samples, run->count, sizeof *run->samples, s_compare);
    unsigned count = run->count, last = count ? count - 1 : 0;
    printf("{\"requests\":%u,\"failed\":%u,\"wrong\":%u,\"unrecorded\":%u,\"p50_us\":%u,\"p99_us\":"
           "%u,\"max_us\":%u}\n",
           count, run->failed, run->wrong, run->unrecorded, run->samples[last / 2],
           run->samples[(unsigned)(last * 0.99)], run->samples[last]);
    fflush(stdout);
    run->count = run->failed = run->wrong = run->unrecorded = 0;
    pthread_mutex_unlock(&run->lock);
}

static bool s_have_started(run_t *run)
{
    pthread_mutex_lock(&run->lock);
    bool all = run->started == run->clients;
    pthread_mutex_unlock(&run->lock);
    return all;
}

int main(int argc, char **argv)
{
    static client_t clients[CLIENTS_MAX];
    char line[64];
    if (argc != 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > CLIENTS_MAX) {
        fprintf(stderr, "probe GATEWAYS CERTIFICATE CLIENTS PAUSE_MS\n");
        return 2;
    }
    run_t run = {.gateways = argv[1],
                 .certificate = strcmp(argv[2], "-") != 0 ? argv[2] : NULL,
                 .clients = (unsigned)atoi(argv[3]),
                 .pause_ms = (unsigned)atoi(argv[4]),
                 .lock = PTHREAD_MUTEX_INITIALIZER,
                 .samples = calloc(SAMPLES_MAX, sizeof(unsigned))};
    for (unsigned i = 0; i < run.clients; i++) {
        clients[i] = (client_t){.run = &run, .number = i};
        pthread_create(&clients[i].thread, NULL, s_client, &clients[i]);
    }
    while (!s_have_started(&run))
        s_sleep_ms(10);
    printf("started\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin))
        s_report(&run);
    run.stop = true;
    for (unsigned i = 0; i < run.clients; i++)
        pthread_join(clients[i].thread, NULL);
    free(run.samples);
    return 0;
}
