#include "dict/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

#define LINES_READ_SIZE ((size_t)64 << 10)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct lines {
    int fd;
    bool ended;    /* read() gave 0 */
    bool skipping; /* inside a line that is too long */
    size_t limit;
    char *buffer;
    size_t capacity;
    size_t start; /* of the line that is being gathered */
    size_t end;   /* of what was read */
    uint64_t number;
    uint64_t done;
    uint64_t total;
};

lines_t *lines_open(const char *path, size_t limit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct stat status;
    if (fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
        int reason = S_ISDIR(status.st_mode) ? EISDIR : errno;
        close(fd);
        errno = reason;
        return NULL;
    }
    lines_t *self = lex_calloc(1, sizeof(*self));
    self->fd = fd;
    self->limit = limit;
    self->total = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    self->capacity = LINES_READ_SIZE;
    self->buffer = lex_malloc(self->capacity);
    return self;
}

void lines_close(lines_t **self_p)
{
    lines_t *self = *self_p;
    if (!self)
        return;
    close(self->fd);
    free(self->buffer);
    free(self);
    *self_p = NULL;
}

/* Reads more behind what is there. The buffer never exceeds the limit by more than two reads. */
static int s_fill(lines_t *self)
{
    if (self->start > 0) {
        memmove(self->buffer, self->buffer + self->start, self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    if (self->capacity - self->end < LINES_READ_SIZE / 2) {
        self->capacity *= 2;
        if (self->capacity > self->limit + 2 * LINES_READ_SIZE)
            self->capacity = self->limit + 2 * LINES_READ_SIZE;
        self->buffer = lex_realloc(self->buffer, self->capacity);
    }
    ssize_t got = read(self->fd, self->buffer + self->end, self->capacity - self->end);
    if (got < 0)
        return -1;
    self->ended = got == 0;
    self->end += (size_t)got;
    self->done += (uint64_t)got;
    return 0;
}

/* Ends the line at `stop` (its line feed, or the end of what was read) and goes on at `next`. */
static lines_status_t s_give(lines_t *self, size_t stop, size_t next, char **line, size_t *size)
{
    bool too_long = self->skipping || stop - self->start > self->limit;
    *line = self->buffer + self->start;
    *size = stop - self->start;
    self->start = next;
    self->skipping = false;
    self->number++;
    return too_long ? LINES_TOO_LONG : LINES_LINE;
}

lines_status_t lines_next(lines_t *self, char **line, size_t *size)
{
    size_t looked = 0; /* bytes behind start that hold no line feed */
    for (;;) {
        char *from = self->buffer + self->start + looked;
        char *feed = memchr(from, '\n', self->end - self->start - looked);
        if (feed) {
            size_t stop = (size_t)(feed - self->buffer);
            return s_give(self, stop, stop + 1, line, size);
        }
        if (self->ended) {
            if (self->start == self->end && !self->skipping)
                return LINES_END;
            return s_give(self, self->end, self->end, line, size);
        }
        if (self->end - self->start > self->limit)
            self->skipping = true;
        if (self->skipping)
            self->start = self->end = 0;
        looked = self->end - self->start;
        if (s_fill(self) != 0)
            return LINES_ERROR;
    }
}

void lines_trim(const lines_t *self, char **line, size_t *size)
{
    size_t mark = strlen(BYTE_ORDER_MARK);
    if (self->number == 1 && *size >= mark && memcmp(*line, BYTE_ORDER_MARK, mark) == 0) {
        *line += mark;
        *size -= mark;
    }
    while (*size > 0 && (*line)[*size - 1] == '\r')
        --*size;
}

void lines_set_limit(lines_t *self, size_t limit)
{
    self->limit = limit;
}

uint64_t lines_number(const lines_t *self)
{
    return self->number;
}

void lines_position(const lines_t *self, uint64_t *done, uint64_t *total)
{
    *done = self->done - (self->end - self->start);
    *total = self->total;
}
