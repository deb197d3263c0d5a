/* Actors end when they have ended, whatever signals come meanwhile. */

#include "tests/unit/gateway/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "gateway/actor.h"

#define SIGNALS 200 /* a millisecond apart: as long an actor takes to start, and to end */

static atomic_int s_caught;

typedef struct {
    pthread_t starter;
    atomic_bool has_started, has_ended;
} s_world_t;

static void s_catch(int number)
{
    (void)number;
    atomic_fetch_add(&s_caught, 1);
}

static void s_disturb(pthread_t thread)
{
    for (int i = 0; i < SIGNALS; i++) {
        assert_int_equal(pthread_kill(thread, SIGALRM), 0);
        zclock_sleep(1);
    }
}

static void s_actor(zsock_t *pipe, void *argument)
{
    s_world_t *self = argument;
    s_disturb(self->starter);
    atomic_store(&self->has_started, true);
    zsock_signal(pipe, 0);
    char *command = zstr_recv(pipe);
    zstr_free(&command);
    s_disturb(self->starter);
    atomic_store(&self->has_ended, true);
}

static void test_signals_do_not_end_the_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = s_catch}, before;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    s_world_t world = {.starter = pthread_self()};
    zactor_t *actor = actor_new(s_actor, &world);
    assert_true(atomic_load(&world.has_started));
    assert_int_not_equal(atomic_load(&s_caught), 0); /* they come once the wait is over */
    actor_destroy(&actor);
    assert_true(atomic_load(&world.has_ended));
    assert_null(actor);
    actor_destroy(&actor);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

static void s_masked(zsock_t *pipe, void *argument)
{
    sigset_t *mask = argument;
    pthread_sigmask(SIG_SETMASK, NULL, mask);
    zsock_signal(pipe, 0);
    char *command = zstr_recv(pipe);
    zstr_free(&command);
}

static void test_its_thread_gets_no_signals(void **state)
{
    (void)state;
    sigset_t theirs, before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    zactor_t *actor = actor_new(s_masked, &theirs);
    actor_destroy(&actor);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_true(sigismember(&theirs, SIGTERM) && sigismember(&theirs, SIGALRM));
    assert_false(sigismember(&theirs, SIGSEGV) || sigismember(&theirs, SIGSYS));
    for (int number = 1; number < SIGRTMIN; number++)
        assert_int_equal(sigismember(&after, number), sigismember(&before, number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals_do_not_end_the_wait),
        cmocka_unit_test(test_its_thread_gets_no_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
