/* Group commit: many threads, erased users, a record that the database will not take, a database that goes away. */

#include <pthread.h>

#include "history-svc/erased.h"
#include "history-svc/store.h"
#include "tests/unit/history-svc/committer_fixture.h"

static int s_setup(void **state)
{
    return fixture_setup(state);
}

static void test_committed_means_there_and_once(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    test_call_t call;
    committer_t *committer = s_committer_new();
    s_call_fill(&call, user, 8);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 8);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 8);
    s_call_fill(&call, user, 1); /* the short way */
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 9);
    s_call_fill(&call, user, 0);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    committer_destroy(&committer);
}

static void test_what_the_caller_refused_is_left_out(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    test_call_t call;
    committer_t *committer = s_committer_new();
    s_call_fill(&call, user, 3);
    call.records[1].refused = true;
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 2);
    committer_destroy(&committer);
}

/* ---- many at once ---- */

#define THREADS 8
#define CALLS   60

typedef struct {
    committer_t *committer;
    uint64_t user;
    unsigned acknowledged; /* records */
    bool until_ok;         /* goes on with a call until it is committed */
} client_t;

static void *s_client(void *arg)
{
    client_t *client = arg;
    test_call_t call;
    for (unsigned i = 0; i < CALLS; i++) {
        s_call_fill(&call, client->user, 1 + i % 8);
        lex_code_t code;
        while ((code = s_submit(client->committer, &call)) != LEX_OK && client->until_ok)
            poll(NULL, 0, 5);
        if (code == LEX_OK)
            client->acknowledged += (unsigned)call.commit.count;
    }
    return NULL;
}

static void s_clients_start(client_t *clients, pthread_t *threads, committer_t *committer,
                            bool until_ok)
{
    for (unsigned i = 0; i < THREADS; i++) {
        clients[i] =
            (client_t){.committer = committer, .user = fixture_user(), .until_ok = until_ok};
        assert_int_equal(pthread_create(&threads[i], NULL, s_client, &clients[i]), 0);
    }
}

static void test_many_threads_share_few_transactions(void **state)
{
    (void)state;
    client_t clients[THREADS];
    pthread_t threads[THREADS];
    committer_t *committer = s_committer_new();
    s_clients_start(clients, threads, committer, false);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(s_rows(clients[i].user), clients[i].acknowledged);
    }
    committer_counts_t counts = committer_counts(committer);
    assert_int_equal(counts.calls, THREADS * CALLS);
    assert_true(counts.batches < counts.calls);
    committer_destroy(&committer);
}

/* What was acknowledged is there, what was not was sent again, and nothing is there twice. */
static void test_a_database_that_is_killed_loses_and_doubles_nothing(void **state)
{
    (void)state;
    client_t clients[THREADS];
    pthread_t threads[THREADS];
    committer_t *committer = s_committer_new();
    s_clients_start(clients, threads, committer, true);
    while (committer_counts(committer).rows < 100)
        poll(NULL, 0, 1);
    database_end(&s_database, SIGKILL);

    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    while (!committer_is_away(committer))
        assert_true(lex_monotonic_ms() < end);
    test_call_t call;
    s_call_fill(&call, fixture_user(), 1);
    int64_t began = lex_monotonic_ms();
    assert_int_equal(s_submit(committer, &call), LEX_UNAVAILABLE);
    assert_true(lex_monotonic_ms() - began < 200); /* at once, not after a time-out */

    assert_int_equal(database_resume(&s_database), 0);
    unsigned expected = 0;
    for (unsigned i = 0; i < CALLS; i++)
        expected += 1 + i % 8;
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(clients[i].acknowledged, expected);
        assert_int_equal(s_rows(clients[i].user), expected);
    }
    assert_true(committer_counts(committer).unavailable > 0);
    assert_int_equal(committer_counts(committer).queued, 0);
    assert_false(committer_is_refusing(committer));
    committer_destroy(&committer);
}

/* ---- records that are refused ---- */

static void test_one_bad_record_does_not_hold_up_the_others(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    char endless[400];
    test_call_t call;
    committer_t *committer = s_committer_new();
    memset(endless, 'x', sizeof endless);
    s_call_fill(&call, user, 8);
    call.words[5].text = endless; /* longer than its column */
    call.words[5].size = sizeof endless;
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(call.records[i].refused, i == 5);
    assert_int_equal(s_rows(user), 7);
    committer_counts_t counts = committer_counts(committer);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.records, 7);
    assert_int_equal(counts.queued, 0);
    assert_int_equal(s_rows(0), 0); /* the trial left nothing */

    /* One whose token would not do was refused before it came here. */
    s_call_fill(&call, user, 3);
    call.records[0].refused = true;
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    counts = committer_counts(committer);
    assert_int_equal(counts.refused, 2);
    assert_int_equal(counts.records, 9);
    assert_int_equal(counts.batches, 2);
    assert_int_equal(lex_histogram_count(committer_sizes(committer)), 2);
    assert_int_equal(lex_histogram_sum(committer_sizes(committer)), 8 + 2);
    assert_int_equal(lex_histogram_count(committer_durations(committer)), 2);
    committer_destroy(&committer);
}

/* When nothing can be written the fault is not the record's: it is not refused, and may be sent again. */
static void test_a_broken_table_refuses_nobody(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    test_call_t call;
    committer_t *committer = s_committer_new();
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    assert_int_equal(lex_db_simple(db, "RENAME TABLE lookups TO hidden"), LEX_DB_OK);
    s_call_fill(&call, user, 4);
    assert_int_equal(s_submit(committer, &call), LEX_UNAVAILABLE);
    assert_int_equal(lex_db_simple(db, "RENAME TABLE hidden TO lookups"), LEX_DB_OK);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 4);
    for (size_t i = 0; i < 4; i++)
        assert_false(call.records[i].refused);
    lex_db_destroy(&db);
    committer_destroy(&committer);
}

/* A full disk may take one record and not the next, which is no fault of that one. */
static void test_a_full_disk_refuses_nobody(void **state)
{
    (void)state;
    uint64_t user = fixture_user();
    test_call_t call;
    committer_t *committer = s_committer_new();
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    assert_int_equal(
        lex_db_simple(
            db,
            "CREATE TRIGGER full BEFORE INSERT ON lookups FOR EACH ROW IF NEW.word = 'word2' THEN"
            " SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'full'; END IF"),
        LEX_DB_OK);
    s_call_fill(&call, user, 4);
    lex_code_t code = s_submit(committer, &call);
    assert_int_equal(lex_db_simple(db, "DROP TRIGGER full"), LEX_DB_OK);
    assert_int_equal(code, LEX_UNAVAILABLE);
    for (size_t i = 0; i < 4; i++)
        assert_false(call.records[i].refused);
    lex_db_destroy(&db);
    committer_destroy(&committer);

    committer = s_committer_new();
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(s_rows(user), 4);
    committer_destroy(&committer);
}

static void test_an_erased_users_records_are_refused(void **state)
{
    (void)state;
    uint64_t user = fixture_user(), other = fixture_user(), erased;
    bool more;
    test_call_t call;
    committer_t *committer = s_committer_new();
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    s_call_fill(&call, user, 1);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_int_equal(store_erase(db, user, &erased, &more), LEX_DB_OK);
    assert_int_equal(erased, 1);
    s_call_fill(&call, user, 1);
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_true(call.records[0].refused);
    s_call_fill(&call, user, 3);
    call.records[1].user = other;
    assert_int_equal(s_submit(committer, &call), LEX_OK);
    assert_true(call.records[0].refused && !call.records[1].refused && call.records[2].refused);
    assert_int_equal(s_rows(user), 0);
    assert_int_equal(s_rows(other), 1);
    lex_db_destroy(&db);
    committer_destroy(&committer);
}

/* Erasing in the midst of the user's own records: whatever the order, none survives. */
static void test_erasing_wins_against_commits_under_way(void **state)
{
    (void)state;
    client_t clients[THREADS];
    pthread_t threads[THREADS];
    committer_t *committers[2] = {s_committer_new(), s_committer_new()};
    uint64_t user = fixture_user();
    for (unsigned i = 0; i < THREADS; i++) {
        clients[i] = (client_t){.committer = committers[i % 2], .user = user};
        assert_int_equal(pthread_create(&threads[i], NULL, s_client, &clients[i]), 0);
    }
    while (committer_counts(committers[0]).rows < 50)
        poll(NULL, 0, 1);
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    uint64_t erased;
    bool more = true;
    while (more)
        assert_int_equal(store_erase(db, user, &erased, &more), LEX_DB_OK);
    lex_db_destroy(&db);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(committer_counts(committers[0]).refused > 0);
    assert_int_equal(s_rows(user), 0);
    committer_destroy(&committers[0]);
    committer_destroy(&committers[1]);
}

typedef struct {
    erased_t *erased;
    uint64_t user;
    pthread_t thread;
    atomic_bool over;
} race_t;

static void *s_erase(void *arg)
{
    race_t *race = arg;
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    uint64_t erased;
    bool more;
    assert_int_equal(store_erase(db, race->user, &erased, &more), LEX_DB_OK);
    atomic_store(&race->over, true);
    lex_db_destroy(&db);
    return NULL;
}

/* A transaction that has looked at who is erased, and only then writes: the eraser has to wait for its end. */
static lex_db_status_t s_race_body(lex_db_t *db, void *arg)
{
    race_t *race = arg;
    assert_int_equal(erased_refresh(race->erased, db), LEX_DB_OK);
    assert_int_equal(pthread_create(&race->thread, NULL, s_erase, race), 0);
    int64_t end = lex_monotonic_ms() + 300;
    while (lex_monotonic_ms() < end && !atomic_load(&race->over))
        poll(NULL, 0, 1);
    fixture_add(db, race->user, "dog", 1, true);
    return LEX_DB_OK;
}

static void test_the_eraser_waits_for_a_commit_that_does_not_know_of_it(void **state)
{
    (void)state;
    race_t race = {.erased = erased_new(), .user = fixture_user()};
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    assert_int_equal(lex_db_transaction(db, s_race_body, &race, 1), LEX_DB_OK);
    pthread_join(race.thread, NULL);
    assert_int_equal(fixture_rows(db, race.user), 0);
    lex_db_destroy(&db);
    erased_destroy(&race.erased);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_committed_means_there_and_once),
        cmocka_unit_test(test_what_the_caller_refused_is_left_out),
        cmocka_unit_test(test_many_threads_share_few_transactions),
        cmocka_unit_test(test_one_bad_record_does_not_hold_up_the_others),
        cmocka_unit_test(test_a_broken_table_refuses_nobody),
        cmocka_unit_test(test_a_full_disk_refuses_nobody),
        cmocka_unit_test(test_an_erased_users_records_are_refused),
        cmocka_unit_test(test_erasing_wins_against_commits_under_way),
        cmocka_unit_test(test_the_eraser_waits_for_a_commit_that_does_not_know_of_it),
        cmocka_unit_test(test_a_database_that_is_killed_loses_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, s_setup, fixture_teardown);
}
