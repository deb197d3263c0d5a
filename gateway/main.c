#include <czmq.h>
#include <signal.h>
#include <sys/resource.h>

#include "common/config.h"
#include "common/log.h"
#include "common/random.h"
#include "common/settings.h"
#include "gateway/gateway.h"

#define TIME_MAX_MS 3600000
#define FILES_HINT  12000 /* open files for 10,000 clients and some hundred workers */

static const lex_setting_t s_settings[] = {
    {"front", "ENDPOINTS", "tcp://*:5555", "where clients connect, comma-separated"},
    {"back", "ENDPOINTS", "tcp://*:5556", "where workers connect, comma-separated"},
    {"certificate", "FILE", NULL, "the gateway's secret certificate"},
    {"workers", "FOLDER", NULL, "public certificates of the workers, read again when it changes"},
    {"insecure", NULL, NULL, "plaintext, and any peer may serve and call anything"},
    {"deadline", "MS", "10000", "time a request has to be answered"},
    {"queue-requests", "N", "10000", "requests that may wait for one service"},
    {"queue-bytes", "BYTES", "67108864", "bytes of requests that may wait for one service"},
    {"max-request", "BYTES", "1048576", "largest frame from a client"},
    {"heartbeat", "MS", "1000", "heartbeat interval, the same as the workers'"},
    {"drain", "MS", "10000", "time that open requests get to finish when told to stop"},
    {"io-threads", "N", "1", "threads that move and encrypt the traffic"},
    {"ready-services", "NAMES", "auth,lookup,history",
     "services without a worker of which the gateway is not ready, comma-separated"},
    LEX_WATCH_SETTINGS,
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
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
        .max_request = lex_config_number(config, "max-request", 64, 1 << 30),
        .heartbeat_ms = lex_config_number(config, "heartbeat", 10, TIME_MAX_MS),
        .drain_ms = lex_config_number(config, "drain", 0, TIME_MAX_MS),
        .io_threads = (unsigned)lex_config_number(config, "io-threads", 1, 64),
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

/* Every connection is an open file. */
static void s_raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur < FILES_HINT)
        lex_warning("limit of open files is %llu; 10,000 clients need %d",
                    (unsigned long long)limit.rlim_cur, FILES_HINT);
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
    s_block_signals();
    lex_config_t *config = lex_config_new(&program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, program.program);
    lex_settings_watch(config);
    lex_random_setup();
    s_raise_files();
    gateway_options_t options = s_options(config);
    gateway_t *gateway = gateway_new(&options);
    exit_code = gateway ? gateway_run(gateway) : 1;
    gateway_destroy(&gateway);
    zsys_shutdown();
    lex_config_destroy(&config);
    return exit_code;
}
