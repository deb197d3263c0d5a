#include "client/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"

#define BUFFER_SIZE 65536

struct line_reader {
    int fd;
    bool ended;
    size_t start, size; /* the unread part of the buffer */
    char buffer[BUFFER_SIZE];
};

line_reader_t *line_reader_new(int fd)
{
    line_reader_t *self = lex_calloc(1, sizeof *self);

    self->fd = fd;
    return self;
}

void line_reader_destroy(line_reader_t **self_p)
{
    if (*self_p) {
        /* Passwords may have come this way. */
        sodium_memzero(*self_p, sizeof **self_p);
        free(*self_p);
        *self_p = NULL;
    }
}

/* Reads what there is, at least a byte. False at the end. */
static bool s_fill(line_reader_t *self)
{
    ssize_t got;

    if (self->ended)
        return false;
    if (self->start > 0) {
        memmove(self->buffer, self->buffer + self->start, self->size);
        self->start = 0;
    }
    while ((got = read(self->fd, self->buffer + self->size, BUFFER_SIZE - self->size)) < 0 &&
           errno == EINTR)
        ;
    self->ended = got <= 0;
    self->size += got > 0 ? (size_t)got : 0;
    return !self->ended;
}

static const char *s_line_end(const line_reader_t *self)
{
    return memchr(self->buffer + self->start, '\n', self->size);
}

/* Takes `size` bytes as the line, and the byte behind them too when `with_end`. */
static line_result_t s_take(line_reader_t *self, size_t size, bool with_end, char *out, size_t max)
{
    const char *line = self->buffer + self->start;
    size_t taken = size + (with_end ? 1 : 0);

    self->start += taken;
    self->size -= taken;
    if (size > 0 && line[size - 1] == '\r')
        size--;
    if (size > max || memchr(line, '\0', size))
        return LINE_TOO_LONG;
    memcpy(out, line, size);
    out[size] = '\0';
    return LINE_READ;
}

line_result_t line_reader_next(line_reader_t *self, char *out, size_t max)
{
    bool too_long = false;

    out[0] = '\0';
    while (true) {
        const char *end = s_line_end(self);
        if (end || (self->ended && self->size > 0)) {
            size_t size = end ? (size_t)(end - self->buffer) - self->start : self->size;
            line_result_t result = s_take(self, size, end != NULL, out, max);
            return too_long ? LINE_TOO_LONG : result;
        }
        if (self->ended) {
            /* The end that Ctrl-D makes at a terminal is not the last word. */
            self->ended = false;
            return too_long ? LINE_TOO_LONG : LINE_END;
        }
        if (self->size == BUFFER_SIZE) {
            too_long = true;
            self->size = 0;
        }
        s_fill(self);
    }
}

bool line_reader_is_ready(line_reader_t *self)
{
    struct pollfd input = {.fd = self->fd, .events = POLLIN};

    while (!s_line_end(self) && !self->ended && self->size < BUFFER_SIZE) {
        if (poll(&input, 1, 0) <= 0)
            return false;
        s_fill(self);
    }
    return true;
}
