#include "lookup-svc/spool.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/files.h"

struct spool {
    char *beside;
    int file; /* -1: not needed so far */
    bool failed;
    uint64_t written; /* bytes in the file; the rest is in the buffer */
    size_t buffered;
    unsigned char buffer[SPOOL_BUFFER];
};

spool_t *spool_new(const char *beside)
{
    spool_t *self = lex_malloc(sizeof *self);
    self->beside = lex_strdup(beside);
    self->file = -1;
    self->failed = false;
    self->written = 0;
    self->buffered = 0;
    return self;
}

void spool_destroy(spool_t **self_p)
{
    spool_t *self = *self_p;
    if (!self)
        return;
    if (self->file != -1)
        close(self->file);
    free(self->beside);
    free(self);
    *self_p = NULL;
}

static int s_fail(spool_t *self, const char *what)
{
    if (!self->failed)
        lex_error("index cannot %s a temporary file beside %s: %s", what, self->beside,
                  strerror(errno));
    self->failed = true;
    return -1;
}

static int s_flush(spool_t *self)
{
    if (self->file == -1)
        self->file = files_unnamed(self->beside);
    if (self->file == -1)
        return s_fail(self, "create");
    if (files_write_all(self->file, self->buffer, self->buffered) == -1)
        return s_fail(self, "write");
    self->written += self->buffered;
    self->buffered = 0;
    return 0;
}

int spool_put(spool_t *self, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    while (size > 0 && !self->failed) {
        if (self->buffered == SPOOL_BUFFER && s_flush(self) == -1)
            break;
        size_t part = SPOOL_BUFFER - self->buffered;
        if (part > size)
            part = size;
        memcpy(self->buffer + self->buffered, bytes, part);
        self->buffered += part;
        bytes += part;
        size -= part;
    }
    return self->failed ? -1 : 0;
}

uint64_t spool_size(const spool_t *self)
{
    return self->written + self->buffered;
}

/* Reads from `offset` up to `size` bytes, either from the file or from the buffer. How many, 0 on
 * failure. */
static size_t s_read(spool_t *self, uint64_t offset, unsigned char *out, size_t size)
{
    if (offset >= self->written) {
        size_t start = (size_t)(offset - self->written);
        size_t part = size < self->buffered - start ? size : self->buffered - start;
        memcpy(out, self->buffer + start, part);
        return part;
    }
    if (size > self->written - offset)
        size = (size_t)(self->written - offset);
    ssize_t got;
    do
        got = pread(self->file, out, size, (off_t)offset);
    while (got == -1 && errno == EINTR);
    if (got == 0)
        errno = EIO; /* it became shorter */
    if (got <= 0)
        s_fail(self, "read");
    return got > 0 ? (size_t)got : 0;
}

void spool_reader_open(spool_reader_t *self, spool_t *spool, uint64_t offset, uint64_t end)
{
    *self = (spool_reader_t){
        .spool = spool, .offset = offset, .end = end, .buffer = lex_malloc(SPOOL_BUFFER)};
}

void spool_reader_close(spool_reader_t *self)
{
    free(self->buffer);
    *self = (spool_reader_t){0};
}

uint64_t spool_reader_left(const spool_reader_t *self)
{
    return self->filled - self->start + (self->end - self->offset);
}

static int s_fill(spool_reader_t *self)
{
    uint64_t left = self->end - self->offset;
    if (left == 0)
        return -1;
    self->start = 0;
    self->filled = s_read(self->spool, self->offset, self->buffer,
                          left < SPOOL_BUFFER ? (size_t)left : SPOOL_BUFFER);
    self->offset += self->filled;
    return self->filled > 0 ? 0 : -1;
}

int spool_reader_read(spool_reader_t *self, void *out, size_t size)
{
    unsigned char *bytes = out;
    while (size > 0) {
        if (self->start == self->filled && s_fill(self) == -1)
            return -1;
        size_t part = self->filled - self->start;
        if (part > size)
            part = size;
        memcpy(bytes, self->buffer + self->start, part);
        self->start += part;
        bytes += part;
        size -= part;
    }
    return 0;
}

int spool_write(spool_t *self, index_writer_t *writer, uint32_t kind)
{
    if (self->failed || index_writer_section(writer, kind) == -1)
        return -1;
    unsigned char buffer[SPOOL_BUFFER];
    uint64_t size = spool_size(self);
    for (uint64_t offset = 0; offset < size;) {
        size_t part = s_read(self, offset, buffer, sizeof buffer);
        if (part == 0 || index_writer_put(writer, buffer, part) == -1)
            return -1;
        offset += part;
    }
    return 0;
}
