/* A line typed at a terminal that must not show. */

#ifndef PASSWORD_H
#define PASSWORD_H

#include <stddef.h>
#include <stdio.h>

typedef enum {
    PASSWORD_READ,
    PASSWORD_TOO_LONG,
    PASSWORD_END,
    PASSWORD_INTERRUPTED
} password_result_t;

/* Asks with `question` on `out` and reads the standard input, a terminal, without echo into `text`
 * (max + 1 bytes). The terminal is as it was on every way out, also when a signal stops or ends the
 * program meanwhile. */
password_result_t password_read(FILE *out, const char *question, char *text, size_t max);

#endif
