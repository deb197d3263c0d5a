/* bench/proxy: zmq_proxy between a ROUTER for clients and a DEALER for echoes, and nothing else: the least that a
 * broker can do, and what the gateway is measured against. */

#include "bench/lib/failure.h"
#include "bench/lib/wire.h"
#include "common/config.h"

static const lex_setting_t s_settings[] = {
    {"front", "ENDPOINT", NULL, "where clients connect"},
    {"back", "ENDPOINT", NULL, "where echoes connect"},
    {"certificate", "FILE", NULL, "its secret certificate, for both sockets; none: plaintext"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/proxy",
    .summary = "Runs a bare zmq_proxy until it is killed.",
    .settings = s_settings,
};

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    wire_keys_t keys;
    wire_server_keys(&keys, lex_config_get(config, "certificate"));
    void *context = zmq_ctx_new();
    void *front = wire_bind(context, ZMQ_ROUTER, &keys, lex_config_require(config, "front"));
    void *back = wire_bind(context, ZMQ_DEALER, &keys, lex_config_require(config, "back"));
    zmq_proxy(front, back, NULL);
    fail("zmq_proxy ended: %s", zmq_strerror(zmq_errno()));
}
