/* Exit codes of lexmq. Scripts rely on them; lexmq(1) lists them. */

#ifndef EXITS_H
#define EXITS_H

#include <lexmq.h>

enum {
    EXIT_DONE = 0,        /* done, or every word found */
    EXIT_MISSED = 1,      /* a word was not found */
    EXIT_USAGE = 2,       /* the command line or the settings */
    EXIT_REFUSED = 3,     /* not logged in, or refused by the server */
    EXIT_UNREACHABLE = 4, /* no gateway, or no answer in time */
    EXIT_SERVER = 5,      /* a fault of the server, or output that could not be written */
    EXIT_CANCELLED = 130, /* as shells say for Ctrl-C */
};

/* The exit code of a call's outcome. */
int exit_code(lexmq_status_t status);

#endif
