/* Which format a file has, when nobody says: by its name, else by its first lines. Only a regular
 * file is looked into, because what is read of a pipe is gone. */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dict/format.h"

#define GUESS_BYTES     8192
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Reads the start of a regular file; returns its size, 0 for anything else. Only whole lines count
 * unless the file ends there. */
static size_t s_read_start(const char *path, char out[GUESS_BYTES])
{
    struct stat status;
    size_t size = 0;
    ssize_t got = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return 0;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        do {
            got = read(fd, out + size, GUESS_BYTES - size);
            size += got > 0 ? (size_t)got : 0;
        } while (got > 0 && size < GUESS_BYTES);
    }
    close(fd);
    if (size == GUESS_BYTES) {
        const char *feed = memrchr(out, '\n', size);
        return feed ? (size_t)(feed - out) + 1 : 0;
    }
    return size;
}

const format_t *format_guess(const char *path)
{
    char buffer[GUESS_BYTES];
    const format_t *format;
    for (size_t i = 0; (format = format_at(i)) != NULL; i++) {
        if (format->claims_name && format->claims_name(path))
            return format;
    }
    const char *start = buffer;
    size_t size = s_read_start(path, buffer);
    size_t mark = strlen(BYTE_ORDER_MARK);
    if (size >= mark && memcmp(start, BYTE_ORDER_MARK, mark) == 0) {
        start += mark;
        size -= mark;
    }
    for (size_t i = 0; size > 0 && (format = format_at(i)) != NULL; i++) {
        if (format->claims_start && format->claims_start(start, size))
            return format;
    }
    return &format_wordbook;
}
