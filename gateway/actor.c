#include "gateway/actor.h"

#include <pthread.h>
#include <signal.h>

/* All but what the processor raises for the thread itself: blocked, such a fault ends the process without its handlers. */
static void s_block(sigset_t *before)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&set, faults[i]);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

zactor_t *actor_new(zactor_fn *function, void *argument)
{
    sigset_t before;
    s_block(&before);
    zactor_t *self = zactor_new(function, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return self;
}

void actor_destroy(zactor_t **self_p)
{
    sigset_t before;
    s_block(&before);
    zactor_destroy(self_p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
