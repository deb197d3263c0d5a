/* A database with the history schema, and records to put into it. */

#ifndef HISTORY_FIXTURE_H
#define HISTORY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/random.h"
#include "history-svc/commit.h"
#include "history-svc/inserter.h"
#include "tests/unit/database.h"

#define SCHEMA "lexmq_history"

static database_t s_database;

static inline lex_db_options_t fixture_options(void)
{
    return database_options(&s_database, SCHEMA);
}

static int fixture_setup(void **state)
{
    (void)state;
    lex_random_setup();
    return database_start(&s_database) || database_apply(&s_database, SCHEMA, "sql/history");
}

static int fixture_teardown(void **state)
{
    (void)state;
    database_stop(&s_database);
    return 0;
}

/* Every test has users of its own. */
static inline uint64_t fixture_user(void)
{
    static uint64_t last = 1000;
    return ++last;
}

static int fixture_number_row(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

/* How many rows the user has. */
static inline uint64_t fixture_rows(lex_db_t *db, uint64_t user)
{
    uint64_t rows = 0;
    assert_int_equal(lex_db_query(db, fixture_number_row, &rows,
                                  "SELECT COUNT(*) FROM lookups WHERE user_id = ?", LEX_UINT(user)),
                     LEX_DB_OK);
    return rows;
}

/* Inserts one record of a single word. */
static inline void fixture_insert(lex_db_t *db, uint64_t user, const unsigned char id[16],
                                  const char *word, uint64_t time, bool found)
{
    inserter_t *inserter = inserter_new();
    commit_word_t text = {.text = word, .size = strlen(word), .found = found};
    commit_record_t record = {
        .user = user, .id = id, .time = (int64_t)time, .words = &text, .count = 1};
    commit_record_t *records[] = {&record};
    assert_int_equal(inserter_insert(inserter, db, records, 1), LEX_DB_OK);
    inserter_destroy(&inserter);
}

static inline void fixture_add(lex_db_t *db, uint64_t user, const char *word, uint64_t time,
                               bool found)
{
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    fixture_insert(db, user, id, word, time, found);
}

#endif
