/* The history tables: reading (docs/protocol.md section 7), stats, clear, erase. */

#include "history-svc/erased.h"
#include "history-svc/store.h"
#include "tests/unit/history-svc/fixture.h"

static lex_db_t *s_db;

static int s_setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    lex_db_options_t options = fixture_options();
    s_db = lex_db_new(&options);
    return 0;
}

static int s_teardown(void **state)
{
    lex_db_destroy(&s_db);
    return fixture_teardown(state);
}

static void s_assert_word(const page_t *page, size_t index, const char *word)
{
    assert_true(index < page->count);
    assert_int_equal(page->records[index].size, strlen(word));
    assert_memory_equal(page->text + page->records[index].word, word, strlen(word));
}

static uint64_t s_user_with(size_t records)
{
    uint64_t user = fixture_user();
    inserter_t *inserter = inserter_new();
    char(*words)[32] = calloc(records, sizeof *words);
    unsigned char(*ids)[16] = calloc(records, sizeof *ids);
    commit_word_t *texts = calloc(records, sizeof *texts);
    commit_record_t *list = calloc(records, sizeof *list);
    commit_record_t **pointers = calloc(records, sizeof *pointers);
    for (size_t i = 0; i < records; i++) {
        snprintf(words[i], sizeof words[i], "word%zu", i);
        lex_random_bytes(ids[i], sizeof ids[i]);
        texts[i] = (commit_word_t){.text = words[i], .size = strlen(words[i]), .found = i % 3 != 0};
        list[i] = (commit_record_t){
            .user = user, .id = ids[i], .time = 1000 + (int64_t)i, .words = &texts[i], .count = 1};
        pointers[i] = &list[i];
    }
    assert_int_equal(inserter_insert(inserter, s_db, pointers, records), LEX_DB_OK);
    inserter_destroy(&inserter);
    free(pointers);
    free(list);
    free(texts);
    free(ids);
    free(words);
    return user;
}

static void test_a_record_sent_again_changes_nothing(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    fixture_insert(s_db, user, id, "dog", 1, true);
    fixture_insert(s_db, user, id, "dog", 2, true);
    assert_int_equal(fixture_rows(s_db, user), 1);
    fixture_insert(s_db, user + 500000, id, "dog", 2, true); /* another user's id is another id */
    assert_int_equal(fixture_rows(s_db, user + 500000), 1);
}

static void test_every_size_of_batch_is_inserted_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 7, 9, 11, 23, 97, 511, 512, 513, 700, 1025};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_int_equal(fixture_rows(s_db, s_user_with(sizes[i])), sizes[i]);
}

static void test_one_word_is_inserted_unless_the_gate_has_moved(void **state)
{
    (void)state;
    uint64_t user = fixture_user(), erased;
    bool inserted, more;
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    commit_word_t word = {.text = "Füße", .size = 6, .found = true};
    commit_record_t record = {.user = user, .id = id, .time = 5, .words = &word, .count = 1};
    erased_t *set = erased_new();
    assert_int_equal(erased_refresh(set, s_db), LEX_DB_OK);
    int64_t before = erased_count(set);
    assert_int_equal(inserter_insert_one(s_db, &record, before, &inserted), LEX_DB_OK);
    assert_true(inserted);
    assert_int_equal(inserter_insert_one(s_db, &record, before, &inserted), LEX_DB_OK);
    assert_false(inserted);
    assert_int_equal(store_erase(s_db, fixture_user(), &erased, &more), LEX_DB_OK);
    lex_random_bytes(id, sizeof id);
    assert_int_equal(inserter_insert_one(s_db, &record, before, &inserted), LEX_DB_OK);
    assert_false(inserted);
    assert_int_equal(fixture_rows(s_db, user), 1);
    erased_destroy(&set);
}

/* Pages through everything; returns the records seen, whose words must run by `step` from `first`. */
static size_t s_walk(store_query_t query, page_t *page, long first, long step)
{
    size_t seen = 0, pages = 0;
    do {
        assert_int_equal(store_read(s_db, &query, page), LEX_DB_OK);
        assert_true(page->count <= query.limit);
        for (size_t i = 0; i < page->count; i++, first += step) {
            char word[32];
            snprintf(word, sizeof word, "word%ld", first);
            s_assert_word(page, i, word);
        }
        seen += page->count;
        query.cursor = page->cursor;
        assert_true(++pages < 200);
    } while (query.cursor);
    return seen;
}

static void test_pages_go_both_ways_and_end(void **state)
{
    (void)state;
    uint64_t user = s_user_with(250);
    s_user_with(3); /* somebody else's are not seen */
    page_t *page = page_new();
    store_query_t query = store_query(user, 100);
    assert_int_equal(s_walk(query, page, 249, -1), 250);
    query.oldest = true;
    assert_int_equal(s_walk(query, page, 0, 1), 250);
    query.limit = 50; /* ends on a full page: no empty one after it */
    assert_int_equal(s_walk(query, page, 0, 1), 250);
    assert_int_equal(page->count, 50);
    query = store_query(fixture_user(), 10);
    assert_int_equal(s_walk(query, page, 0, 1), 0);
    page_destroy(&page);
}

static size_t s_count(const store_query_t *query, page_t *page)
{
    store_query_t next = *query;
    size_t seen = 0;
    do {
        assert_int_equal(store_read(s_db, &next, page), LEX_DB_OK);
        seen += page->count;
        next.cursor = page->cursor;
    } while (next.cursor);
    return seen;
}

static void test_search_filters(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    page_t *page = page_new();
    fixture_add(s_db, user, "Café", 100, true);
    fixture_add(s_db, user, "CAFETERIA", 200, false);
    fixture_add(s_db, user, "caf\xc3\xa9 noir", 300, true);
    fixture_add(s_db, user, "tea", 400, true);
    store_query_t query = store_query(user, 10);
    assert_int_equal(s_count(&query, page), 4);

    query.prefix = "caf";
    query.prefix_size = 3;
    assert_int_equal(s_count(&query, page), 3);
    s_assert_word(page, 0, "caf\xc3\xa9 noir");
    query.prefix = "caf\xc3\xa9";
    query.prefix_size = 5;
    assert_int_equal(s_count(&query, page), 2);
    query.since = 101;
    assert_int_equal(s_count(&query, page), 1);

    query = store_query(user, 10);
    query.since = 200;
    query.until = 400; /* exclusive */
    assert_int_equal(s_count(&query, page), 2);
    query.found = STORE_MISSED;
    assert_int_equal(s_count(&query, page), 1);
    s_assert_word(page, 0, "CAFETERIA");
    query = store_query(user, 1);
    query.found = STORE_FOUND;
    assert_int_equal(s_count(&query, page), 3);
    page_destroy(&page);
}

static void test_a_rare_word_is_found_far_back(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    page_t *page = page_new();
    fixture_add(s_db, user, "needle", 1, true);
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO lookups (user_id, request_id, position, time, found, word)"
             " SELECT %llu, UNHEX(LPAD(HEX(seq), 32, '0')), 0, 2, 1, 'hay' FROM seq_1_to_%d",
             (unsigned long long)user, STORE_SCAN_MAX + 5000);
    assert_int_equal(lex_db_simple(s_db, sql), LEX_DB_OK);
    store_query_t query = store_query(user, 10);
    query.prefix = "needle";
    query.prefix_size = 6;
    assert_int_equal(store_read(s_db, &query, page), LEX_DB_OK);
    assert_int_equal(page->count, 0);
    assert_true(page->cursor > 0); /* looked at enough for one request */
    assert_int_equal(s_count(&query, page), 1);
    page_destroy(&page);
}

static void test_stats(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    store_stats_t stats;
    assert_int_equal(store_stats(s_db, user, 10, &stats), LEX_DB_OK);
    assert_int_equal(stats.total, 0);
    assert_int_equal(stats.top_count, 0);
    for (uint64_t i = 1; i <= 3; i++)
        fixture_add(s_db, user, "dog", i * 100, true);
    fixture_add(s_db, user, "cat", 50, true);
    fixture_add(s_db, user, "qzx", 60, false);
    assert_int_equal(store_stats(s_db, user, 2, &stats), LEX_DB_OK);
    assert_int_equal(stats.total, 5);
    assert_int_equal(stats.found, 4);
    assert_int_equal(stats.distinct, 3);
    assert_int_equal(stats.top_count, 2);
    assert_int_equal(stats.top[0].size, 3);
    assert_memory_equal(stats.top[0].word, "dog", 3);
    assert_int_equal(stats.top[0].count, 3);
    assert_int_equal(stats.top[0].last, 300);
    assert_memory_equal(stats.top[1].word, "qzx", 3); /* as often as "cat", but later */
}

static void test_a_clear_asked_again_spares_what_came_since(void **state)
{
    (void)state;
    uint64_t user = s_user_with(STORE_CHUNK + 10), other = s_user_with(2), cleared;
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, STORE_CHUNK + 10);
    assert_int_equal(fixture_rows(s_db, user), 0);
    assert_int_equal(fixture_rows(s_db, other), 2);
    fixture_add(s_db, user, "new", 1, true);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, STORE_CHUNK + 10); /* as it was answered first */
    assert_int_equal(fixture_rows(s_db, user), 1);
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, 1);
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, 0);
}

/* A first run that died in the middle has left its bound: the second goes on up to there. */
static void test_a_clear_that_was_cut_short_goes_on(void **state)
{
    (void)state;
    uint64_t user = s_user_with(5), last, cleared;
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_last(s_db, user, &last), LEX_DB_OK);
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, ?, ?, 40, FALSE, ?)",
                                 LEX_UINT(user), LEX_BLOB(id, 16), LEX_UINT(last),
                                 LEX_INT(lex_utc_ms())),
                     LEX_DB_OK);
    fixture_add(s_db, user, "new", 1, true);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, 45);
    assert_int_equal(fixture_rows(s_db, user), 1);
}

/* A record may get its n before a clear and be committed after it. */
static void test_a_finished_clear_spares_a_record_that_was_late(void **state)
{
    (void)state;
    uint64_t user = s_user_with(3), last, cleared;
    unsigned char id[16];
    lex_random_bytes(id, sizeof id);
    assert_int_equal(store_last(s_db, user, &last), LEX_DB_OK);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO lookups VALUES (?, ?, 'late', 0, 1, 1, 'dog')",
                                 LEX_UINT(last), LEX_UINT(user)),
                     LEX_DB_OK);
    assert_int_equal(store_clear(s_db, user, id, &cleared), LEX_DB_OK);
    assert_int_equal(cleared, 3);
    assert_int_equal(fixture_rows(s_db, user), 1);
}

static void test_old_clears_are_forgotten(void **state)
{
    (void)state;
    uint64_t user = fixture_user(), count = 0;
    assert_int_equal(
        lex_db_exec(s_db, "INSERT INTO clears VALUES (?, 'old', 1, 1, TRUE, 1000)", LEX_UINT(user)),
        LEX_DB_OK);
    assert_int_equal(lex_db_exec(s_db, "INSERT INTO clears VALUES (?, 'new', 1, 1, TRUE, ?)",
                                 LEX_UINT(user), LEX_INT(lex_utc_ms())),
                     LEX_DB_OK);
    assert_int_equal(store_clears_purge(s_db), LEX_DB_OK);
    assert_int_equal(lex_db_query(s_db, fixture_number_row, &count,
                                  "SELECT COUNT(*) FROM clears WHERE user_id = ?", LEX_UINT(user)),
                     LEX_DB_OK);
    assert_int_equal(count, 1);
}

static void test_erase_deletes_everything_and_marks_the_user(void **state)
{
    (void)state;
    uint64_t user = s_user_with(STORE_ERASE_MAX + 10), erased;
    bool more;
    erased_t *set = erased_new();
    assert_int_equal(erased_refresh(set, s_db), LEX_DB_OK);
    assert_false(erased_has(set, user));
    assert_int_equal(store_erase(s_db, user, &erased, &more), LEX_DB_OK);
    assert_int_equal(erased, STORE_ERASE_MAX);
    assert_true(more);
    assert_int_equal(store_erase(s_db, user, &erased, &more), LEX_DB_OK);
    assert_int_equal(erased, 10);
    assert_false(more);
    assert_int_equal(fixture_rows(s_db, user), 0);
    assert_int_equal(erased_refresh(set, s_db), LEX_DB_OK);
    assert_true(erased_has(set, user));
    int64_t count = erased_count(set);
    assert_int_equal(store_erase(s_db, user, &erased, &more), LEX_DB_OK); /* again: nothing */
    assert_int_equal(erased_refresh(set, s_db), LEX_DB_OK);
    assert_int_equal(erased_count(set), count);
    erased_destroy(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_sent_again_changes_nothing),
        cmocka_unit_test(test_every_size_of_batch_is_inserted_whole),
        cmocka_unit_test(test_one_word_is_inserted_unless_the_gate_has_moved),
        cmocka_unit_test(test_pages_go_both_ways_and_end),
        cmocka_unit_test(test_search_filters),
        cmocka_unit_test(test_a_rare_word_is_found_far_back),
        cmocka_unit_test(test_stats),
        cmocka_unit_test(test_a_clear_asked_again_spares_what_came_since),
        cmocka_unit_test(test_a_clear_that_was_cut_short_goes_on),
        cmocka_unit_test(test_a_finished_clear_spares_a_record_that_was_late),
        cmocka_unit_test(test_old_clears_are_forgotten),
        cmocka_unit_test(test_erase_deletes_everything_and_marks_the_user),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
