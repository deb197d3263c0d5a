/* libFuzzer's alarm clock, which rings every few seconds, interrupts calls of libzmq (EINTR) that our programs, where signals
 * are blocked or handled, make undisturbed. Targets with sockets keep it back until an input is done, when it still finds one that
 * took too long; one that never ends is found by the limit of tests/fuzz/run.py. */

#ifndef LEXMQ_TESTS_FUZZ_ALARM_H
#define LEXMQ_TESTS_FUZZ_ALARM_H

#include <pthread.h>
#include <signal.h>

static inline void fuzz_alarm(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(how, &set, NULL);
}

static inline void fuzz_alarm_hold(void)
{
    fuzz_alarm(SIG_BLOCK);
}

static inline void fuzz_alarm_release(void)
{
    fuzz_alarm(SIG_UNBLOCK);
}

#endif
