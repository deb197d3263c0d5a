/* Records that come late, after their user cleared his history. */

#include "common/clock.h"
#include "history-svc/cleared.h"
#include "history-svc/store.h"
#include "history-svc/writer.h"
#include "tests/unit/history-svc/fixture.h"

#define HOUR_MS (3600 * INT64_C(1000))

static lex_db_t *s_db;
static writer_t *s_writer;

static int s_setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    lex_db_options_t options = fixture_options();
    s_db = lex_db_new(&options);
    s_writer = writer_new(&options);
    return writer_connect(s_writer) ? 0 : -1;
}

static int s_teardown(void **state)
{
    writer_destroy(&s_writer);
    lex_db_destroy(&s_db);
    return fixture_teardown(state);
}

static void s_clear(uint64_t user)
{
    unsigned char id[16];
    uint64_t cleared;
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
}

/* Commits records of one word each; `refused` of each as the writer left it. */
static void s_commit(commit_record_t *records, size_t count)
{
    commit_word_t word = {.text = "dog", .size = 3, .found = true};
    unsigned char ids[4][16];
    commit_record_t *pointers[4];
    assert_true(count <= 4);
    for (size_t i = 0; i < count; i++) {
        lex_random_bytes(ids[i], sizeof ids[i]);
        records[i].id = records[i].id ? records[i].id : ids[i];
        records[i].words = &word;
        records[i].count = 1;
        pointers[i] = &records[i];
    }
    assert_int_equal(writer_commit(s_writer, pointers, count), LEX_DB_OK);
}

static void test_a_late_record_from_before_a_clear_stays_away(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    commit_record_t before = {.user = user, .is_dated = true, .time = lex_utc_ms() - HOUR_MS};
    s_clear(user);
    s_commit(&before, 1);
    assert_true(before.refused);
    assert_int_equal(fixture_rows(s_db, user), 0);
}

/* It was committed, its answer was lost, and the journal brings it again when it has been cleared. */
static void test_a_cleared_record_does_not_come_back(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    static const unsigned char id[16] = "0123456789abcde";
    commit_record_t first = {.user = user, .id = id, .is_dated = true, .time = lex_utc_ms() - 500};
    s_commit(&first, 1);
    assert_int_equal(fixture_rows(s_db, user), 1);
    s_clear(user);
    commit_record_t again = {.user = user, .id = id, .is_dated = true, .time = first.time};
    s_commit(&again, 1);
    assert_int_equal(fixture_rows(s_db, user), 0);
}

static void test_others_and_what_came_after_are_taken(void **state)
{
    (void)state;
    uint64_t user = fixture_user(), other = fixture_user();
    int64_t now = lex_utc_ms();
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, 'past', 1, 1, TRUE, ?)",
                                 LEX_UINT(user), LEX_INT(now - 2 * HOUR_MS)),
                     LEX_DB_OK);
    commit_record_t records[] = {
        {.user = other, .is_dated = true, .time = now - 3 * HOUR_MS},
        {.user = user, .is_dated = true, .time = now - 3 * HOUR_MS},
        {.user = user, .is_dated = true, .time = now - HOUR_MS},
    };
    s_commit(records, 3);
    assert_false(records[0].refused);
    assert_true(records[1].refused);
    assert_false(records[2].refused);
    assert_int_equal(fixture_rows(s_db, user), 1);
    assert_int_equal(fixture_rows(s_db, other), 1);
}

/* One that is made now is new even where the clear's clock is ahead of ours. */
static void test_a_fresh_record_is_not_held_against_a_clear(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, 'ahead', 1, 1, TRUE, ?)",
                                 LEX_UINT(user), LEX_INT(lex_utc_ms() + HOUR_MS)),
                     LEX_DB_OK);
    commit_record_t fresh = {.user = user, .is_dated = true, .time = lex_utc_ms() + 60000};
    s_commit(&fresh, 1);
    assert_false(fresh.refused);
    assert_int_equal(fixture_rows(s_db, user), 1);
}

/* Whatever a wrong clock says, no record is refused for it. */
static void test_wrong_clocks_keep_records(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    commit_record_t old = {.user = user, .is_dated = true, .time = lex_utc_ms() - HOUR_MS};
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, 'ahead', 1, 1, TRUE, ?)",
                                 LEX_UINT(user), LEX_INT(lex_utc_ms() + HOUR_MS)),
                     LEX_DB_OK);
    s_commit(&old, 1);
    s_clear(user);
    commit_record_t undated = {.user = user, .time = lex_utc_ms() - HOUR_MS};
    s_commit(&undated, 1);
    assert_false(old.refused || undated.refused);
    assert_int_equal(fixture_rows(s_db, user), 1);
}

static void test_the_latest_clear_of_each_user_counts(void **state)
{
    (void)state;
    uint64_t one = fixture_user(), two = fixture_user(), three = fixture_user();
    cleared_t *cleared = cleared_new();
    for (unsigned i = 1; i <= 100; i++) {
        char id[17];
        snprintf(id, sizeof id, "clear-%u", i);
        assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, ?, 1, 1, TRUE, ?)",
                                     LEX_UINT(i % 2 ? one : three), LEX_TEXT(id, strlen(id)),
                                     LEX_INT(INT64_C(4102444800000) + i)),
                         LEX_DB_OK);
    }
    assert_int_equal(cleared_refresh(cleared, s_db, INT64_C(4102444800000), INT64_MAX), LEX_DB_OK);
    assert_true(cleared_has(cleared, one, INT64_C(4102444800099)));
    assert_false(cleared_has(cleared, one, INT64_C(4102444800100)));
    assert_true(cleared_has(cleared, three, INT64_C(4102444800100)));
    assert_false(cleared_has(cleared, two, 0));
    assert_int_equal(cleared_refresh(cleared, s_db, INT64_C(4102444900000), INT64_MAX), LEX_DB_OK);
    assert_false(cleared_has(cleared, one, 0));
    cleared_destroy(&cleared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_late_record_from_before_a_clear_stays_away),
        cmocka_unit_test(test_a_cleared_record_does_not_come_back),
        cmocka_unit_test(test_others_and_what_came_after_are_taken),
        cmocka_unit_test(test_a_fresh_record_is_not_held_against_a_clear),
        cmocka_unit_test(test_wrong_clocks_keep_records),
        cmocka_unit_test(test_the_latest_clear_of_each_user_counts),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
