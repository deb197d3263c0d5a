#include "sql/bootstrap.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "sql/accounts.h"
#include "sql/files.h"
#include "sql/migrate.h"
#include "sql/server.h"

static int s_run(lex_db_t *db, char *script)
{
    int result = lex_db_script(db, script, strlen(script)) == LEX_DB_OK ? 0 : -1;
    if (result)
        lex_error("bootstrap: %s", lex_db_error(db));
    free(script);
    return result;
}

static int s_make_schemas(lex_db_t *db)
{
    int result = 0;
    for (const schema_t *schema = migrate_schemas; schema->schema && result == 0; schema++)
        result = s_run(
            db,
            lex_format("CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                       schema->schema));
    return result;
}

static int s_grant_migrator(lex_db_t *db)
{
    int result = 0;
    for (const schema_t *schema = migrate_schemas; schema->schema && result == 0; schema++)
        result = s_run(db, lex_format("GRANT ALL PRIVILEGES ON %s.* TO '" ACCOUNTS_MIGRATE
                                      "'@'%%', '" ACCOUNTS_MIGRATE "'@'localhost'",
                                      schema->schema));
    return result;
}

static int s_migrate(const lex_db_options_t *options, const char *keys, const char *folder,
                     server_lock_t *lock)
{
    lex_db_options_t own = *options;
    char *password_file = accounts_password_file(keys, "migrate");
    own.user = ACCOUNTS_MIGRATE;
    own.password_file = password_file;
    int result = migrate_up(&own, folder, lock);
    free(password_file);
    return result;
}

static int s_grant_services(lex_db_t *db, const char *folder)
{
    size_t size;
    char *path = lex_format("%s/grants.sql", folder);
    char *script = files_read(path, &size);
    free(path);
    if (!script || s_run(db, script))
        return -1;
    lex_info("bootstrap: rights are granted");
    return 0;
}

int bootstrap(const lex_db_options_t *options, const char *keys, const char *folder,
              unsigned seconds)
{
    lex_db_t *db = lex_db_new(options);
    server_lock_t *lock = NULL;
    int result = server_wait(db, seconds);
    if (result == 0)
        result = (lock = server_lock_new(options, seconds)) ? 0 : -1;
    if (result == 0)
        result = s_make_schemas(db);
    if (result == 0)
        result = accounts_apply(db, keys);
    if (result == 0)
        result = s_grant_migrator(db);
    if (result == 0)
        result = s_migrate(options, keys, folder, lock);
    if (result == 0)
        result = s_grant_services(db, folder);
    server_lock_destroy(&lock);
    lex_db_destroy(&db);
    return result;
}
