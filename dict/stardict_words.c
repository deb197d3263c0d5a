#include "dict/stardict_words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "common/memory.h"

#define READ_SIZE ((size_t)64 << 10)

struct stardict_words {
    gzFile file; /* gives the bytes of a file that is not packed as they are */
    size_t numbers;
    size_t start; /* of what has not been given */
    size_t end;
    bool ended;
    uint64_t given;
    uint64_t total;
    const char *error;
    char buffer[READ_SIZE];
};

/* Opens a regular file, and nothing that could hold us up. -1 with errno. */
static int s_open_file(const char *path, uint64_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        *size = (uint64_t)status.st_size;
        return fd;
    }
    close(fd);
    errno = EINVAL;
    return -1;
}

stardict_words_t *stardict_words_open(const char *path, size_t numbers)
{
    uint64_t total = 0;
    int fd = s_open_file(path, &total);
    gzFile file = fd >= 0 ? gzdopen(fd, "rb") : NULL;
    if (!file) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    gzbuffer(file, READ_SIZE);
    stardict_words_t *self = lex_malloc(sizeof(*self));
    *self = (stardict_words_t){.file = file, .numbers = numbers, .total = total};
    return self;
}

void stardict_words_close(stardict_words_t **self_p)
{
    stardict_words_t *self = *self_p;
    if (!self)
        return;
    gzclose(self->file);
    free(self);
    *self_p = NULL;
}

static int s_fail(stardict_words_t *self, const char *why)
{
    self->error = why;
    return -1;
}

/* Reads more behind what is there. */
static int s_fill(stardict_words_t *self)
{
    memmove(self->buffer, self->buffer + self->start, self->end - self->start);
    self->end -= self->start;
    self->start = 0;
    int got = gzread(self->file, self->buffer + self->end, (unsigned)(READ_SIZE - self->end));
    int code = Z_OK;
    if (got <= 0)
        gzerror(self->file, &code);
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        return s_fail(self, "it is cut off or damaged");
    self->ended = got == 0;
    self->end += (size_t)got;
    return 0;
}

int stardict_words_next(stardict_words_t *self, const char **word, size_t *size,
                        const unsigned char **numbers)
{
    for (;;) {
        const char *from = self->buffer + self->start;
        size_t left = self->end - self->start;
        const char *end = left > 0 ? memchr(from, '\0', left) : NULL;
        size_t length = end ? (size_t)(end - from) : left;
        if (length > STARDICT_WORD_MAX)
            return s_fail(self, "it is damaged: a word does not end");
        if (end && left - length - 1 >= self->numbers) {
            *word = from;
            *size = length;
            *numbers = (const unsigned char *)end + 1;
            self->start += length + 1 + self->numbers;
            self->given += length + 1 + self->numbers;
            return 1;
        }
        if (self->ended)
            return left == 0 ? 0 : s_fail(self, "its last word is cut off");
        if (s_fill(self) != 0)
            return -1;
    }
}

const char *stardict_words_error(const stardict_words_t *self)
{
    return self->error ? self->error : "";
}

uint64_t stardict_words_given(const stardict_words_t *self)
{
    return self->given;
}

void stardict_words_position(const stardict_words_t *self, uint64_t *done, uint64_t *total)
{
    z_off_t at = gzoffset(self->file);
    *done = at > 0 ? (uint64_t)at : 0;
    *total = self->total;
}

uint64_t stardict_number(const unsigned char *data, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | data[i];
    return number;
}
