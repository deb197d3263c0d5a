/* lexmq-migrate: makes the database and keeps its schemas up to date. Wires the parts together. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "common/harden.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/settings.h"
#include "sql/accounts.h"
#include "sql/bootstrap.h"
#include "sql/migrate.h"
#include "sql/rollback.h"

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
    {"db-plugins", "NAMES", LEX_DB_PLUGINS, "ways to log in that a server may ask for"},
    {"db-timeout", "MS", "600000",
     "connect, read and write timeout; a change of a large table takes long"},
    {"lose-data", NULL, NULL, "rollback: go on where data is lost"},
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "lexmq-migrate",
    .summary = "Makes the database of Lexmq and keeps its schemas up to date.",
    .usage = "[OPTION]… [bootstrap | up | status]\n"
             "       lexmq-migrate [OPTION]… rollback SCHEMA VERSION\n"
             "       lexmq-migrate [OPTION]… mark SCHEMA VERSION applied|pending",
    .epilogue =
        "bootstrap  schemas, accounts and rights, by an administrator; then what up does\n"
        "up         applies the migrations that are pending (the default)\n"
        "status     says what is applied; exits with 0 when everything is, else with 1\n"
        "rollback   takes back what is applied above VERSION in SCHEMA (auth, dict, history)\n"
        "mark       after a migration that failed halfway was completed or undone by hand\n",
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

static const schema_t *s_schema(const char *name)
{
    for (const schema_t *schema = migrate_schemas; schema->schema; schema++)
        if (strcmp(name, schema->folder) == 0)
            return schema;
    return NULL;
}

/* Four digits at most. -1: it is no version. */
static int s_version(const char *text)
{
    size_t size = strlen(text);
    return size >= 1 && size <= 4 && strspn(text, "0123456789") == size ? atoi(text) : -1;
}

typedef enum {
    COMMAND_UNKNOWN,
    COMMAND_BOOTSTRAP,
    COMMAND_UP,
    COMMAND_STATUS,
    COMMAND_ROLLBACK,
    COMMAND_MARK,
} command_t;

/* The command, when it and its arguments can be used. */
static command_t s_command(const lex_config_t *config)
{
    static const char *const names[] = {"", "bootstrap", "up", "status", "rollback", "mark"};
    int count = lex_config_arguments(config);
    command_t command = count == 0 ? COMMAND_UP : COMMAND_UNKNOWN;
    for (unsigned i = COMMAND_BOOTSTRAP; count > 0 && i <= COMMAND_MARK; i++)
        if (strcmp(lex_config_argument(config, 0), names[i]) == 0)
            command = (command_t)i;
    if (command < COMMAND_ROLLBACK)
        return count <= 1 ? command : COMMAND_UNKNOWN;
    if (count != (command == COMMAND_MARK ? 4 : 3) || !s_schema(lex_config_argument(config, 1)) ||
        s_version(lex_config_argument(config, 2)) == -1)
        return COMMAND_UNKNOWN;
    if (command == COMMAND_MARK && strcmp(lex_config_argument(config, 3), "applied") != 0 &&
        strcmp(lex_config_argument(config, 3), "pending") != 0)
        return COMMAND_UNKNOWN;
    return command;
}

static int s_change(const lex_config_t *config, const lex_db_options_t *options, command_t command,
                    server_lock_t *lock)
{
    const char *folder = s_sql_folder(config);
    if (command == COMMAND_UP)
        return migrate_up(options, folder, lock);
    const schema_t *schema = s_schema(lex_config_argument(config, 1));
    unsigned version = (unsigned)s_version(lex_config_argument(config, 2));
    if (command == COMMAND_MARK)
        return rollback_mark(options, folder, schema, version,
                             strcmp(lex_config_argument(config, 3), "applied") == 0);
    return rollback_schema(options, folder, schema, version, lex_config_is_on(config, "lose-data"),
                           lock);
}

/* By the migrator, whose password is in the keys folder unless a file is named. */
static int s_migrate(const lex_config_t *config, lex_db_options_t *options, unsigned seconds,
                     command_t command)
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
    if (result == 0 && command == COMMAND_STATUS) {
        result = migrate_status(options, s_sql_folder(config), stdout);
    } else if (result == 0) {
        lock = server_lock_new(options, seconds);
        result = lock ? s_change(config, options, command, lock) : -1;
    }
    server_lock_destroy(&lock);
    lex_db_destroy(&db);
    free(password_file);
    return result;
}

int main(int argc, char **argv)
{
    int exit_code;
    lex_harden(LEX_FILES_PRIVATE);
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, s_program.program);
    lex_random_setup();

    command_t command = s_command(config);
    unsigned seconds = (unsigned)lex_config_number(config, "wait", 0, 86400);
    lex_db_options_t options = {
        .hosts = lex_config_require(config, "db-hosts"),
        .user = lex_config_get(config, "db-user"),
        .password_file = lex_config_get(config, "db-password-file"),
        .plugins = lex_config_get(config, "db-plugins"),
        .timeout_ms = (unsigned)lex_config_number(config, "db-timeout", 1, 86400000),
        .multi_statements = true,
    };
    int result;
    if (command == COMMAND_UNKNOWN) {
        fprintf(stderr, "%s: this is no command that can be followed; see --help\n",
                s_program.program);
        result = 2;
    } else if (command == COMMAND_BOOTSTRAP) {
        result = s_bootstrap(config, &options, seconds);
    } else {
        result = s_migrate(config, &options, seconds, command);
    }
    lex_config_destroy(&config);
    return result < 0 ? 1 : result;
}
