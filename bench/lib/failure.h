/* A benchmark that met anything unexpected has measured nothing: one line to stderr and the process ends with 1,
 * from whatever thread. */

#ifndef BENCH_FAILURE_H
#define BENCH_FAILURE_H

#include <stdbool.h>

void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Fails with the message and what errno means to libzmq when `ok` is false. */
void expect(bool ok, const char *what);

#endif
