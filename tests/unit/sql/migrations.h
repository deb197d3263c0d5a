/* A schema and a folder of migrations for it, on a server of the test's own. */

#ifndef MIGRATIONS_H
#define MIGRATIONS_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/random.h"
#include "sql/migrate.h"
#include "tests/unit/database.h"

static database_t s_database;
static char s_folder[128];
static const schema_t s_schema = {"some", "some_schema"};

static inline lex_db_options_t s_options(void)
{
    return database_options(&s_database, NULL);
}

static inline void s_write(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/some/%s", s_folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void s_remove(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/some/%s", s_folder, name);
    unlink(path);
}

static inline int s_up(void)
{
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 20);
    assert_non_null(lock);
    int result = migrate_schema(&options, s_folder, &s_schema, lock);
    server_lock_destroy(&lock);
    return result;
}

static inline int s_read(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static inline uint64_t s_number(const char *sql)
{
    lex_db_options_t options = database_options(&s_database, "some_schema");
    lex_db_t *db = lex_db_new(&options);
    uint64_t number = 0;
    assert_int_equal(lex_db_run(db, sql, NULL, 0, s_read, &number), LEX_DB_OK);
    lex_db_destroy(&db);
    return number;
}

/* Before each test: an empty schema and a folder with two files. */
static inline int s_empty(void **state)
{
    (void)state;
    static const char script[] =
        "DROP DATABASE IF EXISTS some_schema; CREATE DATABASE some_schema CHARACTER SET utf8mb4";
    lex_db_options_t options = s_options();
    lex_db_t *db = lex_db_new(&options);
    lex_db_status_t status = lex_db_script(db, script, sizeof script - 1);
    lex_db_destroy(&db);
    char path[256];
    snprintf(path, sizeof path, "%s/some", s_folder);
    nftw(path, database_unlink, 16, FTW_DEPTH | FTW_PHYS);
    mkdir(path, 0700);
    s_write("0001_first.sql", "CREATE TABLE counts (n INT); INSERT INTO counts VALUES (1); -- é\n");
    s_write("0002_second.sql", "INSERT INTO counts VALUES (2), (3);\n");
    s_write("README", "no migration");
    return status == LEX_DB_OK ? 0 : -1;
}

static inline int s_setup(void **state)
{
    (void)state;
    lex_random_setup();
    if (database_start(&s_database))
        return -1;
    snprintf(s_folder, sizeof s_folder, "%s/sql", s_database.folder);
    return mkdir(s_folder, 0700);
}

static inline int s_teardown(void **state)
{
    (void)state;
    database_stop(&s_database);
    return 0;
}

#endif
