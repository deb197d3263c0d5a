/* common/db.h against a real server: values, rows, statements. */

#include "tests/unit/common/db_fixture.h"

static void test_values_come_back(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    assert_int_equal(lex_db_exec(db, "INSERT INTO items (number, text, data) VALUES (?, ?, ?)",
                                 LEX_UINT(UINT64_MAX), LEX_TEXT("Zoë ✓", 8),
                                 LEX_BLOB("\0\xff\x01", 3)),
                     LEX_DB_OK);
    assert_int_equal(lex_db_affected(db), 1);
    uint64_t id = lex_db_insert_id(db);
    assert_true(id > 0);

    seen_t seen = {0};
    assert_int_equal(
        lex_db_query(db, s_see, &seen, "SELECT number, text FROM items WHERE id = ?", LEX_UINT(id)),
        LEX_DB_OK);
    assert_int_equal(seen.rows, 1);
    assert_true(seen.number == UINT64_MAX);
    assert_string_equal(seen.bytes, "Zoë ✓");
    assert_int_equal(lex_db_query(db, s_see, &seen,
                                  "SELECT LENGTH(data), data FROM items WHERE id = ?",
                                  LEX_UINT(id)),
                     LEX_DB_OK);
    assert_int_equal(seen.number, 3);
    assert_int_equal(seen.size, 3);
    assert_memory_equal(seen.bytes, "\0\xff\x01", 3);
    free(seen.bytes);
    lex_db_destroy(&db);
    assert_null(db);
}

static int s_check_kinds(void *arg, const lex_row_t *row)
{
    (void)arg;
    assert_int_equal(lex_row_int(row, 0), -5);
    assert_string_equal(lex_row_bytes(row, 0, NULL), "-5");
    assert_true(lex_row_is_null(row, 1));
    assert_int_equal(lex_row_uint(row, 1), 0);
    size_t size = 9;
    assert_string_equal(lex_row_bytes(row, 1, &size), "");
    assert_int_equal(size, 0);
    assert_int_equal(lex_row_uint(row, 2), 42); /* a DECIMAL, as sums are */
    assert_string_equal(lex_row_bytes(row, 2, NULL), "42");
    assert_int_equal(lex_row_uint(row, 3), 7); /* text */
    assert_true(lex_row_is_null(row, 4));      /* no such column */
    return 0;
}

static void test_kinds_of_columns(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    lex_db_exec(db, "INSERT INTO items (number, text) VALUES (?, ?)", LEX_UINT(40),
                LEX_TEXT("7", 1));
    lex_db_exec(db, "INSERT INTO items (number, text) VALUES (?, ?)", LEX_UINT(2),
                LEX_TEXT("7", 1));
    assert_int_equal(lex_db_query(db, s_check_kinds, NULL,
                                  "SELECT CAST(? AS SIGNED), ?, SUM(number), MAX(text) FROM items",
                                  LEX_INT(-5), LEX_NULL),
                     LEX_DB_OK);
    lex_db_destroy(&db);
}

/* Columns much larger than the first buffer, in several sizes, come whole and in order. */
static int s_check_large(void *arg, const lex_row_t *row)
{
    unsigned *rows = arg;
    size_t size;
    const char *text = lex_row_bytes(row, 1, &size);
    assert_int_equal(size, lex_row_uint(row, 0));
    for (size_t i = 0; i < size; i += 997)
        assert_int_equal(text[i], 'a' + (int)(size % 26));
    assert_int_equal(text[size], 0);
    size_t other;
    assert_int_equal(lex_row_bytes(row, 2, &other)[0], 'x');
    assert_int_equal(other, 300);
    ++*rows;
    return 0;
}

static void test_large_values_are_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 255, 256, 257, 65535, 65536, 1 << 20, 10, (16 << 20) - 1, 3};
    size_t count = sizeof sizes / sizeof sizes[0];
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    char *text = malloc(16 << 20);
    for (size_t i = 0; i < count; i++) {
        memset(text, 'a' + (int)(sizes[i] % 26), sizes[i]);
        assert_int_equal(lex_db_exec(db, "INSERT INTO items (number, text) VALUES (?, ?)",
                                     LEX_UINT(sizes[i]), LEX_TEXT(text, sizes[i])),
                         LEX_DB_OK);
    }
    free(text);
    for (int round = 0; round < 2; round++) {
        unsigned rows = 0;
        assert_int_equal(lex_db_run(db,
                                    "SELECT number, text, REPEAT('x', 300) FROM items ORDER BY id",
                                    NULL, 0, s_check_large, &rows),
                         LEX_DB_OK);
        assert_int_equal(rows, count);
    }
    lex_db_destroy(&db);
}

static int s_stop_at_three(void *arg, const lex_row_t *row)
{
    (void)row;
    return ++*(unsigned *)arg == 3;
}

static void test_rows_can_be_skipped(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    unsigned rows = 0;
    const char *sql = "SELECT seq, seq FROM seq_1_to_10000";
    assert_int_equal(lex_db_run(db, sql, NULL, 0, s_stop_at_three, &rows), LEX_DB_OK);
    assert_int_equal(rows, 3);
    rows = 3;
    assert_int_equal(lex_db_run(db, sql, NULL, 0, s_stop_at_three, &rows), LEX_DB_OK);
    assert_int_equal(rows, 10003);
    assert_int_equal(lex_db_run(db, sql, NULL, 0, NULL, NULL), LEX_DB_OK);
    assert_int_equal(s_number(db, "SELECT 11, 12"), 11);
    lex_db_destroy(&db);
}

/* More statements than are kept, each still right; the server never holds more than we keep. */
static void test_statements_are_bounded(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    char sql[64];
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < 100; i++) {
            snprintf(sql, sizeof sql, "SELECT %u + ?, 'x'", i);
            seen_t seen = {0};
            assert_int_equal(lex_db_query(db, s_see, &seen, sql, LEX_UINT(1000)), LEX_DB_OK);
            assert_int_equal(seen.number, 1000 + i);
            free(seen.bytes);
        }
    assert_true(
        s_number(db,
                 "SELECT CAST(VARIABLE_VALUE AS UNSIGNED), '' FROM "
                 "information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Prepared_stmt_count'") <=
        64);
    lex_db_destroy(&db);
}

static void test_statement_survives_a_change_of_its_table(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_t *other = s_connection();
    lex_db_simple(db, "DELETE FROM moving");
    lex_db_simple(db, "INSERT INTO moving VALUES (1, 'one')");
    assert_int_equal(s_number(db, "SELECT * FROM moving"), 1);
    assert_int_equal(
        lex_db_simple(other, "ALTER TABLE moving ADD COLUMN extra INT DEFAULT 9 FIRST"), LEX_DB_OK);
    assert_int_equal(s_number(db, "SELECT * FROM moving"), 9);
    assert_int_equal(lex_db_simple(other, "ALTER TABLE moving DROP COLUMN extra"), LEX_DB_OK);
    assert_int_equal(s_number(db, "SELECT * FROM moving"), 1);
    lex_db_destroy(&other);
    lex_db_destroy(&db);
}

static void test_session_is_set(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    seen_t seen = {0};
    assert_int_equal(
        lex_db_run(db,
                   "SELECT FIND_IN_SET('STRICT_ALL_TABLES', @@sql_mode) > 0, "
                   "CONCAT(@@time_zone, @@character_set_client, @@character_set_results)",
                   NULL, 0, s_see, &seen),
        LEX_DB_OK);
    assert_int_equal(seen.number, 1);
    assert_string_equal(seen.bytes, "+00:00utf8mb4utf8mb4");
    free(seen.bytes);
    lex_db_destroy(&db);
}

/* The shape of history's inserts: 512 rows of 6 parameters in one statement. */
static void test_many_parameters(void **state)
{
    (void)state;
    enum { ROWS = 512, COLUMNS = 6, TIMES = 40 };
    static char sql[ROWS * 16 + 64];
    static lex_param_t params[ROWS * COLUMNS];
    char *end = stpcpy(sql, "INSERT INTO wide VALUES ");
    for (unsigned i = 0; i < ROWS; i++)
        end = stpcpy(end, i ? ",(?,?,?,?,?,?)" : "(?,?,?,?,?,?)");
    lex_db_t *db = s_connection();
    int64_t start = lex_monotonic_ms();
    for (uint64_t time = 0; time < TIMES; time++) {
        for (uint64_t i = 0; i < ROWS; i++) {
            lex_param_t *row = &params[i * COLUMNS];
            row[0] = LEX_UINT(time);
            row[1] = LEX_UINT(i);
            row[2] = LEX_TEXT("a headword", 10);
            row[3] = LEX_BLOB("0123456789abcdef", 16);
            row[4] = LEX_INT(-1);
            row[5] = i % 2 ? LEX_NULL : LEX_UINT(1);
        }
        assert_int_equal(lex_db_run(db, sql, params, ROWS * COLUMNS, NULL, NULL), LEX_DB_OK);
        assert_int_equal(lex_db_affected(db), ROWS);
    }
    int64_t spent = lex_monotonic_ms() - start;
    print_message("%d rows in %lld ms\n", ROWS * TIMES, (long long)spent);
    assert_int_equal(s_number(db, "SELECT COUNT(flag), '' FROM wide"), ROWS * TIMES / 2);
    lex_db_destroy(&db);
}

int main(void)
{
    lex_log_setup("test_db", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back),
        cmocka_unit_test(test_kinds_of_columns),
        cmocka_unit_test(test_large_values_are_whole),
        cmocka_unit_test(test_rows_can_be_skipped),
        cmocka_unit_test(test_statements_are_bounded),
        cmocka_unit_test(test_statement_survives_a_change_of_its_table),
        cmocka_unit_test(test_session_is_set),
        cmocka_unit_test(test_many_parameters),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
