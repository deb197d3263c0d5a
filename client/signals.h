/* Signals while somebody is asked something: held back, and let in only while waiting for input, so
 * that the terminal is never left in a strange mode and no signal is missed between two steps. */

#ifndef SIGNALS_H
#define SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stddef.h>

#define SIGNALS_COUNT 7

typedef struct {
    sigset_t mask;                         /* as it was */
    struct sigaction saved[SIGNALS_COUNT]; /* as they were */
} signals_t;

/* Holds SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and SIGWINCH back; those that are
 * ignored stay so. */
void signals_hold(signals_t *self);
void signals_release(signals_t *self);

/* Waits until `fd` has input (or its end): 0; or until one of them comes: its number. */
int signals_wait(const signals_t *self, int fd);

/* Waits at most `timeout_ms` (-1: without end) for any of several: 0 when one is there or the time is
 * over; or the number of a signal. */
int signals_poll(const signals_t *self, struct pollfd *inputs, size_t count, int timeout_ms);

/* With the terminal back in order: what the signal does to a program that does not catch it. The
 * first stops and returns when the program goes on, the second does not return. */
void signals_stop(void);
void signals_die(int number) __attribute__((noreturn));

#endif
