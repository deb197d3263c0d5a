/* auth-svc/housekeeper.h with a loop of our own in place of the worker's: the outbox of erasures, step by step. */

#include "tests/unit/auth-svc/fixture.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include "auth-svc/housekeeper.h"
#include "common/clock.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (20000 * TEST_PATIENCE)
#define CALLS    8

/* ---- what the worker would do ---- */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    lex_loop_fn *posted; /* one at a time is all a housekeeper needs */
    void *posted_arg;
    lex_loop_fn *every;
    void *every_arg;
    struct {
        uint64_t user;
        lex_call_fn *callback;
        void *arg;
    } calls[CALLS];
    unsigned calls_made, calls_answered;
} s_loop = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

void lex_worker_every(lex_worker_t *self, unsigned interval_ms, lex_loop_fn *fn, void *arg)
{
    assert_null(self);
    assert_true(interval_ms > 0);
    s_loop.every = fn;
    s_loop.every_arg = arg;
}

void lex_worker_post(lex_worker_t *self, lex_loop_fn *fn, void *arg)
{
    (void)self;
    pthread_mutex_lock(&s_loop.mutex);
    s_loop.posted = fn;
    s_loop.posted_arg = arg;
    pthread_cond_signal(&s_loop.changed);
    pthread_mutex_unlock(&s_loop.mutex);
}

void lex_worker_call(lex_worker_t *self, const char *service, const lex_writer_t *request,
                     unsigned timeout_ms, lex_call_fn *callback, void *arg)
{
    (void)self;
    lex_body_t *body = lex_body_new();
    const char *op;
    size_t size;
    assert_string_equal(service, "history.erase");
    assert_true(timeout_ms > 0 && s_loop.calls_made < CALLS);
    assert_int_equal(lex_body_parse(body, request->buffer.data, request->buffer.size), 0);
    assert_true(lex_body_str(body, "op", &op, &size));
    assert_memory_equal(op, "erase", size);
    assert_true(lex_body_uint(body, "user", &s_loop.calls[s_loop.calls_made].user));
    s_loop.calls[s_loop.calls_made].callback = callback;
    s_loop.calls[s_loop.calls_made].arg = arg;
    s_loop.calls_made++;
    lex_body_destroy(&body);
}

/* ---- the script ---- */

/* Runs what the thread posted, waiting for it. */
static void s_run_posted(void)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += LIMIT_MS / 1000;
    pthread_mutex_lock(&s_loop.mutex);
    while (!s_loop.posted)
        assert_int_equal(pthread_cond_timedwait(&s_loop.changed, &s_loop.mutex, &deadline), 0);
    lex_loop_fn *fn = s_loop.posted;
    s_loop.posted = NULL;
    pthread_mutex_unlock(&s_loop.mutex);
    fn(s_loop.posted_arg);
}

static void s_round(void)
{
    s_loop.every(s_loop.every_arg);
    s_run_posted();
}

/* Answers the oldest open call. */
static void s_answer(lex_code_t code, bool more)
{
    assert_true(s_loop.calls_answered < s_loop.calls_made);
    lex_writer_t writer;
    lex_body_t *body = lex_body_new();
    unsigned char id[LEX_ID_SIZE] = {0};
    lex_writer_init(&writer);
    lex_write_ok(&writer, id, 2);
    lex_put_uint(&writer, "erased", 1000);
    lex_put_bool(&writer, "more", more);
    assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), 0);
    unsigned i = s_loop.calls_answered++;
    s_loop.calls[i].callback(s_loop.calls[i].arg, code, code == LEX_OK ? body : NULL);
    lex_body_destroy(&body);
    lex_writer_close(&writer);
}

static uint64_t s_left(void)
{
    return fixture_number("SELECT COUNT(*) FROM erasures");
}

static housekeeper_t *s_new(void)
{
    s_loop.calls_made = s_loop.calls_answered = 0;
    s_loop.posted = NULL;
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    return housekeeper_new(NULL, &options);
}

static void s_end(housekeeper_t *self)
{
    housekeeper_stop(self);
    housekeeper_destroy(&self);
    assert_null(self);
}

static void test_history_is_erased_to_the_end(void **state)
{
    (void)state;
    housekeeper_t *self = s_new();
    s_round();
    assert_int_equal(s_loop.calls_made, 0);
    lex_db_simple(s_it.db, "INSERT INTO erasures VALUES (7, 0)");
    s_round();
    assert_int_equal(s_loop.calls_made, 1);
    assert_int_equal(s_loop.calls[0].user, 7);
    s_answer(LEX_OK, true);
    assert_int_equal(s_loop.calls_made, 2);
    assert_int_equal(s_left(), 1);
    s_answer(LEX_OK, false);
    s_run_posted();
    assert_int_equal(s_left(), 0);
    s_round();
    assert_int_equal(s_loop.calls_made, 2);
    s_end(self);
}

static void test_history_is_away(void **state)
{
    (void)state;
    housekeeper_t *self = s_new();
    lex_db_simple(s_it.db, "INSERT INTO erasures VALUES (7, 0)");
    s_round();
    s_answer(LEX_UNAVAILABLE, false);
    s_round();
    assert_int_equal(s_loop.calls_made, 1); /* not at once */
    assert_int_equal(s_left(), 1);
    lex_db_simple(s_it.db, "UPDATE erasures SET not_before = 0"); /* but when its time has come */
    s_round();
    assert_int_equal(s_loop.calls_made, 2);
    s_answer(LEX_OK, false);
    s_run_posted();
    assert_int_equal(s_left(), 0);
    s_end(self);
}

static void test_one_call_per_account(void **state)
{
    (void)state;
    housekeeper_t *self = s_new();
    lex_db_simple(s_it.db, "INSERT INTO erasures VALUES (7, 0)");
    s_round();
    /* Its lease is over while history still works on it. */
    lex_db_simple(s_it.db, "UPDATE erasures SET not_before = 0");
    s_round();
    assert_int_equal(s_loop.calls_made, 1);
    lex_db_simple(s_it.db, "INSERT INTO erasures VALUES (8, 0)");
    s_round();
    assert_int_equal(s_loop.calls_made, 2);
    assert_int_equal(s_loop.calls[1].user, 8);
    s_answer(LEX_OK, false);
    s_run_posted();
    s_answer(LEX_OK, false);
    s_run_posted();
    assert_int_equal(s_left(), 0);
    s_end(self);
}

static void test_end_in_the_middle(void **state)
{
    (void)state;
    housekeeper_t *self = s_new();
    lex_db_simple(s_it.db, "INSERT INTO erasures VALUES (7, 0), (8, 0)");
    s_round();
    assert_int_equal(s_loop.calls_made, 2);
    housekeeper_stop(self);
    s_answer(LEX_OK, true);
    s_answer(LEX_OK, false);
    assert_int_equal(s_loop.calls_made, 2);
    assert_int_equal(s_left(), 2); /* for the next start */
    housekeeper_destroy(&self);
}

static void test_whether_the_database_is_there(void **state)
{
    (void)state;
    housekeeper_t *self = s_new();
    assert_true(housekeeper_is_database_away(self)); /* nobody has looked yet */
    s_round();
    assert_false(housekeeper_is_database_away(self));
    database_end(&s_it.database, SIGKILL);
    s_round();
    assert_true(housekeeper_is_database_away(self));
    assert_int_equal(database_resume(&s_it.database), 0);
    for (int64_t end = lex_monotonic_ms() + LIMIT_MS;
         housekeeper_is_database_away(self) && lex_monotonic_ms() < end; poll(NULL, 0, 10))
        s_round();
    assert_false(housekeeper_is_database_away(self));
    s_end(self);
}

int main(void)
{
    lex_log_setup("test_housekeeper", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_history_is_erased_to_the_end, fixture_empty),
        cmocka_unit_test_setup(test_history_is_away, fixture_empty),
        cmocka_unit_test_setup(test_one_call_per_account, fixture_empty),
        cmocka_unit_test_setup(test_end_in_the_middle, fixture_empty),
        cmocka_unit_test_setup(test_whether_the_database_is_there, fixture_empty),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
