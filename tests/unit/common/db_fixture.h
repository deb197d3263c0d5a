/* What the tests of common/db.h have in common: a server with some tables, and short ways to ask it. */

#ifndef LEXMQ_TESTS_DB_FIXTURE_H
#define LEXMQ_TESTS_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"
#include "tests/unit/database.h"

static database_t s_database;

static inline lex_db_t *s_connection(void)
{
    lex_db_options_t options = database_options(&s_database, "test_db");
    return lex_db_new(&options);
}

typedef struct {
    unsigned rows;
    uint64_t number;
    size_t size;
    char *bytes;
} seen_t;

static inline int s_see(void *arg, const lex_row_t *row)
{
    seen_t *seen = arg;
    seen->rows++;
    seen->number = lex_row_uint(row, 0);
    free(seen->bytes);
    const char *bytes = lex_row_bytes(row, 1, &seen->size);
    assert_int_equal(bytes[seen->size], 0);
    seen->bytes = lex_strndup(bytes, seen->size);
    return 0;
}

static inline uint64_t s_number(lex_db_t *db, const char *sql)
{
    seen_t seen = {0};
    assert_int_equal(lex_db_run(db, sql, NULL, 0, s_see, &seen), LEX_DB_OK);
    free(seen.bytes);
    return seen.number;
}

static inline int s_setup(void **state)
{
    (void)state;
    lex_random_setup();
    if (database_start(&s_database))
        return -1;
    static const char script[] =
        "CREATE DATABASE test_db CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE test_db;"
        "CREATE TABLE items (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, number BIGINT UNSIGNED,"
        " text MEDIUMTEXT, data VARBINARY(16));"
        "CREATE TABLE small (word VARCHAR(4)); CREATE TABLE moving (id INT, name VARCHAR(10));"
        "CREATE TABLE wide (a INT UNSIGNED, b INT UNSIGNED, word VARCHAR(64), id BINARY(16), n "
        "INT, flag INT,"
        " PRIMARY KEY (a, b)); SET GLOBAL max_allowed_packet = 33554432";
    lex_db_options_t options = database_options(&s_database, NULL);
    lex_db_t *db = lex_db_new(&options);
    lex_db_status_t status = lex_db_script(db, script, sizeof script - 1);
    lex_db_destroy(&db);
    return status == LEX_DB_OK ? 0 : -1;
}

static inline int s_teardown(void **state)
{
    (void)state;
    database_stop(&s_database);
    return 0;
}

#endif
