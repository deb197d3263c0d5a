/* Three lines: `name`, `gateway` and `token` (in hex), each a word, a space and the value to the
 * end of the line. None of the values can hold a line end. */

#include "client/session_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

#define FILE_MAX (2 * LEXMQ_TOKEN_MAX + SESSION_NAME_SIZE + SESSION_GATEWAY_SIZE + 64)

static session_state_t s_refuse(char *why, size_t why_size, const char *path, const char *problem)
{
    snprintf(why, why_size, "The session file %.300s %s", path, problem);
    return SESSION_REFUSED;
}

/* Copies the value of `key`. False when it is missing or does not fit. */
static bool s_value(const char *file, const char *key, char *out, size_t max)
{
    size_t key_size = strlen(key);

    for (const char *line = file; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, key_size) != 0 || line[key_size] != ' ')
            continue;
        const char *value = line + key_size + 1;
        size_t size = strcspn(value, "\n");
        if (size >= max)
            return false;
        memcpy(out, value, size);
        out[size] = '\0';
        return true;
    }
    return false;
}

static bool s_parse(const char *file, session_t *session)
{
    char hex[2 * LEXMQ_TOKEN_MAX + 1];
    const char *end;

    bool good = s_value(file, "name", session->name, sizeof session->name) &&
                s_value(file, "gateway", session->gateway, sizeof session->gateway) &&
                s_value(file, "token", hex, sizeof hex) &&
                sodium_hex2bin(session->token, sizeof session->token, hex, strlen(hex), NULL,
                               &session->token_size, &end) == 0 &&
                *end == '\0' && session->token_size > 0;
    sodium_memzero(hex, sizeof hex);
    return good;
}

/* Reads at most `max` bytes. -1 with errno. */
static ssize_t s_read(int fd, char *out, size_t max)
{
    size_t size = 0;
    ssize_t got = 1;

    while (got != 0 && size < max) {
        got = read(fd, out + size, max - size);
        if (got < 0 && errno != EINTR)
            return -1;
        size += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)size;
}

session_state_t session_file_load(const char *path, session_t *session, char *why, size_t why_size)
{
    char file[FILE_MAX + 1];
    struct stat status;
    session_state_t state = SESSION_REFUSED;

    memset(session, 0, sizeof *session);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return SESSION_NONE;
    if (fd < 0 || fstat(fd, &status) < 0) {
        s_refuse(why, why_size, path, errno == ELOOP ? "is a symbolic link." : "cannot be read.");
    } else if (!S_ISREG(status.st_mode)) {
        s_refuse(why, why_size, path, "is no ordinary file.");
    } else if (status.st_uid != geteuid()) {
        s_refuse(why, why_size, path, "belongs to somebody else.");
    } else if (status.st_mode & 077) {
        s_refuse(
            why, why_size, path,
            "may be read or written by others, so the login in it is not used. Log in again, or "
            "take the rights away with chmod 600.");
    } else {
        ssize_t size = s_read(fd, file, FILE_MAX);
        file[size > 0 ? size : 0] = '\0';
        if (size >= 0 && s_parse(file, session))
            state = SESSION_LOADED;
        else
            s_refuse(why, why_size, path, "is damaged. Log in again.");
        sodium_memzero(file, sizeof file);
    }
    if (fd >= 0)
        close(fd);
    return state;
}

/* The folders of `path`, which are for its owner alone where they are new. */
static void s_make_folders(const char *path)
{
    char *folder = lex_strdup(path);

    /* Failing here shows when the file is created. */
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    free(folder);
}

static bool s_write(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno != EINTR)
            return false;
        data += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    return fsync(fd) == 0;
}

bool session_file_save(const char *path, const session_t *session, char *why, size_t why_size)
{
    char hex[2 * LEXMQ_TOKEN_MAX + 1], file[FILE_MAX];
    char *temporary = lex_format("%s.XXXXXX", path);

    sodium_bin2hex(hex, sizeof hex, session->token, session->token_size);
    int size = snprintf(file, sizeof file, "name %s\ngateway %s\ntoken %s\n", session->name,
                        session->gateway, hex);
    s_make_folders(path);
    /* mkostemp makes it 0600, whatever the umask. */
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool good = fd >= 0 && s_write(fd, file, (size_t)size);
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(temporary, path) == 0;
    if (!good) {
        snprintf(why, why_size, "The session file %.300s cannot be written: %s.", path,
                 strerror(errno));
        if (fd >= 0)
            unlink(temporary);
    }
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(file, sizeof file);
    free(temporary);
    return good;
}

bool session_file_remove(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR;
}

#define EARLIER "%s.earlier"

bool session_file_load_earlier(const char *path, session_t *session)
{
    char why[64], *earlier = lex_format(EARLIER, path);
    bool loaded = session_file_load(earlier, session, why, sizeof why) == SESSION_LOADED;

    if (!loaded)
        sodium_memzero(session, sizeof *session);
    free(earlier);
    return loaded;
}

void session_file_save_earlier(const char *path, const session_t *session)
{
    char why[64], *earlier = lex_format(EARLIER, path);

    session_file_save(earlier, session, why, sizeof why);
    free(earlier);
}

void session_file_remove_earlier(const char *path)
{
    char *earlier = lex_format(EARLIER, path);

    session_file_remove(earlier);
    free(earlier);
}
