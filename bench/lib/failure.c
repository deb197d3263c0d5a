#include "bench/lib/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

#define MESSAGE_SIZE 1024

void fail(const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    fprintf(stderr, "bench: %s\n", message);
    /* Not exit: other threads still use what it would take down. */
    _exit(1);
}

void expect(bool ok, const char *what)
{
    if (!ok)
        fail("%s: %s", what, zmq_strerror(errno));
}
