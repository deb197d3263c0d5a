#include "client/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A handler has nowhere else to look. */
static lexmq_t *volatile s_lexmq;
static volatile sig_atomic_t s_seen;

static void s_cancel(int number)
{
    lexmq_t *lexmq = s_lexmq;

    (void)number;
    s_seen = 1;
    if (lexmq)
        lexmq_cancel(lexmq);
}

void interrupt_catch(lexmq_t *lexmq)
{
    struct sigaction action = {.sa_handler = s_cancel, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    s_lexmq = lexmq;
    s_seen = 0;
    sigaction(SIGINT, &action, NULL);
}

void interrupt_release(void)
{
    signal(SIGINT, SIG_DFL);
    s_lexmq = NULL;
}

bool interrupt_seen(void)
{
    return s_seen;
}

void interrupt_clear(void)
{
    s_seen = 0;
}
