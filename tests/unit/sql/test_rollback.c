/* sql/rollback.h: taking migrations back, and what is refused; the project's own migrations among them. */

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "sql/rollback.h"
#include "tests/unit/sql/migrations.h"

static int s_back_in(const char *folder, const schema_t *schema, unsigned version, bool lose_data)
{
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 20);
    assert_non_null(lock);
    int result = rollback_schema(&options, folder, schema, version, lose_data, lock);
    server_lock_destroy(&lock);
    return result;
}

static int s_back(unsigned version, bool lose_data)
{
    return s_back_in(s_folder, &s_schema, version, lose_data);
}

static int s_mark(unsigned version, bool is_applied)
{
    lex_db_options_t options = s_options();
    return rollback_mark(&options, s_folder, &s_schema, version, is_applied);
}

static uint64_t s_applied(void)
{
    return s_number("SELECT COUNT(*) FROM schema_migrations WHERE applied_at > 0");
}

static void test_down_and_up_again(void **state)
{
    (void)state;
    s_write("0002_second.down.sql",
            "-- why\n-- loses nothing\nDELETE FROM counts WHERE n IN (2, 3);");
    s_write("0003_third.sql", "ALTER TABLE counts ADD COLUMN m INT");
    s_write("0003_third.down.sql", "-- loses nothing\r\nALTER TABLE counts DROP COLUMN m;");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_back(3, false), 0); /* is there already */
    assert_int_equal(s_applied(), 3);
    assert_int_equal(s_back(1, false), 0);
    assert_int_equal(s_applied(), 1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 1);
    assert_int_equal(
        s_number("SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                 "'some_schema' AND COLUMN_NAME = 'm'"),
        0);
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_applied(), 3);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts WHERE m IS NULL"), 3);
}

static void test_missing_file_is_refused_before_anything_is_done(void **state)
{
    (void)state;
    s_write("0003_third.sql", "SELECT 1");
    s_write("0003_third.down.sql", "-- loses nothing\nDELETE FROM counts;");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_back(1, true), -1); /* 0002 has none */
    assert_int_equal(s_applied(), 3);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 3);
    assert_int_equal(s_back(2, false), 0); /* 0003 alone has */
    assert_int_equal(s_applied(), 2);
}

static void test_data_is_lost_only_when_told(void **state)
{
    (void)state;
    s_write("0002_second.down.sql",
            "-- loses large numbers: SELECT EXISTS (SELECT 1 FROM counts WHERE n > 100)\n"
            "DELETE FROM counts WHERE n > 1;");
    assert_int_equal(s_up(), 0);
    s_write("0003_third.sql", "INSERT INTO counts VALUES (101)");
    s_write("0003_third.down.sql", "-- loses nothing\nSELECT 1");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_back(1, false), -1);
    assert_int_equal(s_applied(), 3); /* nor is 0003 taken back, which would lose nothing */
    assert_int_equal(s_back(1, true), 0);
    assert_int_equal(s_applied(), 1);
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts WHERE n > 100"), 1);

    /* Without a word of what it loses; with one that cannot be understood; with a query that fails. */
    static const char *const files[] = {"DELETE FROM counts", "-- loses it all\nDELETE FROM counts",
                                        "-- loses x: SELECT no FROM counts\nDELETE FROM counts"};
    for (size_t i = 0; i < 3; i++) {
        s_write("0003_third.down.sql", files[i]);
        assert_int_equal(s_back(2, false), -1);
        assert_int_equal(s_applied(), 3);
        assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 4);
    }
    s_write("0003_third.down.sql", files[0]);
    assert_int_equal(s_back(2, true), 0);
    assert_int_equal(s_applied(), 2);
}

static void test_what_is_not_ours_is_refused(void **state)
{
    (void)state;
    s_write("0002_second.down.sql", "-- loses nothing\nSELECT 1");
    s_write("0003_third.sql", "SELECT 1");
    assert_int_equal(s_up(), 0);
    s_remove("0003_third.sql"); /* a newer program applied it */
    assert_int_equal(s_back(1, true), -1);
    s_write("0003_third.sql", "SELECT 2"); /* changed since */
    assert_int_equal(s_back(1, true), -1);
    assert_int_equal(s_applied(), 3);
}

static void test_failure_halfway_and_what_follows(void **state)
{
    (void)state;
    s_write("0002_second.down.sql",
            "-- loses nothing\nDELETE FROM counts WHERE n = 2; SELECT no FROM counts");
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_back(1, false), -1);
    assert_int_equal(s_number("SELECT version FROM schema_migrations WHERE applied_at = 0"), 2);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 2);
    assert_int_equal(s_back(1, false), -1); /* neither down nor up before somebody has looked */
    assert_int_equal(s_up(), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 2);
    assert_int_equal(s_mark(1, true), -1); /* that one did not fail */
    assert_int_equal(s_mark(3, true), -1);
    assert_int_equal(s_mark(2, false), 0);
    assert_int_equal(s_up(), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM counts"), 4);
    assert_int_equal(s_back(1, false), -1);
    assert_int_equal(s_mark(2, true), 0);
    assert_int_equal(s_mark(2, true), -1);
    assert_int_equal(s_applied(), 2);
    assert_int_equal(s_up(), 0);
}

/* The project's migrations. The tests run in the top folder. */
static const schema_t s_dict = {"dict", "some_schema"};

static int s_up_in(const schema_t *schema)
{
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 20);
    assert_non_null(lock);
    int result = migrate_schema(&options, "sql", schema, lock);
    server_lock_destroy(&lock);
    return result;
}

static void s_run(const char *script)
{
    lex_db_options_t options = database_options(&s_database, "some_schema");
    lex_db_t *db = lex_db_new(&options);
    if (lex_db_script(db, script, strlen(script)) != LEX_DB_OK)
        fail_msg("%s", lex_db_error(db));
    lex_db_destroy(&db);
}

static const char s_dictionaries[] =
    "INSERT INTO dictionaries (id, name, title, position, version, created_at) VALUES "
    "(1, 'words', 'Words', 1, 10, 1), (2, 'lemmas', 'Lemmas', 2, 20, 1);"
    "INSERT INTO versions (id, dictionary_id, state, entries, text_bytes, source, format, "
    "created_at, kind)"
    " VALUES (10, 1, 'active', 1, 4, 's', 'f', 1, 'words'), (20, 2, 'active', 1, 1, 's', 'f', 1, "
    "'lemmas');"
    "INSERT INTO entries (version_id, ordinal, headword, text, phonetic) VALUES "
    "(10, 0, 'w\xc3\xb6rd', 'text', 'w'), (20, 0, 'went', 'go', NULL)";

static void test_fields_of_dictionaries(void **state)
{
    (void)state;
    assert_int_equal(s_up_in(&s_dict), 0);
    s_run(s_dictionaries);
    assert_int_equal(s_number("SELECT COUNT(*) FROM active"), 2);
    assert_int_equal(s_back_in("sql", &s_dict, 1, false), -1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM active WHERE kind = 'lemmas'"), 1);
    assert_int_equal(s_back_in("sql", &s_dict, 1, true), 0);

    /* What an older program reads: the view as it was, the words, no dictionary of lemmas. */
    assert_int_equal(s_number("SELECT COUNT(*) FROM active WHERE name = 'words' AND version = 10"),
                     1);
    assert_int_equal(s_number("SELECT COUNT(*) FROM active"), 1);
    assert_int_equal(
        s_number("SELECT COUNT(*) FROM entries WHERE headword = 'w\xc3\xb6rd' AND text = 'text'"),
        1);
    assert_int_equal(
        s_number("SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                 "'some_schema' AND TABLE_NAME IN ('active', 'entries', 'versions')"),
        7 + 4 + 8);
    /* The same as if the newer one had never been. */
    uint64_t back = s_number(
        "SELECT CRC32(GROUP_CONCAT(TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE ORDER BY "
        "TABLE_NAME, "
        "ORDINAL_POSITION)) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'some_schema'");
    assert_int_equal(s_up_in(&s_dict), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM active WHERE kind = 'words'"), 1);

    s_run("DROP DATABASE some_schema; CREATE DATABASE some_schema CHARACTER SET utf8mb4");
    char first[PATH_MAX];
    assert_non_null(realpath("sql/dict/0001_dictionaries.sql", first));
    char path[300];
    snprintf(path, sizeof path, "%s/dict", s_folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/dict/0001_dictionaries.sql", s_folder);
    assert_int_equal(symlink(first, path), 0);
    lex_db_options_t options = s_options();
    server_lock_t *lock = server_lock_new(&options, 20);
    assert_int_equal(migrate_schema(&options, s_folder, &s_dict, lock), 0);
    server_lock_destroy(&lock);
    assert_int_equal(s_number("SELECT CRC32(GROUP_CONCAT(TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, "
                              "IS_NULLABLE ORDER BY TABLE_NAME, "
                              "ORDINAL_POSITION)) FROM information_schema.COLUMNS WHERE "
                              "TABLE_SCHEMA = 'some_schema'"),
                     back);
}

static void test_words_alone_lose_nothing(void **state)
{
    (void)state;
    assert_int_equal(s_up_in(&s_dict), 0);
    s_run(s_dictionaries);
    s_run(
        "UPDATE entries SET phonetic = NULL; UPDATE dictionaries SET version = NULL WHERE id = 2");
    assert_int_equal(s_back_in("sql", &s_dict, 1, false), 0);
    assert_int_equal(s_number("SELECT COUNT(*) FROM entries"), 2);
}

/* Down to nothing, which every schema refuses unless told, and up from there. */
static void test_everything_is_taken_back(void **state)
{
    (void)state;
    for (const schema_t *schema = migrate_schemas; schema->schema; schema++) {
        const schema_t own = {schema->folder, "some_schema"};
        assert_int_equal(s_up_in(&own), 0);
        assert_int_equal(s_back_in("sql", &own, 0, false), -1);
        assert_int_equal(s_back_in("sql", &own, 0, true), 0);
        assert_int_equal(s_number("SELECT COUNT(*) FROM information_schema.TABLES WHERE "
                                  "TABLE_SCHEMA = 'some_schema'"),
                         1);
        assert_int_equal(s_up_in(&own), 0);
        assert_int_equal(s_back_in("sql", &own, 0, true), 0);
    }
}

int main(void)
{
    lex_log_setup("test_rollback", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_down_and_up_again, s_empty),
        cmocka_unit_test_setup(test_missing_file_is_refused_before_anything_is_done, s_empty),
        cmocka_unit_test_setup(test_data_is_lost_only_when_told, s_empty),
        cmocka_unit_test_setup(test_what_is_not_ours_is_refused, s_empty),
        cmocka_unit_test_setup(test_failure_halfway_and_what_follows, s_empty),
        cmocka_unit_test_setup(test_fields_of_dictionaries, s_empty),
        cmocka_unit_test_setup(test_words_alone_lose_nothing, s_empty),
        cmocka_unit_test_setup(test_everything_is_taken_back, s_empty),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
