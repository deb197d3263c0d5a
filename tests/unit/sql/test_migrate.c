/* sql/migrate.h: migrations of one schema, in a scratch folder, against a real server. */

#include "tests/unit/sql/migrations.h"

static void test_each_file_is_applied_once(void **state)
{
    (void)state;
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 3);
    assert_int_equal(
        s_number("SELECT COUNT(*) FROM schema_migrations WHERE applied_at > 1700000000000"), 2);
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 3);
    s_write("0010_third.sql", "INSERT INTO counts VALUES (4)");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 4);
    assert_int_equal(s_number("SELECT MAX(version) FROM schema_migrations"), 10);
}

static void test_changed_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(s_up(), 0);
    s_write("0001_first.sql", "CREATE TABLE counts (n BIGINT);");
    s_write("0003_third.sql", "INSERT INTO counts VALUES (4)");
    assert_int_equal(s_up(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 3);
}

static void test_late_file_is_refused(void **state)
{
    (void)state;
    s_write("0005_fifth.sql", "SELECT 1");
    assert_int_equal(s_up(), 0);
    s_write("0004_fourth.sql", "INSERT INTO counts VALUES (4)");
    assert_int_equal(s_up(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 3);
}

static void test_newer_database_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(s_up(), 0);
    s_remove("0002_second.sql");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM schema_migrations"), 2);
}

/* What failed halfway is known as such, and nothing goes on until somebody has looked. */
static void test_failure_is_recorded(void **state)
{
    (void)state;
    s_write("0003_third.sql", "INSERT INTO counts VALUES (4); INSERT INTO nonsense VALUES (1)");
    s_write("0004_fourth.sql", "INSERT INTO counts VALUES (5)");
    assert_int_equal(s_up(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM schema_migrations WHERE applied_at > 0"), 2);
    assert_int_equal(s_number("SELECT version FROM schema_migrations WHERE applied_at = 0"), 3);
    assert_int_equal(s_number("SELECT MAX(n) FROM counts"), 4);
    s_write("0003_third.sql", "INSERT INTO counts VALUES (4)"); /* mended, which is not enough */
    assert_int_equal(s_up(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 4);
}

static void test_bad_folders_are_refused(void **state)
{
    (void)state;
    s_write("third.sql", "SELECT 1");
    assert_int_equal(s_up(), -1);
    s_remove("third.sql");
    s_write("0002_again.sql", "SELECT 1");
    assert_int_equal(s_up(), -1);
    s_remove("0002_again.sql");
    s_write("0000_zero.sql", "SELECT 1");
    assert_int_equal(s_up(), -1);
    s_remove("0000_zero.sql");
    assert_int_equal(s_up(), 0);
    static const schema_t missing = {"missing", "some_schema"};
    lex_db_options_t options = s_options();
    assert_int_equal(migrate_schema(&options, s_folder, &missing, NULL), -1);
    static const schema_t no_schema = {"some", "no_schema"};
    assert_int_equal(migrate_schema(&options, s_folder, &no_schema, NULL), -1);
}

static void *s_migrate_too(void *arg)
{
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 20);
    *(int *)arg = lock ? migrate_schema(&options, s_folder, &s_schema, lock) : -2;
    server_lock_destroy(&lock);
    return NULL;
}

static void test_two_migrators_take_turns(void **state)
{
    (void)state;
    pthread_t threads[3];
    int results[3] = {-3, -3, -3};
    s_write("0003_slow.sql", "DO SLEEP(0.3); INSERT INTO counts VALUES (4)");
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, s_migrate_too, &results[i]);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(results[i], 0);
    }
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 4);
}

static void test_lock_is_one(void **state)
{
    (void)state;
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 0);
    assert_non_null(lock);
    assert_int_equal(server_lock_check(lock), 0);
    assert_null(server_lock_new(&options, 0));
    /* Its connection goes, and the lock with it. */
    uint64_t id = s_number("SELECT IS_USED_LOCK('lexmq_migrate')");
    lex_db_t *db = lex_db_new(&options);
    char sql[64];
    int size = snprintf(sql, sizeof sql, "KILL %llu", (unsigned long long)id);
    assert_int_equal(lex_db_script(db, sql, (size_t)size), LEX_DB_OK);
    assert_int_equal(server_lock_check(lock), -1);
    server_lock_destroy(&lock);
    lex_db_destroy(&db);
    lock = server_lock_new(&options, 20);
    assert_non_null(lock);
    server_lock_destroy(&lock);
}

int main(void)
{
    lex_log_setup("test_migrate", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_file_is_applied_once, s_empty),
        cmocka_unit_test_setup(test_changed_file_is_refused, s_empty),
        cmocka_unit_test_setup(test_late_file_is_refused, s_empty),
        cmocka_unit_test_setup(test_newer_database_is_left_alone, s_empty),
        cmocka_unit_test_setup(test_failure_is_recorded, s_empty),
        cmocka_unit_test_setup(test_bad_folders_are_refused, s_empty),
        cmocka_unit_test_setup(test_two_migrators_take_turns, s_empty),
        cmocka_unit_test_setup(test_lock_is_one, s_empty),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
