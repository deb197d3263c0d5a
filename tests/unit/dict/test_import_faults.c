/* Whatever ends an import before its switch leaves the version before in place, and the next import tidies up. */

#include "tests/unit/dict/fixture.h"

#include "dict/batch.h"
#include "dict/interrupt.h"
#include "dict/remove.h"

#define ROWS 9000 /* two transactions and something of a third */

#define LOADING_ROWS                                                                               \
    "SELECT COUNT(*) FROM entries e JOIN versions v ON v.id = e.version_id WHERE v.state = "       \
    "'loading'"

static fixture_t s_fixture;

/* An import in a process of its own that stops in the middle until it is told to go on. */
typedef struct {
    pid_t pid;
    int go; /* closing it lets the import go on */
} s_child_t;

static int s_setup(void **state)
{
    (void)state;
    if (fixture_open(&s_fixture) != 0)
        return -1;
    return fixture_import_text(&s_fixture, "book", "old              1\n");
}

static int s_teardown(void **state)
{
    (void)state;
    return fixture_close(&s_fixture);
}

static void s_assert_shown(const char *expected)
{
    char entries[1024];
    assert_string_equal(fixture_entries(&s_fixture, "book", entries), expected);
}

/* Puts "old" back for the next test. */
static void s_restore(void)
{
    assert_int_equal(fixture_import_text(&s_fixture, "book", "old              1\n"), 0);
    s_assert_shown("old=1");
    fixture_assert_tidy(&s_fixture);
}

static int s_wait_for_go(void *arg)
{
    char byte;
    ssize_t got = read(*(int *)arg, &byte, 1);
    return got == 0 || interrupt_requested() ? 1 : -1;
}

static int s_wait_and_end(void *arg)
{
    s_wait_for_go(arg);
    return 0;
}

/* Starts an import of `name` in a child and waits until it has committed rows and stands still. When it goes on it
 * has as many rows again, or none if it `ends`. */
static s_child_t s_start_with(const char *name, uint64_t rows, bool ends)
{
    int go[2];
    assert_int_equal(pipe2(go, O_CLOEXEC), 0);
    uint64_t before = fixture_number(&s_fixture, LOADING_ROWS);
    pid_t parent = getpid();
    s_child_t child = {.pid = fork(), .go = go[1]};
    if (child.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(2);
        close(go[1]);
        interrupt_setup();
        made_up_t made_up = {
            .rows = rows, .event = ends ? s_wait_and_end : s_wait_for_go, .arg = &go[0]};
        _exit(fixture_import_made_up(&s_fixture, name, &made_up) == 0 ? 0 : 1);
    }
    close(go[0]);
    fixture_wait(&s_fixture, LOADING_ROWS, before + 8000);
    return child;
}

static s_child_t s_start(const char *name)
{
    return s_start_with(name, ROWS, false);
}

/* Ends it with a signal, or lets it go on (0); returns how it ended, as waitpid says. */
static int s_end(s_child_t *child, int signal)
{
    int status = -1;
    if (signal)
        assert_int_equal(kill(child->pid, signal), 0);
    close(child->go);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    return status;
}

static int s_fail(void *arg)
{
    (void)arg;
    return -1;
}

static void test_file_breaks_off(void **state)
{
    (void)state;
    made_up_t made_up = {.rows = ROWS, .event = s_fail};
    assert_int_equal(fixture_import_made_up(&s_fixture, "book", &made_up), -1);
    s_assert_shown("old=1");
    fixture_assert_tidy(&s_fixture);
    made_up.given = 0;
    assert_int_equal(fixture_import_made_up(&s_fixture, "other", &made_up), -1);
    fixture_assert_tidy(&s_fixture); /* and no empty dictionary either */
}

static void test_goes_on_and_switches_at_once(void **state)
{
    (void)state;
    s_child_t child = s_start("book");
    s_assert_shown("old=1");
    assert_int_equal(s_end(&child, 0), 0);
    assert_int_equal(fixture_number(&s_fixture, "SELECT entries FROM active"), 2 * ROWS);
    fixture_assert_tidy(&s_fixture);
    s_restore();
}

static void test_killed(void **state)
{
    (void)state;
    s_child_t child = s_start("book");
    assert_true(WIFSIGNALED(s_end(&child, SIGKILL)));
    s_assert_shown("old=1");
    assert_true(fixture_number(&s_fixture, LOADING_ROWS) >= 8000);
    assert_int_equal(fixture_import_text(&s_fixture, "book", "lonely\n"), -1);
    fixture_assert_tidy(&s_fixture); /* even an import that fails tidies up first */
    s_assert_shown("old=1");
    child = s_start("new"); /* a dictionary that never showed anything */
    assert_true(WIFSIGNALED(s_end(&child, SIGKILL)));
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM active WHERE name = 'new'"),
                     0);
    assert_int_equal(fixture_import_text(&s_fixture, "new", "one 1\n"), 0);
    fixture_assert_tidy(&s_fixture);
    assert_int_equal(remove_run(s_fixture.db, "new"), 0);
}

static void test_interrupted(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        s_child_t child = s_start("book");
        int status = s_end(&child, i ? SIGINT : SIGTERM);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        s_assert_shown("old=1");
        fixture_assert_tidy(&s_fixture); /* it has taken its rows back itself */
    }
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    s_child_t child = s_start("book");
    assert_int_equal(fixture_import_text(&s_fixture, "book", "other 1\n"), -1);
    assert_int_equal(remove_run(s_fixture.db, "book"), -1);
    assert_int_equal(fixture_import_text(&s_fixture, "another", "other 1\n"), 0);
    s_assert_shown("old=1");
    assert_int_equal(s_end(&child, 0), 0);
    assert_int_equal(fixture_number(&s_fixture, "SELECT entries FROM active WHERE name = 'book'"),
                     2 * ROWS);
    assert_int_equal(remove_run(s_fixture.db, "another"), 0);
    s_restore();
}

static int s_take_id(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

/* Ends every connection but the test's own. */
static void s_drop_connection(void)
{
    uint64_t id = 0;
    char sql[64];
    assert_int_equal(
        lex_db_run(s_fixture.db,
                   "SELECT id FROM information_schema.processlist WHERE db = 'lexmq_dict' "
                   "AND id <> CONNECTION_ID()",
                   NULL, 0, s_take_id, &id),
        LEX_DB_OK);
    assert_true(id != 0);
    snprintf(sql, sizeof sql, "KILL %" PRIu64, id);
    assert_int_equal(lex_db_simple(s_fixture.db, sql), LEX_DB_OK);
    fixture_wait(&s_fixture,
                 "SELECT COUNT(*) = 1 FROM information_schema.processlist WHERE db = 'lexmq_dict'",
                 1);
}

/* The server drops an importer's connection, and with it the lock: another may come first, and the one that stood
 * still must neither add to a version that was swept under it nor show it. */
static void test_lock_is_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        s_child_t child = i == 0 ? s_start("book") : s_start_with("book", 2 * BATCH_ROWS_MAX, true);
        s_drop_connection();
        assert_int_equal(fixture_import_text(&s_fixture, "book", "winner           1\n"), 0);
        int status = s_end(&child, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        s_assert_shown("winner=1");
        fixture_assert_tidy(&s_fixture);
    }
    s_restore();
}

static int s_crash_server(void *arg)
{
    database_end(arg, SIGKILL);
    return 1;
}

static void test_server_goes_away(void **state)
{
    (void)state;
    made_up_t made_up = {.rows = ROWS, .event = s_crash_server, .arg = &s_fixture.database};
    assert_int_equal(fixture_import_made_up(&s_fixture, "book", &made_up), -1);
    assert_int_equal(database_resume(&s_fixture.database), 0);
    lex_db_destroy(&s_fixture.db);
    lex_db_options_t options = database_options(&s_fixture.database, "lexmq_dict");
    s_fixture.db = lex_db_new(&options);
    s_assert_shown("old=1");
    s_restore();
}

/* A removal that was cut short: the dictionary is gone, its version is not. */
static void test_orphans_are_swept(void **state)
{
    (void)state;
    assert_int_equal(fixture_import_text(&s_fixture, "gone", "one 1\n"), 0);
    assert_int_equal(lex_db_simple(s_fixture.db, "DELETE FROM dictionaries WHERE name = 'gone'"),
                     LEX_DB_OK);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM active"), 1);
    s_restore();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_breaks_off),
        cmocka_unit_test(test_goes_on_and_switches_at_once),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_lock_is_lost),
        cmocka_unit_test(test_server_goes_away),
        cmocka_unit_test(test_orphans_are_swept),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
