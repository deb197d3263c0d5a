#include "common/keygen/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"

static int s_fail(const char *path)
{
    lex_error("file %s: %s", path, strerror(errno));
    return -1;
}

int keygen_folder(const char *path, mode_t mode)
{
    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 ? 1 : s_fail(path); /* whatever the umask took away */
    struct stat status;
    int reason = errno;
    if (reason == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return 0;
    errno = reason == EEXIST ? ENOTDIR : reason;
    return s_fail(path);
}

int keygen_lock(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file != -1 && flock(file, LOCK_EX) == 0)
        return file;
    s_fail(folder);
    if (file != -1)
        close(file);
    return -1;
}

bool keygen_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

char *keygen_temporary(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    /* Hidden, so that no reader of the folder takes it for a certificate. One is enough: the folder is locked. */
    char *temporary = lex_format("%.*s.%s.new", (int)folder, path, path + folder);
    unlink(temporary); /* left by a run that was killed */
    return temporary;
}

/* The names in the folder are as durable as the files. */
static int s_sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? lex_strndup(path, (size_t)(slash - path) + 1) : lex_strdup(".");
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = file != -1 && fsync(file) == 0 ? 0 : s_fail(folder);
    if (file != -1)
        close(file);
    free(folder);
    return rc;
}

int keygen_move(const char *temporary, const char *path, mode_t mode)
{
    int file = open(temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_good =
        file != -1 && fchmod(file, mode) == 0 && fsync(file) == 0 && rename(temporary, path) == 0;
    int rc = is_good ? s_sync_folder(path) : s_fail(path);
    if (file != -1)
        close(file);
    if (!is_good)
        unlink(temporary);
    return rc;
}

int keygen_write(const char *path, mode_t mode, const void *data, size_t size)
{
    char *temporary = keygen_temporary(path);
    int file =
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, KEYGEN_SECRET_MODE);
    bool is_good = file != -1 && write(file, data, size) == (ssize_t)size;
    int rc = is_good ? keygen_move(temporary, path, mode) : s_fail(temporary);
    if (file != -1)
        close(file);
    free(temporary);
    return rc;
}
