#include "client/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const int s_numbers[SIGNALS_COUNT] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
                                             SIGTSTP, SIGCONT, SIGWINCH};

/* A handler has nowhere else to write to. */
static volatile sig_atomic_t s_caught[SIGNALS_COUNT];

static void s_note(int number)
{
    for (int i = 0; i < SIGNALS_COUNT; i++)
        if (s_numbers[i] == number)
            s_caught[i] = 1;
}

void signals_hold(signals_t *self)
{
    struct sigaction note = {.sa_handler = s_note};
    sigset_t held;

    sigemptyset(&held);
    sigemptyset(&note.sa_mask);
    for (int i = 0; i < SIGNALS_COUNT; i++)
        sigaddset(&held, s_numbers[i]);
    sigprocmask(SIG_BLOCK, &held, &self->mask);
    for (int i = 0; i < SIGNALS_COUNT; i++) {
        s_caught[i] = 0;
        sigaction(s_numbers[i], NULL, &self->saved[i]);
        if (self->saved[i].sa_handler != SIG_IGN)
            sigaction(s_numbers[i], &note, NULL);
    }
}

void signals_release(signals_t *self)
{
    for (int i = 0; i < SIGNALS_COUNT; i++)
        sigaction(s_numbers[i], &self->saved[i], NULL);
    sigprocmask(SIG_SETMASK, &self->mask, NULL);
}

static int s_take(void)
{
    for (int i = 0; i < SIGNALS_COUNT; i++) {
        if (s_caught[i]) {
            s_caught[i] = 0;
            return s_numbers[i];
        }
    }
    return 0;
}

int signals_poll(const signals_t *self, struct pollfd *inputs, size_t count, int timeout_ms)
{
    struct timespec time = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};

    while (1) {
        int number = s_take();
        if (number)
            return number;
        /* Any other failure shows when an input is read. */
        if (ppoll(inputs, count, timeout_ms < 0 ? NULL : &time, &self->mask) >= 0 || errno != EINTR)
            return s_take();
    }
}

int signals_wait(const signals_t *self, int fd)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};

    return signals_poll(self, &input, 1, -1);
}

void signals_stop(void)
{
    /* The key that asks for it has signalled the whole foreground group: only we are left. */
    raise(SIGSTOP);
}

void signals_die(int number)
{
    sigset_t set;

    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + number);
}
