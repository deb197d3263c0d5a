/* lexmq-auth: accounts, passwords, sessions. Wires the parts together. */

#include <czmq.h>

#include "auth-svc/service.h"
#include "auth-svc/watch.h"
#include "common/config.h"
#include "common/harden.h"
#include "common/log.h"
#include "common/random.h"
#include "common/settings.h"

#define HOUR_MS 3600000
#define MIB     (1024 * 1024)

/* Argon2id with 19 MiB and 2 passes is the weakest setting that OWASP's password storage guide still recommends. More memory buys less here
 * than it costs: every hash maps and faults in its own pages, and threads that do so at once wait for one another in the kernel
 * (64 MiB: 2 hashes a second on 2 busy cores, 19 MiB: 28). More threads than cores only queue. */

static const lex_setting_t s_settings[] = {
    {"signing-key", "FILE", NULL, "secret key that signs session tokens"},
    {"token-keys", "FILE", NULL, "public keys of session tokens, the signing key's among them"},
    {"session-hours", "HOURS", "12", "life of a session"},
    {"password-ops", "N", "2", "Argon2id passes over its memory"},
    {"password-memory", "MIB", "19", "Argon2id memory in MiB, taken by each thread that hashes"},
    LEX_WORKER_SETTINGS("2"),
    LEX_DB_SETTINGS("lexmq_auth"),
    LEX_LOG_SETTINGS,
    LEX_WATCH_SETTINGS,
    LEX_SANDBOX_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "lexmq-auth",
    .summary = "Accounts, passwords and sessions of Lexmq.",
    .settings = s_settings,
};

static const lex_settings_needs_t s_needs = {
    .reads = (const char *const[]){"signing-key", "token-keys", "certificate",
                                   "gateway-certificate", "db-password-file", NULL},
};

typedef struct {
    passwords_t *passwords;
    lex_signer_t *signer;
    lex_verifier_t *verifier;
    lex_worker_t *worker;
    lex_db_pool_t *connections;
    housekeeper_t *housekeeper;
} s_parts_t;

/* 0, or -1 when one of them cannot be made, which was logged. Neither the database nor a gateway
 * needs to be there. */
static int s_parts_make(s_parts_t *parts, const lex_config_t *config)
{
    lex_worker_options_t worker = lex_settings_worker(config);
    lex_db_options_t database = lex_settings_db(config, "lexmq_auth");
    unsigned long long operations =
        (unsigned long long)lex_config_number(config, "password-ops", 1, 100);
    size_t memory = (size_t)lex_config_number(config, "password-memory", 1, 4096) * MIB;

    parts->signer = lex_signer_new(lex_config_require(config, "signing-key"));
    parts->verifier = lex_verifier_new(lex_config_require(config, "token-keys"));
    if (!parts->signer || !parts->verifier)
        return -1;
    parts->passwords = passwords_new(operations, memory);
    parts->worker = parts->passwords ? lex_worker_new(&worker) : NULL;
    if (!parts->worker)
        return -1;
    parts->connections = lex_db_pool_new(&database, worker.threads ? worker.threads : 1);
    parts->housekeeper = housekeeper_new(parts->worker, &database);
    lex_worker_set_verifier(parts->worker, parts->verifier);
    return 0;
}

static void s_parts_free(s_parts_t *parts)
{
    if (parts->housekeeper)
        housekeeper_stop(parts->housekeeper);
    lex_worker_destroy(&parts->worker);
    housekeeper_destroy(&parts->housekeeper);
    lex_db_pool_destroy(&parts->connections);
    passwords_destroy(&parts->passwords);
    lex_verifier_destroy(&parts->verifier);
    lex_signer_destroy(&parts->signer);
}

int main(int argc, char **argv)
{
    int exit_code;
    lex_harden(LEX_FILES_PRIVATE);
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    zsys_handler_set(NULL);
    lex_settings_log(config, s_program.program);
    lex_settings_watch(config);
    lex_settings_seal(config, &s_needs);
    lex_random_setup();

    s_parts_t parts = {0};
    int64_t session_ms = lex_config_number(config, "session-hours", 1, 8760) * HOUR_MS;
    int result = s_parts_make(&parts, config);
    if (result == 0) {
        auth_t auth = {
            .passwords = parts.passwords, .signer = parts.signer, .session_ms = session_ms};
        service_t service = {.auth = &auth,
                             .verifier = parts.verifier,
                             .connections = parts.connections,
                             .housekeeper = parts.housekeeper};
        watch_t watch = {.passwords = parts.passwords, .housekeeper = parts.housekeeper};
        service_serve(&service, parts.worker);
        lex_worker_inspect(parts.worker, watch_inspect, &watch);
        housekeeper_kick(parts.housekeeper); /* says the sooner whether the database is there */
        result = lex_worker_run(parts.worker);
    }
    s_parts_free(&parts);
    lex_config_destroy(&config);
    return result ? 1 : 0;
}
