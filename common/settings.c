#include "common/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"

/* Times between a millisecond and an hour; what is beyond is a slip of the unit. */
#define TIME_MAX_MS 3600000
#define THREADS_MAX 256

/* Three missed heartbeats mean that the peer is gone: below this, any pause of the scheduler would.
 */
#define HEARTBEAT_MIN_MS 10

void lex_settings_log(const lex_config_t *config, const char *program)
{
    const char *level = lex_config_require(config, "log-level");
    const char *format = lex_config_require(config, "log-format");

    if (lex_log_setup(program, level, format)) {
        fprintf(stderr,
                "%s: --log-level %s --log-format %s: the level is error, warning, info or debug, "
                "the format text or json\n",
                program, level, format);
        exit(2);
    }
}

lex_db_options_t lex_settings_db(const lex_config_t *config, const char *schema)
{
    return (lex_db_options_t){
        .hosts = lex_config_require(config, "db-hosts"),
        .user = lex_config_require(config, "db-user"),
        .password_file = lex_config_get(config, "db-password-file"),
        .schema = schema,
        .timeout_ms = (unsigned)lex_config_number(config, "db-timeout", 1, TIME_MAX_MS),
    };
}

lex_worker_options_t lex_settings_worker(const lex_config_t *config)
{
    bool insecure = lex_config_is_on(config, "insecure");

    return (lex_worker_options_t){
        .gateways = lex_config_require(config, "gateways"),
        .certificate = insecure ? NULL : lex_config_require(config, "certificate"),
        .gateway_certificate = insecure ? NULL : lex_config_require(config, "gateway-certificate"),
        .insecure = insecure,
        .heartbeat_ms =
            (unsigned)lex_config_number(config, "heartbeat", HEARTBEAT_MIN_MS, TIME_MAX_MS),
        .drain_ms = (unsigned)lex_config_number(config, "drain", 0, TIME_MAX_MS),
        .threads = (unsigned)lex_config_number(config, "threads", 0, THREADS_MAX),
    };
}
