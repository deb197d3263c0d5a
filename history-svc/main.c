/* lexmq-history: who looked up what, for good. */

#include "common/harden.h"
#include "common/random.h"
#include "common/revocation.h"
#include "common/settings.h"
#include "history-svc/history.h"

#define REVOCATION_MS 1000

static const lex_setting_t s_settings[] = {
    LEX_LOG_SETTINGS,
    LEX_WATCH_SETTINGS,
    LEX_SANDBOX_SETTINGS,
    LEX_DB_SETTINGS("lexmq_history"),
    LEX_WORKER_SETTINGS("2"),
    {"token-keys", "FILE", NULL, "public keys that session tokens are verified with"},
    {NULL, NULL, NULL, NULL}};

static const lex_program_t s_program = {.program = "lexmq-history",
                                        .summary =
                                            "Keeps every look-up of Lexmq's users, exactly once.",
                                        .settings = s_settings};

static const lex_settings_needs_t s_needs = {
    .reads = (const char *const[]){"token-keys", "certificate", "gateway-certificate",
                                   "db-password-file", NULL},
};

static int s_serve(const lex_config_t *config, lex_verifier_t *verifier)
{
    lex_worker_options_t options = lex_settings_worker(config);
    if (options.threads == 0)
        options.threads = 1; /* the database is never waited for on the loop */
    lex_db_options_t revocation_db = lex_settings_db(config, NULL);
    lex_worker_t *worker = lex_worker_new(&options);
    if (!worker)
        return -1;
    lex_worker_set_verifier(worker, verifier);
    lex_revocation_t *revocation = lex_revocation_new(&revocation_db, verifier, REVOCATION_MS);
    history_t *history =
        history_new(worker, &(history_options_t){.db = lex_settings_db(config, "lexmq_history"),
                                                 .verifier = verifier,
                                                 .revocation = revocation,
                                                 .connections = options.threads});
    int rc = lex_worker_run(worker);
    history_destroy(&history);
    lex_revocation_destroy(&revocation);
    lex_worker_destroy(&worker);
    return rc;
}

int main(int argc, char **argv)
{
    int exit_code;
    lex_harden(LEX_FILES_PRIVATE);
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, s_program.program);
    lex_settings_watch(config);
    lex_settings_seal(config, &s_needs);
    lex_random_setup();
    lex_verifier_t *verifier = lex_verifier_new(lex_config_require(config, "token-keys"));
    int rc = verifier ? s_serve(config, verifier) : -1;
    lex_verifier_destroy(&verifier);
    lex_config_destroy(&config);
    return rc ? 1 : 0;
}
