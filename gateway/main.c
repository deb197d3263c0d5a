#include <czmq.h>
#include <signal.h>

#include "common/config.h"
#include "common/harden.h"
#include "common/log.h"
#include "common/random.h"
#include "common/settings.h"
#include "gateway/gateway.h"

#define TIME_MAX_MS 3600000

static const lex_setting_t s_settings[] = {
    {"front", "ENDPOINTS", "tcp://*:5555", "where clients connect, comma-separated"},
    {"back", "ENDPOINTS", "tcp://*:5556", "where workers connect, comma-separated"},
    {"certificate", "FILE", NULL, "the gateway's secret certificate"},
    {"workers", "FOLDER", NULL, "public certificates of the workers, read again when it changes"},
    {"insecure", NULL, NULL, "plaintext, and any peer may serve and call anything"},
    {"deadline", "MS", "10000", "time a request has to be answered"},
    {"queue-requests", "N", "10000", "requests that may wait for one service"},
    {"queue-bytes", "BYTES", "67108864", "bytes of requests that may wait for one service"},
    {"client-requests", "N", "2000", "requests that one client connection may have open"},
    {"client-bytes", "BYTES", "16777216",
     "bytes of requests that one client connection may have open"},
    {"max-request", "BYTES", "1048576", "largest frame from a client"},
    {"max-connections", "N", "10000", "connections of clients; fewer where open files are limited"},
    {"connection-bytes", "BYTES", "134217728",
     "bytes that may lie unread, or unsent, for one connection of a client"},
    {"buffer-bytes", "BYTES", "536870912", "the same for all of them together"},
    {"heartbeat", "MS", "1000", "heartbeat interval, the same as the workers'"},
    {"drain", "MS", "10000", "time that open requests get to finish when told to stop"},
    {"io-threads", "N", "1", "threads that move and encrypt the traffic"},
    {"ready-services", "NAMES", "auth,lookup,history",
     "services without a worker of which the gateway is not ready, comma-separated"},
    LEX_WATCH_SETTINGS,
    LEX_LOG_SETTINGS,
    LEX_SANDBOX_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

static const lex_settings_needs_t s_needs = {
    .reads = (const char *const[]){"certificate", "workers", NULL},
    .binds = (const char *const[]){"front", "back", NULL},
    .never_connects = true,
};

static gateway_options_t s_options(const lex_config_t *config)
{
    bool insecure = lex_config_is_on(config, "insecure");
    return (gateway_options_t){
        .front = lex_config_require(config, "front"),
        .back = lex_config_require(config, "back"),
        .certificate = insecure ? NULL : lex_config_require(config, "certificate"),
        .workers = insecure ? NULL : lex_config_require(config, "workers"),
        .insecure = insecure,
        .deadline_ms = lex_config_number(config, "deadline", 1, TIME_MAX_MS),
        .queue_requests = (unsigned)lex_config_number(config, "queue-requests", 0, 1 << 18),
        .queue_bytes = (size_t)lex_config_number(config, "queue-bytes", 0, INT64_C(1) << 40),
        .client_requests = (unsigned)lex_config_number(config, "client-requests", 1, 1 << 18),
        .client_bytes = (size_t)lex_config_number(config, "client-bytes", 1, INT64_C(1) << 40),
        .max_request = lex_config_number(config, "max-request", 64, 1 << 30),
        .max_connections = (unsigned)lex_config_number(config, "max-connections", 1, 1000000),
        .connection_bytes =
            (uint64_t)lex_config_number(config, "connection-bytes", 1 << 16, INT64_C(1) << 40),
        .total_bytes =
            (uint64_t)lex_config_number(config, "buffer-bytes", 1 << 16, INT64_C(1) << 40),
        .heartbeat_ms = lex_config_number(config, "heartbeat", 10, TIME_MAX_MS),
        .drain_ms = lex_config_number(config, "drain", 0, TIME_MAX_MS),
        .ready_services = lex_config_get(config, "ready-services"),
        .metrics = lex_config_get(config, "metrics"),
        .is_following = lex_config_number(config, "log-requests", 0, UINT32_MAX) > 0,
    };
}

/* Before any thread starts, so that all of them leave these signals to the loop. */
static void s_block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    zsys_handler_set(NULL);
}

int main(int argc, char **argv)
{
    static const lex_program_t program = {
        .program = "lexmq-gateway",
        .summary = "Takes requests from clients to the workers of their service and replies back.",
        .epilogue = "SIGTERM or SIGINT finishes the open requests and exits; a second one exits at "
                    "once.",
        .settings = s_settings,
    };
    int exit_code = 0;
    lex_harden(LEX_FILES_PRIVATE);
    s_block_signals();
    lex_config_t *config = lex_config_new(&program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, program.program);
    lex_settings_watch(config);
    lex_settings_seal(config, &s_needs);
    lex_random_setup();
    gateway_options_t options = s_options(config);
    zsys_set_io_threads((size_t)lex_config_number(config, "io-threads", 1, 64));
    gateway_t *gateway = gateway_new(&options);
    exit_code = gateway ? gateway_run(gateway) : 1;
    gateway_destroy(&gateway);
    zsys_shutdown();
    lex_config_destroy(&config);
    return exit_code;
}
