/* The pool: order, bound, and that nothing queued is lost at the end. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "common/pool.h"
#include "tests/unit/patience.h"

#define LIMIT_S (30 * TEST_PATIENCE)

static void s_wait(sem_t *semaphore)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += LIMIT_S;
    assert_int_equal(sem_timedwait(semaphore, &end), 0);
}

typedef struct {
    sem_t started;
    sem_t go;
    pthread_mutex_t lock;
    unsigned order[1000];
    unsigned count;
} s_fixture_t;

typedef struct {
    s_fixture_t *fixture;
    unsigned number;
} s_numbered_t;

static int s_setup(void **state)
{
    static s_fixture_t fixture;
    fixture.count = 0;
    sem_init(&fixture.started, 0, 0);
    sem_init(&fixture.go, 0, 0);
    pthread_mutex_init(&fixture.lock, NULL);
    *state = &fixture;
    return 0;
}

static int s_teardown(void **state)
{
    s_fixture_t *fixture = *state;
    sem_destroy(&fixture->started);
    sem_destroy(&fixture->go);
    pthread_mutex_destroy(&fixture->lock);
    return 0;
}

static void s_block(void *arg)
{
    s_fixture_t *fixture = arg;
    sem_post(&fixture->started);
    while (sem_wait(&fixture->go) != 0) {
    }
}

static void s_number(void *arg)
{
    s_numbered_t *self = arg;
    pthread_mutex_lock(&self->fixture->lock);
    self->fixture->order[self->fixture->count++] = self->number;
    pthread_mutex_unlock(&self->fixture->lock);
}

static void test_jobs_start_in_order_and_are_all_finished(void **state)
{
    s_fixture_t *fixture = *state;
    static s_numbered_t jobs[1000];
    lex_pool_t *pool = lex_pool_new(1, 1000);
    assert_int_equal(lex_pool_run(pool, s_block, fixture), 0);
    s_wait(&fixture->started);
    for (unsigned i = 0; i < 1000; i++) {
        jobs[i] = (s_numbered_t){fixture, i};
        assert_int_equal(lex_pool_run(pool, s_number, &jobs[i]), 0);
    }
    assert_int_equal(fixture->count, 0);
    sem_post(&fixture->go);
    lex_pool_destroy(&pool);
    assert_null(pool);
    assert_int_equal(fixture->count, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(fixture->order[i], i);
    }
    lex_pool_destroy(&pool);
}

static void test_a_full_queue_says_so(void **state)
{
    s_fixture_t *fixture = *state;
    s_numbered_t job = {fixture, 7};
    lex_pool_t *pool = lex_pool_new(1, 2);
    assert_int_equal(lex_pool_run(pool, s_block, fixture), 0);
    s_wait(&fixture->started);
    assert_int_equal(lex_pool_run(pool, s_number, &job), 0);
    assert_int_equal(lex_pool_run(pool, s_number, &job), 0);
    assert_int_equal(lex_pool_run(pool, s_number, &job), -1);
    assert_int_equal(lex_pool_run(pool, s_number, &job), -1);
    sem_post(&fixture->go);
    lex_pool_destroy(&pool);
    assert_int_equal(fixture->count, 2);
}

/* Ten slow jobs that came first, then twenty others: eight of these go before each of those. */
static void test_slow_jobs_let_others_pass_but_not_all(void **state)
{
    s_fixture_t *fixture = *state;
    static s_numbered_t jobs[30];
    lex_pool_t *pool = lex_pool_new(1, 30);
    assert_int_equal(lex_pool_run(pool, s_block, fixture), 0);
    s_wait(&fixture->started);
    for (unsigned i = 0; i < 30; i++) {
        jobs[i] = (s_numbered_t){fixture, i};
        assert_int_equal(i < 10 ? lex_pool_run_slow(pool, s_number, &jobs[i])
                                : lex_pool_run(pool, s_number, &jobs[i]),
                         0);
    }
    assert_int_equal(lex_pool_queued(pool), 30);
    sem_post(&fixture->go);
    lex_pool_destroy(&pool);
    static const unsigned expected[30] = {10, 11, 12, 13, 14, 15, 16, 17, 0, 18, 19, 20, 21, 22, 23,
                                          24, 25, 1,  26, 27, 28, 29, 2,  3, 4,  5,  6,  7,  8,  9};
    assert_memory_equal(fixture->order, expected, sizeof expected);
}

static void test_jobs_run_side_by_side(void **state)
{
    s_fixture_t *fixture = *state;
    lex_pool_t *pool = lex_pool_new(4, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(lex_pool_run(pool, s_block, fixture), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        s_wait(&fixture->started);
    }
    for (unsigned i = 0; i < 4; i++) {
        sem_post(&fixture->go);
    }
    lex_pool_destroy(&pool);
}

static void s_signals_are_blocked(void *arg)
{
    sigset_t set;
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    *(int *)arg = sigismember(&set, SIGTERM) && sigismember(&set, SIGINT);
}

static void test_signals_are_for_others(void **state)
{
    (void)state;
    int blocked = 0;
    lex_pool_t *pool = lex_pool_new(1, 1);
    assert_int_equal(lex_pool_run(pool, s_signals_are_blocked, &blocked), 0);
    lex_pool_destroy(&pool);
    assert_true(blocked);
    sigset_t set;
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    assert_false(sigismember(&set, SIGTERM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_jobs_start_in_order_and_are_all_finished, s_setup,
                                        s_teardown),
        cmocka_unit_test_setup_teardown(test_a_full_queue_says_so, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_slow_jobs_let_others_pass_but_not_all, s_setup,
                                        s_teardown),
        cmocka_unit_test_setup_teardown(test_jobs_run_side_by_side, s_setup, s_teardown),
        cmocka_unit_test(test_signals_are_for_others),
    };
    alarm(2 * LIMIT_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
