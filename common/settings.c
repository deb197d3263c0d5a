#include "common/settings.h"

#include <czmq.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/sandbox.h"

/* Times between a millisecond and an hour; what is beyond is a slip of the unit. */
#define TIME_MAX_MS    3600000
#define THREADS_MAX    256
#define IO_THREADS_MAX 16 /* as many as a worker may have gateways */

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

void lex_settings_watch(const lex_config_t *config)
{
    lex_log_setup_requests((unsigned)lex_config_number(config, "log-requests", 0, UINT32_MAX),
                           lex_config_number(config, "log-slow", 1, TIME_MAX_MS));
}

static lex_sandbox_mode_t s_sandbox_mode(const lex_config_t *config)
{
    static const char *const names[] = {
        [LEX_SANDBOX_OFF] = "off", [LEX_SANDBOX_ON] = "on", [LEX_SANDBOX_REQUIRE] = "require"};
    const char *mode = lex_config_require(config, "sandbox");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (streq(mode, names[i]))
            return (lex_sandbox_mode_t)i;
    fprintf(stderr, "%s: --sandbox: \"%.100s\" is neither on nor off nor require\n",
            lex_config_program(config), mode);
    exit(2);
}

static void s_each(const lex_config_t *config, const char *const *names, lex_sandbox_t *sandbox,
                   void (*add)(lex_sandbox_t *sandbox, const char *value))
{
    for (; names && *names; names++)
        add(sandbox, lex_config_get(config, *names));
}

void lex_settings_seal(const lex_config_t *config, const lex_settings_needs_t *needs)
{
    lex_sandbox_mode_t mode = s_sandbox_mode(config);
    lex_sandbox_t *sandbox = lex_sandbox_new();

    s_each(config, needs->reads, sandbox, lex_sandbox_may_read);
    s_each(config, needs->binds, sandbox, lex_sandbox_may_bind);
    s_each(config, needs->writes, sandbox, lex_sandbox_may_write);
    if (needs->never_connects)
        lex_sandbox_never_connects(sandbox);
    if (needs->makes_code)
        lex_sandbox_makes_code(sandbox);
    int rc = lex_sandbox_seal(sandbox, mode);
    lex_sandbox_destroy(&sandbox);
    if (rc)
        exit(1);
}

lex_db_options_t lex_settings_db(const lex_config_t *config, const char *schema)
{
    return (lex_db_options_t){
        .hosts = lex_config_require(config, "db-hosts"),
        .user = lex_config_require(config, "db-user"),
        .password_file = lex_config_get(config, "db-password-file"),
        .plugins = lex_config_get(config, "db-plugins"),
        .schema = schema,
        .timeout_ms = (unsigned)lex_config_number(config, "db-timeout", 1, TIME_MAX_MS),
    };
}

/* See s_use_own_thread in common/worker_socket.c. */
static void s_give_io_threads(const char *gateways)
{
    size_t count = 1;
    for (const char *at = gateways; *at; at++)
        count += *at == ',';
    if (count > 1)
        zsys_set_io_threads(count < IO_THREADS_MAX ? count : IO_THREADS_MAX);
}

lex_worker_options_t lex_settings_worker(const lex_config_t *config)
{
    bool insecure = lex_config_is_on(config, "insecure");
    s_give_io_threads(lex_config_require(config, "gateways"));

    return (lex_worker_options_t){
        .gateways = lex_config_require(config, "gateways"),
        .certificate = insecure ? NULL : lex_config_require(config, "certificate"),
        .gateway_certificate = insecure ? NULL : lex_config_require(config, "gateway-certificate"),
        .insecure = insecure,
        .heartbeat_ms =
            (unsigned)lex_config_number(config, "heartbeat", HEARTBEAT_MIN_MS, TIME_MAX_MS),
        .drain_ms = (unsigned)lex_config_number(config, "drain", 0, TIME_MAX_MS),
        .threads = (unsigned)lex_config_number(config, "threads", 0, THREADS_MAX),
        .metrics = lex_config_get(config, "metrics"),
        .program = lex_config_program(config),
    };
}
