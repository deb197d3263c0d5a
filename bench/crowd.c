/* bench/crowd: many connections of one process to a gateway, held idle or asking. bench/connections.py drives several of them. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench/lib/crowd.h"
#include "bench/lib/failure.h"
#include "common/config.h"
#include "common/random.h"

#define CONNECTIONS_MAX 30000
#define TIME_MAX_MS     86400000
#define LINE_SIZE       80

static const lex_setting_t s_settings[] = {
    {"endpoint", "ENDPOINT", NULL, "the front of a gateway"},
    {"server", "FILE", NULL, "the server's certificate; none: plaintext"},
    {"service", "NAME", "echo", "what is asked: an echo of bench/echo"},
    {"connections", "N", "1000", "of this process; each takes two open files"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/crowd",
    .summary =
        "Holds many connections to a gateway. Says so once all have been answered, then reads what "
        "to do from standard input, a line each: INTERVAL MEASURE, milliseconds: every connection "
        "asks at that interval (0: again as soon as it is answered) for that time, and one line of "
        "JSON tells what came of it. The end of the input is the end.",
    .settings = s_settings,
};

static void s_print(const crowd_result_t *result)
{
    printf("{\"answered\":%llu,\"refused\":%llu,\"unanswered\":%llu,\"skipped\":%llu,"
           "\"per_second\":%.1f,\"p50_ms\":%.4f,\"p99_ms\":%.4f}\n",
           (unsigned long long)result->answered, (unsigned long long)result->refused,
           (unsigned long long)result->unanswered, (unsigned long long)result->skipped,
           (double)result->answered * 1e9 / (double)result->elapsed_ns,
           (double)histogram_percentile(&result->latency, 0.50) / 1e6,
           (double)histogram_percentile(&result->latency, 0.99) / 1e6);
    fflush(stdout);
}

static void s_obey(crowd_t *crowd)
{
    char line[LINE_SIZE];
    crowd_result_t *result = calloc(1, sizeof *result);
    while (fgets(line, sizeof line, stdin)) {
        char *end;
        unsigned long interval = strtoul(line, &end, 10);
        unsigned long measure = strtoul(end, &end, 10);
        if (*end != '\n' || measure == 0 || measure > TIME_MAX_MS || interval > TIME_MAX_MS)
            fail("not INTERVAL MEASURE: %s", line);
        crowd_run(crowd, (unsigned)interval, (unsigned)measure, result);
        s_print(result);
    }
    free(result);
}

static void s_raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_random_setup();
    s_raise_files();
    crowd_options_t options = {
        .endpoint = lex_config_require(config, "endpoint"),
        .server = lex_config_get(config, "server"),
        .service = lex_config_require(config, "service"),
        .connections = (unsigned)lex_config_number(config, "connections", 1, CONNECTIONS_MAX),
    };
    crowd_t *crowd = crowd_new(&options);
    printf("{\"connected\":%u}\n", options.connections);
    fflush(stdout);
    s_obey(crowd);
    crowd_destroy(&crowd);
    lex_config_destroy(&config);
    return 0;
}
