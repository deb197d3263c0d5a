/* bench/search: what searching costs in process, on one core, by the code of the lookup service with nothing around it.
 * Prints a line of JSON about opening the index, and one for each list of questions. */

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/lib/engine.h"
#include "bench/lib/failure.h"
#include "bench/lib/histogram.h"
#include "bench/lib/words.h"
#include "common/config.h"
#include "common/memory.h"

#define CORE_NONE   (-1)
#define CORE_MAX    1023
#define TIME_MAX_MS 600000
#define CLOCK_EVERY 16 /* questions between two looks at the clock while the rate is measured */
#define NANOSECONDS 1e9

static const lex_setting_t s_settings[] = {
    {"index", "FILE", NULL, "the index file"},
    {"core", "N", "-1", "the core to stay on; -1: any"},
    {"measure", "MS", "1000", "processor time that a list is asked for its rate"},
    {"answers", "FOLDER", NULL,
     "instead of measuring, writes the keys found into FOLDER/QUESTION, a line a question"},
    {"keys", "FILE", NULL, "writes all keys, a line each"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/search",
    .summary = "Measures searching in process.",
    .usage = "--index FILE [OPTION]… [QUESTION=FILE]…",
    .epilogue = "A QUESTION is define, answer, lev2 or a strategy of match; its FILE has a word or "
                "pattern a line.",
    .settings = s_settings,
};

static uint64_t s_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void s_pin(int core)
{
    if (core == CORE_NONE)
        return;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET((unsigned)core, &cores);
    expect(sched_setaffinity(0, sizeof cores, &cores) == 0, "staying on a core");
}

/* Every question once, each with the clock. Returns the results of all. */
static uint64_t s_measure_latency(engine_t *engine, const words_t *words, histogram_t *latency)
{
    uint64_t results = 0;
    for (unsigned i = 0; i < words_count(words); i++) {
        uint64_t begin = s_now(CLOCK_MONOTONIC);
        results += engine_ask(engine, words_get(words, i), NULL);
        histogram_add(latency, s_now(CLOCK_MONOTONIC) - begin);
    }
    return results;
}

/* Questions a second of processor time, asked over and over: what a neighbour on the core takes away does not count. */
static double s_measure_rate(engine_t *engine, const words_t *words, unsigned measure_ms)
{
    uint64_t begin = s_now(CLOCK_PROCESS_CPUTIME_ID), now = begin,
             end = begin + (uint64_t)measure_ms * 1000000;
    uint64_t asked = 0;
    unsigned place = 0;
    while (now < end) {
        for (unsigned i = 0; i < CLOCK_EVERY; i++)
            engine_ask(engine, words_get(words, words_next(words, &place)), NULL);
        asked += CLOCK_EVERY;
        now = s_now(CLOCK_PROCESS_CPUTIME_ID);
    }
    return (double)asked * NANOSECONDS / (double)(now - begin);
}

static void s_measure(engine_t *engine, const char *question, const words_t *words,
                      unsigned measure_ms)
{
    histogram_t *latency = lex_calloc(1, sizeof *latency);
    uint64_t results = s_measure_latency(engine, words, latency); /* that warms up as well */
    memset(latency, 0, sizeof *latency);
    s_measure_latency(engine, words, latency);
    printf("{\"question\":\"%s\",\"questions\":%u,\"results\":%.2f,\"median_us\":%.3f,"
           "\"p99_us\":%.3f,",
           question, words_count(words), (double)results / words_count(words),
           (double)histogram_percentile(latency, 0.50) / 1e3,
           (double)histogram_percentile(latency, 0.99) / 1e3);
    printf("\"per_second\":%.1f}\n", s_measure_rate(engine, words, measure_ms));
    free(latency);
}

static void s_write_answers(engine_t *engine, const words_t *words, const char *folder,
                            const char *question)
{
    char *path = lex_format("%s/%s", folder, question);
    FILE *file = fopen(path, "we");
    expect(file != NULL, path);
    for (unsigned i = 0; i < words_count(words); i++)
        engine_ask(engine, words_get(words, i), file);
    expect(fclose(file) == 0, path);
    free(path);
}

/* Of an argument QUESTION=FILE. */
static void s_run(engine_t *engine, const lex_config_t *config, const char *argument)
{
    const char *equals = strchr(argument, '=');
    if (!equals)
        fail("'%s' is not QUESTION=FILE", argument);
    char *question = lex_strndup(argument, (size_t)(equals - argument));
    words_t *words = words_new(equals + 1);
    const char *folder = lex_config_get(config, "answers");
    engine_set_question(engine, question);
    if (folder)
        s_write_answers(engine, words, folder, question);
    else
        s_measure(engine, question, words,
                  (unsigned)lex_config_number(config, "measure", 1, TIME_MAX_MS));
    fflush(stdout);
    words_destroy(&words);
    free(question);
}

static void s_write_keys(const index_view_t *view, const char *path)
{
    FILE *file = fopen(path, "we");
    expect(file != NULL, path);
    for (uint32_t i = 0; i < view->keys.count; i++) {
        size_t size;
        const char *key = index_table_string(&view->keys, i, &size);
        fwrite(key, 1, size, file);
        putc('\n', file);
    }
    expect(fclose(file) == 0, path);
}

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    s_pin((int)lex_config_number(config, "core", CORE_NONE, CORE_MAX));
    uint64_t begin = s_now(CLOCK_MONOTONIC);
    engine_t *engine = engine_new(lex_config_require(config, "index"));
    double milliseconds = (double)(s_now(CLOCK_MONOTONIC) - begin) / 1e6;
    const index_view_t *view = engine_view(engine);
    printf("{\"question\":\"open\",\"milliseconds\":%.1f,\"keys\":%u,\"entries\":%u}\n",
           milliseconds, view->header->keys, view->header->entries);
    if (lex_config_get(config, "keys"))
        s_write_keys(view, lex_config_get(config, "keys"));
    for (int i = 0; i < lex_config_arguments(config); i++)
        s_run(engine, config, lex_config_argument(config, i));
    engine_destroy(&engine);
    lex_config_destroy(&config);
    return 0;
}
