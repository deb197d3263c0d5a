#include "lookup-svc/files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

static int s_read_all(int file, char *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(file, data + done, size - done);
        if (got == 0)
            errno = EIO; /* it became shorter */
        if (got == 0 || (got == -1 && errno != EINTR))
            return -1;
        if (got > 0)
            done += (size_t)got;
    }
    return 0;
}

char *files_read(const char *path, size_t max, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file == -1)
        return NULL;
    struct stat status;
    char *data = NULL;
    int error = 0;
    if (fstat(file, &status) == -1) {
        error = errno;
    } else if (!S_ISREG(status.st_mode) || (size_t)status.st_size > max) {
        error = EFBIG;
    } else {
        *size = (size_t)status.st_size;
        data = lex_calloc(1, *size + 1);
        if (s_read_all(file, data, *size) == -1) {
            error = errno;
            free(data);
            data = NULL;
        }
    }
    close(file);
    errno = error;
    return data;
}

int files_write_all(int file, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written == -1 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

int files_replace(const char *path, const void *data, size_t size)
{
    char *temporary = lex_format("%s" FILES_SUFFIX, path);
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int rc = file == -1 ? -1 : files_write_all(file, data, size);
    if (rc == 0)
        rc = fsync(file);
    if (file != -1)
        close(file);
    if (rc == 0)
        rc = rename(temporary, path);
    if (rc == 0)
        rc = files_sync_folder(path);
    else if (file != -1)
        unlink(temporary);
    free(temporary);
    return rc;
}

int files_sync_folder(const char *path)
{
    char *copy = lex_strdup(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = folder == -1 ? -1 : fsync(folder);
    if (folder != -1)
        close(folder);
    free(copy);
    return rc;
}

int files_unnamed(const char *beside)
{
    char *copy = lex_strdup(beside);
    char *name = lex_format("%s/.lexidx-XXXXXX" FILES_SUFFIX, dirname(copy));
    int file = mkostemps(name, (int)strlen(FILES_SUFFIX), O_CLOEXEC);
    if (file != -1)
        unlink(name);
    free(name);
    free(copy);
    return file;
}

int files_make_folder(const char *path)
{
    char *copy = lex_strdup(path);
    int rc = 0;
    for (char *slash = copy; slash && rc == 0;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (*copy && mkdir(copy, 0755) == -1 && errno != EEXIST)
            rc = -1;
        if (slash)
            *slash = '/';
    }
    free(copy);
    return rc;
}
