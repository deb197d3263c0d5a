/* Records that two workers insert at the same time, as happens when one was given to another after a time without an answer. */

#include <poll.h>
#include <pthread.h>

#include "common/clock.h"
#include "history-svc/inserter.h"
#include "tests/unit/history-svc/fixture.h"

#define LIMIT_MS 30000
#define COUNT    4

typedef struct {
    commit_record_t records[COUNT];
    commit_word_t words[COUNT];
    unsigned char ids[COUNT][16];
    lex_db_status_t status;
} batch_t;

static lex_db_status_t s_insert_body(lex_db_t *db, void *arg)
{
    batch_t *batch = arg;
    commit_record_t *records[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        records[i] = &batch->records[i];
    inserter_t *inserter = inserter_new();
    lex_db_status_t status = inserter_insert(inserter, db, records, COUNT);
    inserter_destroy(&inserter);
    return status;
}

static void *s_insert(void *arg)
{
    batch_t *batch = arg;
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    batch->status = lex_db_transaction(db, s_insert_body, batch, 1);
    lex_db_destroy(&db);
    return NULL;
}

static void s_await_lock_wait(lex_db_t *db)
{
    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    uint64_t waiting = 0;
    while (waiting == 0) {
        assert_true(lex_monotonic_ms() < end);
        /* The table is renewed at most every 100 ms, when nobody looked for so long. */
        poll(NULL, 0, 120);
        assert_int_equal(
            lex_db_query(
                db, fixture_number_row, &waiting,
                "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"),
            LEX_DB_OK);
    }
}

/* A batch waits for a lock with the numbers that its rows will have; meanwhile one of its records, and another of the same user, are
 * committed by somebody else under higher numbers. What the batch goes on with must not take those numbers: the primary key would call the
 * row a duplicate, and it would be lost without a word. */
static void test_a_record_that_is_there_does_not_cost_the_next_one(void **state)
{
    (void)state;
    lex_db_options_t options = fixture_options();
    lex_db_t *first = lex_db_new(&options), *other = lex_db_new(&options);
    uint64_t before = fixture_user(), user = fixture_user();
    batch_t batch = {0};
    for (size_t i = 0; i < COUNT; i++) {
        lex_random_bytes(batch.ids[i], sizeof batch.ids[i]);
        batch.words[i] = (commit_word_t){.text = "word", .size = 4, .found = true};
        batch.records[i] = (commit_record_t){.user = i == 0 ? before : user,
                                             .id = batch.ids[i],
                                             .time = 1,
                                             .words = &batch.words[i],
                                             .count = 1};
    }
    assert_int_equal(lex_db_simple(first, "BEGIN"), LEX_DB_OK);
    fixture_insert(first, before, batch.ids[0], "word", 1, true);

    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_insert, &batch), 0);
    s_await_lock_wait(other);
    fixture_insert(other, user, batch.ids[1], "word", 1, true);
    fixture_add(other, user, "other", 1, true);
    assert_int_equal(lex_db_simple(first, "COMMIT"), LEX_DB_OK);
    pthread_join(thread, NULL);

    assert_int_equal(batch.status, LEX_DB_OK);
    assert_int_equal(fixture_rows(other, before), 1);
    assert_int_equal(fixture_rows(other, user), COUNT - 1 + 1);
    lex_db_destroy(&first);
    lex_db_destroy(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_that_is_there_does_not_cost_the_next_one),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
