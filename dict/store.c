#include "dict/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "common/memory.h"
#include "dict/dictzip.h"

#define UNPACK_SIZE (64 << 10)

struct store {
    int fd; /* the file itself, or what it was unpacked to */
    uint64_t size;
    dictzip_t *dictzip; /* NULL: the bytes of fd are the text */
};

/* A file that has no name and goes with its descriptor. -1 with errno. */
static int s_temporary_file(void)
{
    const char *folder = getenv("TMPDIR");
    char *path = lex_format("%s/lexmq-dict-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

static int s_write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        size -= (size_t)put;
    }
    return 0;
}

/* Unpacks to `out`. NULL, or what is wrong. */
static const char *s_unpack(gzFile from, int out, uint64_t max, uint64_t *size)
{
    char *buffer = lex_malloc(UNPACK_SIZE);
    const char *fault = NULL;
    *size = 0;
    for (;;) {
        int got = gzread(from, buffer, UNPACK_SIZE);
        if (got == 0 && gzeof(from))
            break;
        if (got <= 0)
            fault = "it is cut off or damaged";
        else if ((uint64_t)got > max - *size)
            fault = "it unpacks to more than is allowed; pack it with dictzip";
        else if (s_write_all(out, buffer, (size_t)got) != 0)
            fault = "it cannot be unpacked: no room in $TMPDIR";
        if (fault)
            break;
        *size += (uint64_t)got;
    }
    free(buffer);
    return fault;
}

/* Puts the unpacked file in the packed one's place. NULL, or what is wrong. */
static const char *s_unpack_gzip(store_t *self, uint64_t max)
{
    int packed = fcntl(self->fd, F_DUPFD_CLOEXEC, 0);
    gzFile from = packed >= 0 ? gzdopen(packed, "rb") : NULL;
    int out = s_temporary_file();
    const char *fault = NULL;
    if (!from || out < 0)
        fault = strerror(errno);
    else
        fault = s_unpack(from, out, max, &self->size);
    /* gzread gives what there is of a file that is cut off; only closing tells. */
    if (from && gzclose(from) != Z_OK && !fault)
        fault = "it is cut off or damaged";
    else if (!from && packed >= 0)
        close(packed);
    if (fault) {
        if (out >= 0)
            close(out);
        return fault;
    }
    close(self->fd);
    self->fd = out;
    return NULL;
}

static const char *s_open_gzip(store_t *self, uint64_t unpacked_max, char **error)
{
    self->dictzip = dictzip_open(self->fd, error);
    if (self->dictzip)
        self->size = dictzip_size(self->dictzip);
    else if (!*error)
        return s_unpack_gzip(self, unpacked_max);
    return *error;
}

store_t *store_open(const char *path, uint64_t unpacked_max, char **error)
{
    store_t *self = lex_calloc(1, sizeof(*self));
    struct stat status = {0};
    unsigned char magic[2] = {0};
    char *reason = NULL;
    const char *fault = NULL;
    size_t length = strlen(path);

    *error = NULL;
    self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
    if (self->fd < 0 || fstat(self->fd, &status) != 0)
        fault = strerror(errno);
    else if (!S_ISREG(status.st_mode))
        fault = "it is not a regular file";
    if (!fault) {
        self->size = (uint64_t)status.st_size;
        if (pread(self->fd, magic, sizeof(magic), 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b)
            fault = s_open_gzip(self, unpacked_max, &reason);
        else if (length > 3 && strcmp(path + length - 3, ".dz") == 0)
            fault = "it is not a gzip file";
    }
    if (fault) {
        *error = lex_format("%s: %s", path, fault);
        store_close(&self);
    }
    free(reason);
    return self;
}

void store_close(store_t **self_p)
{
    store_t *self = *self_p;
    if (!self)
        return;
    dictzip_close(&self->dictzip);
    if (self->fd >= 0)
        close(self->fd);
    free(self);
    *self_p = NULL;
}

uint64_t store_size(const store_t *self)
{
    return self->size;
}

int store_read(store_t *self, uint64_t offset, size_t size, void *out)
{
    if (offset > self->size || size > self->size - offset)
        return -1;
    if (self->dictzip)
        return dictzip_read(self->dictzip, offset, size, out);
    char *to = out;
    while (size > 0) {
        ssize_t got = pread(self->fd, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}
