/* bench/echo: answers 40 bytes with 300, as a backend of the bare proxy or as an MDP/0.2 worker of the gateway. */

#include <string.h>

#include "bench/lib/echo.h"
#include "bench/lib/failure.h"
#include "bench/lib/wire.h"
#include "common/config.h"
#include "common/mdp.h"

static const lex_setting_t s_settings[] = {
    {"mode", "NAME", NULL, "proxy or mdp"},
    {"endpoint", "ENDPOINT", NULL, "the back of the proxy or the gateway"},
    {"server", "FILE", NULL, "the server's certificate; none: plaintext"},
    {"certificate", "FILE", NULL, "the worker's secret certificate; none: a fresh one"},
    {"service", "NAME", "echo", "mdp: the service to register"},
    {"credit", "N", "200", "mdp: requests held at once"},
    {"batch", "N", "64", "mdp: requests in one BATCH"},
    {"cost", "US", "0", "mdp: processor time spent on each request"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/echo",
    .summary = "Echoes until it is killed.",
    .settings = s_settings,
};

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    wire_keys_t keys;
    wire_client_keys(&keys, lex_config_get(config, "certificate"),
                     lex_config_get(config, "server"));
    void *socket =
        wire_connect(zmq_ctx_new(), ZMQ_DEALER, &keys, lex_config_require(config, "endpoint"));
    const char *mode = lex_config_require(config, "mode");
    if (strcmp(mode, "proxy") == 0)
        echo_for_proxy(socket);
    if (strcmp(mode, "mdp") != 0)
        fail("'%s' is no mode", mode);
    echo_worker_t worker = {
        .service = lex_config_require(config, "service"),
        .credit = (unsigned)lex_config_number(config, "credit", 1, MDP_CREDIT_MAX),
        .batch = (unsigned)lex_config_number(config, "batch", 0, MDP_BATCH_MAX),
        .cost_us = (unsigned)lex_config_number(config, "cost", 0, 1000000),
    };
    echo_for_gateway(socket, &worker);
}
