#include "common/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"

#define SECRET_MAX 4096

/* sodium_malloc locks and does not say when it could not. Locking again what is locked changes nothing. */
static void s_check_lock(void *memory, size_t size)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    struct rlimit limit = {0};

    if (mlock(memory, size) == 0 || atomic_flag_test_and_set(&warned))
        return;
    int reason = errno;
    getrlimit(RLIMIT_MEMLOCK, &limit);
    lex_warning("secrets cannot be locked in memory and may be swapped out: %s (limit of locked "
                "memory: %llu bytes)",
                strerror(reason), (unsigned long long)limit.rlim_cur);
}

void *lex_secret_new(size_t size)
{
    lex_random_setup(); /* locked memory needs libsodium as well */
    void *memory = lex_allocated(sodium_malloc(size));
    sodium_memzero(memory, size);
    s_check_lock(memory, size);
    return memory;
}

/* Put there by systemd for this service. */
static bool s_is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t size = folder ? strlen(folder) : 0;

    return size > 1 && strncmp(path, folder, size) == 0 && path[size] == '/' &&
           !strchr(path + size + 1, '/');
}

/* NULL when the file may hold a secret, otherwise what is wrong with it. */
static const char *s_file_problem(int file, const char *path)
{
    struct stat status;
    const char *any_mode = getenv("LEXMQ_SECRET_ANY_MODE");
    bool allowed = any_mode && *any_mode && strcmp(any_mode, "0") != 0;

    if (fstat(file, &status))
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "is not a regular file";
    if (s_is_credential(path) && status.st_uid == 0 && (status.st_mode & 0037) == 0)
        return NULL;
    if ((status.st_mode & 0077) && !(allowed && status.st_uid == 0))
        return "others may read it (chmod 600, or LEXMQ_SECRET_ANY_MODE=1 for a container's "
               "secret that belongs to root)";
    return NULL;
}

/* Fills the buffer as far as the file goes; the number of bytes, or -1. */
static ssize_t s_fill(int file, char *buffer, size_t max)
{
    size_t size = 0;

    while (size < max) {
        ssize_t count = read(file, buffer + size, max - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        size += (size_t)count;
    }
    return (ssize_t)size;
}

/* The first line, in place. NULL, or what is wrong with it. */
static const char *s_cut_line(char *buffer, size_t size, size_t *line)
{
    char *end = memchr(buffer, '\n', size);
    size_t length = end ? (size_t)(end - buffer) : size;

    if (length > 0 && buffer[length - 1] == '\r')
        length--;
    if (length == 0)
        return "its first line is empty";
    if (length > SECRET_MAX)
        return "its first line is longer than 4096 bytes";
    if (memchr(buffer, '\0', length))
        return "its first line has a NUL byte";
    *line = length;
    return NULL;
}

/* Every byte read stays in locked memory. */
static char *s_read(int file, const char **problem)
{
    char *secret = NULL;
    /* Room for a carriage return and a line feed behind the longest line. */
    char *buffer = lex_secret_new(SECRET_MAX + 2);
    size_t length = 0;
    ssize_t size = s_fill(file, buffer, SECRET_MAX + 2);

    *problem = size < 0 ? strerror(errno) : s_cut_line(buffer, (size_t)size, &length);
    if (!*problem) {
        secret = lex_secret_new(length + 1);
        memcpy(secret, buffer, length);
    }
    sodium_free(buffer);
    return secret;
}

char *lex_secret_read(const char *path)
{
    char *secret = NULL;
    const char *problem;

    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        problem = strerror(errno);
    } else {
        problem = s_file_problem(file, path);
        if (!problem)
            secret = s_read(file, &problem);
        close(file);
    }
    if (!secret)
        lex_error("secret %s cannot be used: %s", path, problem);
    return secret;
}

void lex_secret_free(char **secret_p)
{
    sodium_free(*secret_p);
    *secret_p = NULL;
}
