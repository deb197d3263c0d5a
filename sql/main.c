/* lexmq-migrate: makes the database and keeps its schemas up to date. Wires the parts together. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/settings.h"
#include "sql/accounts.h"
#include "sql/bootstrap.h"
#include "sql/migrate.h"

#ifndef LEXMQ_DATADIR
#define LEXMQ_DATADIR "/usr/local/share/lexmq"
#endif

#define INSTALLED_SQL LEXMQ_DATADIR "/sql"

static const lex_setting_t s_settings[] = {
    {"keys", "DIR", NULL, "keys folder with each account's db.password, as lexmq-keygen makes it"},
    {"sql", "DIR", NULL, "folder of the migrations (" INSTALLED_SQL ", else ./sql)"},
    {"wait", "SECONDS", "30", "how long to wait for the server, and for another migrator"},
    {"db-hosts", "HOSTS", "127.0.0.1:3306",
     "database servers, host:port or unix:/path, tried in order"},
    {"db-user", "NAME", NULL, "database account (root to bootstrap, else lexmq_migrate)"},
    {"db-password-file", "FILE", NULL,
     "file whose first line is the account's password (lexmq_migrate: DIR/migrate/db.password)"},
    {"db-timeout", "MS", "600000",
     "connect, read and write timeout; a change of a large table takes long"},
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "lexmq-migrate",
    .summary = "Makes the database of Lexmq and keeps its schemas up to date.",
    .usage = "[OPTION]… [bootstrap | up | status]",
    .epilogue = "bootstrap  schemas, accounts and rights, by an administrator; then what up does\n"
                "up         applies the migrations that are pending (the default)\n"
                "status     says what is applied; exits with 0 when everything is, else with 1\n",
    .settings = s_settings,
};

static const char *s_sql_folder(const lex_config_t *config)
{
    const char *folder = lex_config_get(config, "sql");
    if (folder)
        return folder;
    return access(INSTALLED_SQL "/grants.sql", R_OK) == 0 ? INSTALLED_SQL : "sql";
}

static int s_bootstrap(const lex_config_t *config, lex_db_options_t *options, unsigned seconds)
{
    if (!options->user)
        options->user = "root";
    return bootstrap(options, lex_config_require(config, "keys"), s_sql_folder(config), seconds);
}

/* By the migrator, whose password is in the keys folder unless a file is named. */
static int s_migrate(const lex_config_t *config, lex_db_options_t *options, unsigned seconds,
                     bool is_status)
{
    const char *keys = lex_config_get(config, "keys");
    char *password_file = NULL;
    if (!options->user)
        options->user = ACCOUNTS_MIGRATE;
    if (!options->password_file && keys)
        options->password_file = password_file = accounts_password_file(keys, "migrate");

    lex_db_t *db = lex_db_new(options);
    server_lock_t *lock = NULL;
    int result = server_wait(db, seconds);
    if (result == 0 && is_status) {
        result = migrate_status(options, s_sql_folder(config), stdout);
    } else if (result == 0) {
        lock = server_lock_new(options, seconds);
        result = lock ? migrate_up(options, s_sql_folder(config), lock) : -1;
    }
    server_lock_destroy(&lock);
    lex_db_destroy(&db);
    free(password_file);
    return result;
}

int main(int argc, char **argv)
{
    int exit_code;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, s_program.program);
    lex_random_setup();

    const char *command = lex_config_arguments(config) ? lex_config_argument(config, 0) : "up";
    unsigned seconds = (unsigned)lex_config_number(config, "wait", 0, 86400);
    lex_db_options_t options = {
        .hosts = lex_config_require(config, "db-hosts"),
        .user = lex_config_get(config, "db-user"),
        .password_file = lex_config_get(config, "db-password-file"),
        .timeout_ms = (unsigned)lex_config_number(config, "db-timeout", 1, 86400000),
        .multi_statements = true,
    };
    int result;
    if (lex_config_arguments(config) > 1) {
        fprintf(stderr, "%s: one command at a time; see --help\n", s_program.program);
        result = 2;
    } else if (strcmp(command, "bootstrap") == 0) {
        result = s_bootstrap(config, &options, seconds);
    } else if (strcmp(command, "up") == 0 || strcmp(command, "status") == 0) {
        result = s_migrate(config, &options, seconds, command[0] == 's');
    } else {
        fprintf(stderr, "%s: %s is no command; see --help\n", s_program.program, command);
        result = 2;
    }
    lex_config_destroy(&config);
    return result < 0 ? 1 : result;
}
