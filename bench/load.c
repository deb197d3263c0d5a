/* bench/load: puts load on one server and prints what it took, as one line of JSON. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/account.h"
#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "common/config.h"
#include "common/random.h"

#define CLIENTS_MAX 1000
#define WINDOW_MAX  10000
#define TIME_MAX_MS 600000

static const lex_setting_t s_settings[] = {
    {"contender", "NAME", NULL, "what is asked: proxy, mdp, define, match or dict"},
    {"endpoint", "ENDPOINT", NULL, "where: a ZeroMQ endpoint; for dict an address and port"},
    {"server", "FILE", NULL, "the server's certificate; none: plaintext"},
    {"service", "NAME", "echo", "mdp: the service asked"},
    {"waits-out", NULL, NULL,
     "mdp with a window of 1: wait out `busy` and `timeout`, as liblexmq does"},
    {"words", "FILE", NULL, "define, match and dict: what to ask for, one a line"},
    {"strategy", "NAME", NULL, "match: the strategy; dict: MATCH with it, none: DEFINE"},
    {"database", "NAME", "wn", "dict: the database asked"},
    {"clients", "N", "1", "connections, each with a thread"},
    {"window", "N", "1", "requests that a client keeps open"},
    {"warm-up", "MS", "200", "time under load before the clock starts"},
    {"measure", "MS", "2000", "time measured"},
    {"io-threads", "N", "1", "threads of libzmq"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/load",
    .summary = "Puts load on a server, checks every answer and prints the rate and the latency.",
    .settings = s_settings,
};

static const contender_t *s_contender(const char *name)
{
    static const contender_t *all[] = {&contender_proxy, &contender_mdp, &contender_define,
                                       &contender_match, &contender_dict};
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    fail("'%s' is no contender", name);
}

/* Whether a user is needed. */
static bool s_is_stack(const load_t *load)
{
    return load->contender == &contender_define || load->contender == &contender_match;
}

static void s_configure(load_t *load, const lex_config_t *config)
{
    *load = (load_t){
        .contender = s_contender(lex_config_require(config, "contender")),
        .endpoint = lex_config_require(config, "endpoint"),
        .service = lex_config_require(config, "service"),
        .server = lex_config_get(config, "server"),
        .database = lex_config_require(config, "database"),
        .context = zmq_ctx_new(),
        .clients = (unsigned)lex_config_number(config, "clients", 1, CLIENTS_MAX),
        .window = (unsigned)lex_config_number(config, "window", 1, WINDOW_MAX),
        .warm_up_ms = (unsigned)lex_config_number(config, "warm-up", 0, TIME_MAX_MS),
        .measure_ms = (unsigned)lex_config_number(config, "measure", 1, TIME_MAX_MS),
    };
    load->waits_out = lex_config_is_on(config, "waits-out");
    if (load->waits_out && load->window > 1)
        fail("waits-out needs a window of 1");
    int threads = (int)lex_config_number(config, "io-threads", 1, 16);
    expect(zmq_ctx_set(load->context, ZMQ_IO_THREADS, threads) == 0, "I/O threads");
    load->strategy = load->contender == &contender_match ? lex_config_require(config, "strategy")
                                                         : lex_config_get(config, "strategy");
    if (s_is_stack(load) || load->contender == &contender_dict)
        load->words = words_new(lex_config_require(config, "words"));
}

static void s_run(load_t *load, load_result_t *result)
{
    account_t *account = NULL;
    if (s_is_stack(load)) {
        account = account_new(load);
        load->token = account_token(account, &load->token_size);
    }
    load_run(load, result);
    if (load->contender == &contender_define)
        account_check_history(account, result->answered);
    account_destroy(&account);
}

static void s_print(const load_t *load, const load_result_t *result)
{
    printf("{\"contender\":\"%s\",\"clients\":%u,\"window\":%u,\"measure_ms\":%u,"
           "\"answered\":%llu,\"refused\":%llu,\"unrecorded\":%llu,"
           "\"per_second\":%.1f,\"p50_ms\":%.4f,\"p99_ms\":%.4f}\n",
           load->contender->name, load->clients, load->window, load->measure_ms,
           (unsigned long long)result->answered, (unsigned long long)result->refused,
           (unsigned long long)result->unrecorded, (double)result->counted * 1e3 / load->measure_ms,
           (double)histogram_percentile(&result->latency, 0.50) / 1e6,
           (double)histogram_percentile(&result->latency, 0.99) / 1e6);
}

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_random_setup();
    load_t load;
    load_result_t *result = calloc(1, sizeof *result);
    s_configure(&load, config);
    s_run(&load, result);
    if (result->counted == 0 && !load.waits_out)
        fail("nothing was answered in the time measured");
    s_print(&load, result);
    words_t *words = (words_t *)load.words;
    words_destroy(&words);
    zmq_ctx_term(load.context);
    lex_config_destroy(&config);
    free(result);
    return 0;
}
