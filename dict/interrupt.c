#include "dict/interrupt.h"

#include <signal.h>
#include <string.h>

/* A signal handler is given no argument, so what it tells the program cannot live anywhere else. */
static volatile sig_atomic_t s_requested;

static void s_handle(int signal_number)
{
    (void)signal_number;
    s_requested = 1;
}

void interrupt_setup(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = s_handle;
    action.sa_flags = (int)SA_RESETHAND; /* no SA_RESTART: a read from a silent pipe must return */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_requested(void)
{
    return s_requested != 0;
}
