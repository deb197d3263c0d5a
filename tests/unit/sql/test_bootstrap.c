/* sql/bootstrap.h: from an empty server to accounts that can do what they must, and no more. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/random.h"
#include "sql/accounts.h"
#include "sql/bootstrap.h"
#include "sql/migrate.h"
#include "tests/unit/database.h"

static database_t s_database;
static char s_keys[128];

static void s_write_password(const char *folder, const char *password)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", s_keys, folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/db.password", s_keys, folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", password);
    fclose(file);
    chmod(path, 0600);
}

static int s_bootstrap(void)
{
    lex_db_options_t options = database_options(&s_database, NULL);
    return bootstrap(&options, s_keys, "sql", 20);
}

static lex_db_status_t s_run_as(const char *folder, const char *account, const char *sql)
{
    char file[256];
    lex_db_options_t options = database_options(&s_database, NULL);
    snprintf(file, sizeof file, "%s/%s/db.password", s_keys, folder);
    options.user = account;
    options.password_file = file;
    lex_db_t *db = lex_db_new(&options);
    lex_db_status_t status = lex_db_simple(db, sql);
    lex_db_destroy(&db);
    return status;
}

static int s_read(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static uint64_t s_number(const char *sql)
{
    lex_db_options_t options = database_options(&s_database, NULL);
    lex_db_t *db = lex_db_new(&options);
    uint64_t number = 0;
    assert_int_equal(lex_db_run(db, sql, NULL, 0, s_read, &number), LEX_DB_OK);
    lex_db_destroy(&db);
    return number;
}

#define MAY     LEX_DB_OK
#define MAY_NOT LEX_DB_ERROR

static const struct {
    const char *folder, *account, *sql;
    lex_db_status_t status;
} s_rights[] = {
    {"auth", "lexmq_auth", "INSERT INTO lexmq_auth.erasures VALUES (1, 0)", MAY},
    {"auth", "lexmq_auth", "UPDATE lexmq_auth.erasures SET not_before = 1", MAY},
    {"auth", "lexmq_auth", "DELETE FROM lexmq_auth.erasures", MAY},
    {"auth", "lexmq_auth", "SELECT * FROM lexmq_dict.active", MAY_NOT},
    {"auth", "lexmq_auth", "SELECT * FROM lexmq_history.lookups", MAY_NOT},
    {"auth", "lexmq_auth", "DROP TABLE lexmq_auth.erasures", MAY_NOT},
    {"lookup", "lexmq_lookup", "SELECT * FROM lexmq_dict.active", MAY},
    {"lookup", "lexmq_lookup", "SELECT * FROM lexmq_auth.revoked", MAY},
    {"lookup", "lexmq_lookup", "SELECT * FROM lexmq_auth.revocations", MAY_NOT},
    {"lookup", "lexmq_lookup", "SELECT * FROM lexmq_auth.users", MAY_NOT},
    {"lookup", "lexmq_lookup", "DELETE FROM lexmq_dict.entries", MAY_NOT},
    {"lookup", "lexmq_lookup", "SELECT * FROM lexmq_history.lookups", MAY_NOT},
    {"history", "lexmq_history", "DELETE FROM lexmq_history.lookups", MAY},
    {"history", "lexmq_history", "SELECT * FROM lexmq_auth.revoked", MAY},
    {"history", "lexmq_history", "DELETE FROM lexmq_auth.revoked", MAY_NOT},
    {"history", "lexmq_history", "SELECT * FROM lexmq_auth.users", MAY_NOT},
    {"history", "lexmq_history", "SELECT * FROM lexmq_dict.active", MAY_NOT},
    {"import", "lexmq_import", "DELETE FROM lexmq_dict.entries", MAY},
    {"import", "lexmq_import", "SELECT * FROM lexmq_auth.revoked", MAY_NOT},
    {"import", "lexmq_import", "CREATE TABLE lexmq_dict.other (n INT)", MAY_NOT},
    {"migrate", "lexmq_migrate", "CREATE TABLE lexmq_auth.other (n INT)", MAY},
    {"migrate", "lexmq_migrate", "DROP TABLE lexmq_auth.other", MAY},
    {"migrate", "lexmq_migrate", "CREATE DATABASE elsewhere", MAY_NOT},
    {"migrate", "lexmq_migrate", "SELECT * FROM mysql.user", MAY_NOT},
};

static void s_check_rights(void)
{
    for (size_t i = 0; i < sizeof s_rights / sizeof s_rights[0]; i++)
        if (s_run_as(s_rights[i].folder, s_rights[i].account, s_rights[i].sql) !=
            s_rights[i].status)
            fail_msg("%s: %s", s_rights[i].account, s_rights[i].sql);
}

static void test_from_nothing(void **state)
{
    (void)state;
    assert_int_equal(s_bootstrap(), 0);
    s_check_rights();
    /* Once for the Unix socket and once for TCP. */
    assert_int_equal(s_number("SELECT COUNT(*) FROM mysql.user WHERE user LIKE 'lexmq%'"), 10);
    assert_int_equal(
        s_number("SELECT COUNT(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'lexmq_auth'"
                 " AND TABLE_NAME = 'revoked' AND DEFINER LIKE 'lexmq_migrate@%'"),
        1);
}

static void test_again_follows_changed_passwords(void **state)
{
    (void)state;
    assert_int_equal(s_bootstrap(), 0);
    s_write_password("auth", "another one");
    assert_int_equal(s_run_as("auth", "lexmq_auth", "SELECT 1"), LEX_DB_LOST);
    assert_int_equal(s_bootstrap(), 0);
    assert_int_equal(s_run_as("auth", "lexmq_auth", "SELECT 1"), LEX_DB_OK);
    s_check_rights();
}

static void test_status_and_up_by_the_migrator(void **state)
{
    (void)state;
    assert_int_equal(s_bootstrap(), 0);
    char file[256], line[256];
    snprintf(file, sizeof file, "%s/migrate/db.password", s_keys);
    lex_db_options_t options = database_options(&s_database, NULL);
    options.user = ACCOUNTS_MIGRATE;
    options.password_file = file;
    server_lock_t *lock = server_lock_new(&options, 20);
    assert_non_null(lock);
    assert_int_equal(migrate_up(&options, "sql", lock), 0);
    server_lock_destroy(&lock);

    FILE *out = tmpfile();
    assert_int_equal(migrate_status(&options, "sql", out), 0);
    rewind(out);
    assert_non_null(fgets(line, sizeof line, out));
    assert_non_null(strstr(line, "lexmq_auth"));
    assert_non_null(strstr(line, "applied"));
    assert_non_null(strstr(line, "0001_accounts"));
    fclose(out);
    assert_int_equal(s_number("DELETE FROM lexmq_history.schema_migrations"), 0);
    out = tmpfile();
    assert_int_equal(migrate_status(&options, "sql", out), 1);
    fclose(out);
}

static void test_missing_password_changes_nothing(void **state)
{
    (void)state;
    char path[256];
    snprintf(path, sizeof path, "%s/import/db.password", s_keys);
    unlink(path);
    assert_int_equal(s_bootstrap(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM mysql.user WHERE user LIKE 'lexmq%'"), 0);
}

/* Before each test: a server without anything of ours, and keys. One password has what SQL text gives a meaning to. */
static int s_empty(void **state)
{
    (void)state;
    static const char script[] =
        "DROP DATABASE IF EXISTS lexmq_auth; DROP DATABASE IF EXISTS lexmq_dict;"
        "DROP DATABASE IF EXISTS lexmq_history;"
        "DROP USER IF EXISTS lexmq_auth@'%', lexmq_auth@localhost, lexmq_lookup@'%', "
        "lexmq_lookup@localhost,"
        " lexmq_history@'%', lexmq_history@localhost, lexmq_import@'%', lexmq_import@localhost,"
        " lexmq_migrate@'%', lexmq_migrate@localhost";
    lex_db_options_t options = database_options(&s_database, NULL);
    lex_db_t *db = lex_db_new(&options);
    lex_db_status_t status = lex_db_script(db, script, sizeof script - 1);
    lex_db_destroy(&db);
    s_write_password("auth", "it's a \\ \"password\"; -- ü");
    s_write_password("lookup", "lookup");
    s_write_password("history", "history");
    s_write_password("import", "import");
    s_write_password("migrate", "migrate'");
    return status == LEX_DB_OK ? 0 : -1;
}

static int s_setup(void **state)
{
    (void)state;
    lex_random_setup();
    if (database_start(&s_database))
        return -1;
    snprintf(s_keys, sizeof s_keys, "%s/keys", s_database.folder);
    return mkdir(s_keys, 0700);
}

static int s_teardown(void **state)
{
    (void)state;
    database_stop(&s_database);
    return 0;
}

int main(void)
{
    lex_log_setup("test_bootstrap", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_from_nothing, s_empty),
        cmocka_unit_test_setup(test_again_follows_changed_passwords, s_empty),
        cmocka_unit_test_setup(test_status_and_up_by_the_migrator, s_empty),
        cmocka_unit_test_setup(test_missing_password_changes_nothing, s_empty),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
