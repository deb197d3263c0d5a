/* SIGTERM and SIGINT as a readable file descriptor, for as long as the loop runs. */

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log.h"
#include "common/worker_private.h"

/* A handler has no argument to find its worker by, so this is the one place that needs a variable
 * of its own: the descriptor of the worker that has the signals, or -1. */
static atomic_int s_descriptor = -1;

static void s_handler(int number)
{
    (void)number;
    int saved = errno;
    uint64_t one = 1;
    int fd = atomic_load(&s_descriptor);
    if (fd >= 0 && write(fd, &one, sizeof(one)) < 0) {
        /* The counter is full: it is readable already. */
    }
    errno = saved;
}

void lex_signals_catch(lex_signals_t *self)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &self->broken_pipe);

    int none = -1;
    self->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->fd < 0 || !atomic_compare_exchange_strong(&s_descriptor, &none, self->fd)) {
        lex_debug("worker: the signals are another worker's");
        if (self->fd >= 0) {
            close(self->fd);
        }
        self->fd = -1;
        return;
    }
    struct sigaction action = {.sa_handler = s_handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, &self->terminate);
    sigaction(SIGINT, &action, &self->interrupt);
}

void lex_signals_restore(lex_signals_t *self)
{
    sigaction(SIGPIPE, &self->broken_pipe, NULL);
    if (self->fd >= 0) {
        sigaction(SIGTERM, &self->terminate, NULL);
        sigaction(SIGINT, &self->interrupt, NULL);
        atomic_store(&s_descriptor, -1);
        close(self->fd);
        self->fd = -1;
    }
}

unsigned lex_signals_take(lex_signals_t *self)
{
    uint64_t count = 0;
    if (self->fd < 0 || read(self->fd, &count, sizeof(count)) != (ssize_t)sizeof(count)) {
        return 0;
    }
    return count > 2 ? 2 : (unsigned)count;
}
