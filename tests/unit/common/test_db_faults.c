/* common/db.h against a real server: errors, lost connections, transactions, pools. */

#include "tests/unit/common/db_fixture.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/db_counts.h"

static void test_errors_have_kinds(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    lex_db_counts_t before = lex_db_counts();
    const char *insert = "INSERT INTO items (id, number) VALUES (?, 1)";
    assert_int_equal(lex_db_exec(db, insert, LEX_UINT(5)), LEX_DB_OK);
    assert_int_equal(lex_db_exec(db, insert, LEX_UINT(5)), LEX_DB_DUPLICATE);
    assert_int_equal(lex_db_code(db), 1062);
    assert_null(strstr(lex_db_error(db), "'5'")); /* values stay out of what may be logged */
    assert_int_equal(lex_db_simple(db, "SELECT nonsense FROM items"), LEX_DB_ERROR);
    assert_non_null(strstr(lex_db_error(db), "nonsense"));
    assert_int_equal(lex_db_exec(db, "SELECT 1", LEX_UINT(1)), LEX_DB_ERROR);
    assert_true(lex_db_is_connected(db));
    /* Strict: a text that does not fit is an error, never cut. */
    assert_int_equal(lex_db_simple(db, "INSERT INTO small (word) VALUES ('secretword')"),
                     LEX_DB_ERROR);
    assert_int_equal(lex_db_simple(db, "INSERT INTO small (word) VALUES ('word')"), LEX_DB_OK);
    assert_int_equal(lex_db_script(db, "SELECT 1; SELECT broken; SELECT 2", 33), LEX_DB_ERROR);
    assert_int_equal(s_number(db, "SELECT 6, 6"), 6);
    lex_db_counts_t after = lex_db_counts();
    assert_int_equal(after.errors - before.errors, 4); /* a key that is taken is none */
    assert_int_equal(after.lost - before.lost, 0);
    assert_int_equal(after.connects - before.connects, 0);
    /* Two that were refused before they were sent, or as they were prepared, were not run. */
    assert_int_equal(after.statements - before.statements, 6);
    lex_db_destroy(&db);
}

static void s_kill(lex_db_t *victim)
{
    uint64_t id = s_number(victim, "SELECT CONNECTION_ID(), ''");
    lex_db_t *killer = s_connection();
    char sql[128];
    int size = snprintf(sql, sizeof sql, "KILL %llu", (unsigned long long)id);
    assert_int_equal(lex_db_script(killer, sql, (size_t)size), LEX_DB_OK);
    /* Gone, not only told to go. */
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*), '' FROM information_schema.PROCESSLIST WHERE ID = %llu",
             (unsigned long long)id);
    for (int64_t limit = lex_monotonic_ms() + 10000;
         s_number(killer, sql) && lex_monotonic_ms() < limit;)
        poll(NULL, 0, 5);
    lex_db_destroy(&killer);
}

static void test_idle_connection_is_replaced(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    assert_int_equal(s_number(db, "SELECT 1, 1"), 1);
    s_kill(db);
    uint64_t connects = lex_db_counts().connects;
    assert_int_equal(s_number(db, "SELECT 2, 1"), 2); /* nothing was lost, so nothing is reported */
    assert_int_equal(lex_db_counts().connects - connects, 1);
    lex_db_destroy(&db);
}

static lex_db_status_t s_lose_in_the_middle(lex_db_t *db, void *arg)
{
    unsigned *times = arg;
    ++*times;
    lex_db_status_t status = lex_db_simple(db, "INSERT INTO items (number) VALUES (77)");
    assert_int_equal(status, LEX_DB_OK);
    if (*times == 1) {
        s_kill(db);
        assert_int_equal(lex_db_simple(db, "INSERT INTO items (number) VALUES (78)"), LEX_DB_LOST);
        /* Not on a fresh connection outside of the transaction. */
        assert_int_equal(lex_db_simple(db, "INSERT INTO items (number) VALUES (78)"), LEX_DB_LOST);
        return LEX_DB_OK; /* even a body that does not look */
    }
    return lex_db_simple(db, "INSERT INTO items (number) VALUES (78)");
}

static void test_transaction_starts_again_when_lost(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    unsigned times = 0;
    assert_int_equal(lex_db_transaction(db, s_lose_in_the_middle, &times, 3), LEX_DB_OK);
    assert_int_equal(times, 2);
    assert_int_equal(s_number(db, "SELECT COUNT(*), '' FROM items"), 2);
    lex_db_destroy(&db);
}

static lex_db_status_t s_insert_and_fail(lex_db_t *db, void *arg)
{
    ++*(unsigned *)arg;
    lex_db_simple(db, "INSERT INTO items (id, number) VALUES (1000, 1)");
    return lex_db_simple(db, "INSERT INTO items (id, number) VALUES (1000, 1)");
}

static void test_transaction_rolls_back(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    unsigned times = 0;
    assert_int_equal(lex_db_transaction(db, s_insert_and_fail, &times, 3), LEX_DB_DUPLICATE);
    assert_int_equal(times, 1);
    assert_int_equal(s_number(db, "SELECT COUNT(*), '' FROM items"), 0);
    lex_db_destroy(&db);
}

typedef struct {
    unsigned first, second; /* rows to lock, in this order */
    pthread_barrier_t *both_have_one;
    unsigned times;
    lex_db_status_t status;
} lockers_t;

static lex_db_status_t s_lock_two(lex_db_t *db, void *arg)
{
    lockers_t *self = arg;
    const char *sql = "UPDATE items SET number = number + 1 WHERE id = ?";
    lex_db_status_t status = lex_db_exec(db, sql, LEX_UINT(self->first));
    if (self->times++ == 0)
        pthread_barrier_wait(self->both_have_one);
    return status == LEX_DB_OK ? lex_db_exec(db, sql, LEX_UINT(self->second)) : status;
}

static void *s_locker(void *arg)
{
    lockers_t *self = arg;
    lex_db_t *db = s_connection();
    self->status = lex_db_transaction(db, s_lock_two, self, 5);
    lex_db_destroy(&db);
    return NULL;
}

static void test_deadlock_is_tried_again(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    lex_db_simple(db, "INSERT INTO items (id, number) VALUES (1, 0), (2, 0)");
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    lockers_t lockers[2] = {{.first = 1, .second = 2, .both_have_one = &barrier},
                            {.first = 2, .second = 1, .both_have_one = &barrier}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, s_locker, &lockers[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(lockers[0].status, LEX_DB_OK);
    assert_int_equal(lockers[1].status, LEX_DB_OK);
    assert_true(lockers[0].times + lockers[1].times > 2);
    assert_int_equal(s_number(db, "SELECT SUM(number), '' FROM items"), 4);
    pthread_barrier_destroy(&barrier);
    lex_db_destroy(&db);
}

static void test_next_host_is_tried(void **state)
{
    (void)state;
    char hosts[256];
    snprintf(hosts, sizeof hosts, "unix:/nowhere/socket, 127.0.0.1:1,%s", s_database.hosts);
    lex_db_options_t options = database_options(&s_database, "test_db");
    options.hosts = hosts;
    lex_db_t *db = lex_db_new(&options);
    assert_int_equal(lex_db_connect(db), LEX_DB_OK);
    assert_true(lex_db_is_connected(db));
    lex_db_destroy(&db);

    options.hosts = "unix:/nowhere/socket";
    db = lex_db_new(&options);
    assert_int_equal(lex_db_connect(db), LEX_DB_LOST);
    assert_int_equal(lex_db_simple(db, "SELECT 1"), LEX_DB_LOST);
    assert_false(lex_db_is_connected(db));
    assert_true(strlen(lex_db_error(db)) > 0);
    lex_db_destroy(&db);
}

static void test_read_only_server_is_left(void **state)
{
    (void)state;
    lex_db_t *root = s_connection();
    const char script[] =
        "CREATE USER IF NOT EXISTS plain IDENTIFIED BY ''; GRANT ALL ON test_db.* TO plain;"
        "SET GLOBAL read_only = 1";
    assert_int_equal(lex_db_script(root, script, sizeof script - 1), LEX_DB_OK);
    lex_db_options_t options = database_options(&s_database, "test_db");
    options.user = "plain";
    lex_db_t *db = lex_db_new(&options);
    assert_int_equal(lex_db_simple(db, "INSERT INTO items (number) VALUES (1)"), LEX_DB_LOST);
    assert_false(lex_db_is_connected(db));
    assert_int_equal(lex_db_simple(root, "SET GLOBAL read_only = 0"), LEX_DB_OK);
    assert_int_equal(lex_db_simple(db, "INSERT INTO items (number) VALUES (1)"), LEX_DB_OK);
    lex_db_destroy(&db);
    lex_db_destroy(&root);
}

/* Procedures that fail as a Galera node does, the first `times`; `tried` counts, and stays behind. */
static void s_fail_first(lex_db_t *db, unsigned number, const char *state, unsigned times)
{
    char script[640];
    int size = snprintf(
        script, sizeof script,
        "CREATE TABLE IF NOT EXISTS tried (n INT); DELETE FROM tried;"
        "CREATE OR REPLACE PROCEDURE fails() BEGIN INSERT INTO tried VALUES (1);"
        " IF (SELECT COUNT(*) FROM tried) <= %u THEN"
        " SIGNAL SQLSTATE '%s' SET MYSQL_ERRNO = %u, MESSAGE_TEXT = 'as a node does'; END IF; END",
        times, state, number);
    assert_int_equal(lex_db_script(db, script, (size_t)size), LEX_DB_OK);
}

static void test_single_statement_meets_a_conflict(void **state)
{
    (void)state;
    lex_db_t *db = s_connection(), *watcher = s_connection();
    s_fail_first(watcher, 1213, "40001", 2);
    assert_int_equal(lex_db_simple(db, "CALL fails()"), LEX_DB_OK);
    assert_int_equal(s_number(watcher, "SELECT COUNT(*), '' FROM tried"), 3);
    assert_true(lex_db_is_connected(db));
    /* Not for ever. */
    s_fail_first(watcher, 1213, "40001", 1000);
    assert_int_equal(lex_db_simple(db, "CALL fails()"), LEX_DB_CONFLICT);
    assert_int_equal(s_number(watcher, "SELECT COUNT(*), '' FROM tried"), 5);
    /* Of a failed COMMIT the outcome is not known: that is for the caller. */
    s_fail_first(watcher, 1180, "HY000", 1);
    assert_int_equal(lex_db_simple(db, "CALL fails()"), LEX_DB_CONFLICT);
    assert_int_equal(s_number(watcher, "SELECT COUNT(*), '' FROM tried"), 1);
    lex_db_destroy(&db);
    lex_db_destroy(&watcher);
}

static lex_db_status_t s_call_it(lex_db_t *db, void *arg)
{
    ++*(unsigned *)arg;
    return lex_db_simple(db, "CALL fails()");
}

/* Inside of a transaction the whole is run again, not the statement: what came before it is undone. */
static void test_conflict_in_a_transaction(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    s_fail_first(db, 1213, "40001", 1000);
    unsigned times = 0;
    assert_int_equal(lex_db_transaction(db, s_call_it, &times, 3), LEX_DB_CONFLICT);
    assert_int_equal(times, 3);
    lex_db_destroy(&db);
}

static void test_node_without_its_cluster_is_left(void **state)
{
    (void)state;
    lex_db_t *watcher = s_connection();
    char hosts[256];
    snprintf(hosts, sizeof hosts, "%s,%s", s_database.hosts, s_database.hosts);
    lex_db_options_t options = database_options(&s_database, "test_db");
    options.hosts = hosts;
    lex_db_t *db = lex_db_new(&options);
    uint64_t before = s_number(db, "SELECT CONNECTION_ID(), ''");
    s_fail_first(watcher, 1047, "08S01", 1);
    /* It was refused, so nothing was done: the next host is asked for it. */
    assert_int_equal(lex_db_simple(db, "CALL fails()"), LEX_DB_OK);
    assert_int_not_equal(s_number(db, "SELECT CONNECTION_ID(), ''"), before);
    lex_db_destroy(&db);
    lex_db_destroy(&watcher);
}

/* A host that takes the connection and says nothing is not waited for as long as a statement. */
static void test_silent_host_is_passed_over(void **state)
{
    (void)state;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    char hosts[256];
    snprintf(hosts, sizeof hosts, "127.0.0.1:%d,%s", ntohs(address.sin_port), s_database.hosts);
    lex_db_options_t options = database_options(&s_database, "test_db");
    options.hosts = hosts;
    options.timeout_ms = 30000;
    lex_db_t *db = lex_db_new(&options);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lex_db_simple(db, "SELECT 1"), LEX_DB_OK);
    assert_true(lex_monotonic_ms() - start < 10000);
    lex_db_destroy(&db);
    close(listener);
}

static void *s_take_turns(void *arg)
{
    lex_db_pool_t *pool = arg;
    for (int i = 0; i < 50; i++) {
        lex_db_t *db = lex_db_pool_acquire(pool);
        if (lex_db_simple(db, "UPDATE items SET number = number + 1 WHERE id = 1") != LEX_DB_OK)
            abort();
        lex_db_pool_release(pool, &db);
    }
    return NULL;
}

static void test_pool_is_shared(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    lex_db_simple(db, "DELETE FROM items");
    lex_db_simple(db, "INSERT INTO items (id, number) VALUES (1, 0)");
    lex_db_options_t options = database_options(&s_database, "test_db");
    lex_db_pool_t *pool = lex_db_pool_new(&options, 2);
    pthread_t threads[5];
    for (int i = 0; i < 5; i++)
        pthread_create(&threads[i], NULL, s_take_turns, pool);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(s_number(db, "SELECT number, '' FROM items WHERE id = 1"), 250);
    lex_db_pool_destroy(&pool);
    assert_null(pool);
    lex_db_destroy(&db);
}

/* Last, because it takes the server away from the others. */
static void test_server_comes_back(void **state)
{
    (void)state;
    lex_db_t *db = s_connection();
    assert_int_equal(s_number(db, "SELECT 1, 1"), 1);
    database_end(&s_database, SIGKILL);
    assert_int_equal(lex_db_simple(db, "SELECT 1"), LEX_DB_LOST);
    assert_int_equal(database_resume(&s_database), 0);
    lex_db_status_t status = LEX_DB_LOST;
    for (int64_t limit = lex_monotonic_ms() + 10000; status && lex_monotonic_ms() < limit;
         poll(NULL, 0, 5))
        status = lex_db_simple(db, "SELECT 1");
    assert_int_equal(status, LEX_DB_OK);
    lex_db_destroy(&db);
}

int main(void)
{
    lex_log_setup("test_db_faults", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_have_kinds),
        cmocka_unit_test(test_idle_connection_is_replaced),
        cmocka_unit_test(test_transaction_starts_again_when_lost),
        cmocka_unit_test(test_transaction_rolls_back),
        cmocka_unit_test(test_deadlock_is_tried_again),
        cmocka_unit_test(test_next_host_is_tried),
        cmocka_unit_test(test_read_only_server_is_left),
        cmocka_unit_test(test_single_statement_meets_a_conflict),
        cmocka_unit_test(test_conflict_in_a_transaction),
        cmocka_unit_test(test_node_without_its_cluster_is_left),
        cmocka_unit_test(test_silent_host_is_passed_over),
        cmocka_unit_test(test_pool_is_shared),
        cmocka_unit_test(test_server_comes_back),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
