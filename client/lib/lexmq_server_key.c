/* The gateways' public key. czmq's certificate files are read by hand: its own reader reports
 * mistakes on the terminal, and a library has no business there. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/lib/lexmq_private.h"

#define FILE_MAX 4096 /* a certificate has a few hundred bytes */

static bool s_is_key(const char *text, size_t size)
{
    char copy[LEXMQ_KEY_SIZE + 1];
    unsigned char binary[32];

    if (size != LEXMQ_KEY_SIZE)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return zmq_z85_decode(binary, copy) != NULL;
}

/* Finds `public-key = "…"` in a certificate. A comment begins with # and may stand behind a value,
 * but # is also a letter of Z85: only the quotes tell. */
static bool s_find(const char *text, char *key)
{
    static const char name[] = "public-key";

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        if (strncmp(line, name, sizeof name - 1) != 0)
            continue;
        const char *at = line + sizeof name - 1;
        at += strspn(at, " \t");
        if (*at++ != '=')
            continue;
        at += strspn(at, " \t");
        const char *end = *at == '"' ? "\"\n" : *at == '\'' ? "'\n" : " \t\r\n";
        at += *at == '"' || *at == '\'';
        size_t size = strcspn(at, end);
        if (!s_is_key(at, size))
            return false;
        memcpy(key, at, size);
        key[size] = '\0';
        return true;
    }
    return false;
}

/* Reads up to `max` bytes. -1 with errno set. */
static ssize_t s_read(const char *path, char *out, size_t max)
{
    ssize_t size = 0, got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    while ((size_t)size < max) {
        got = read(fd, out + size, max - (size_t)size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            size = -1;
        if (got <= 0)
            break;
        size += got;
    }
    int error = errno;
    close(fd);
    errno = error;
    return size;
}

bool lexmq_server_key_read(const char *text, char key[LEXMQ_KEY_SIZE + 1], char *why,
                           size_t why_size)
{
    char file[FILE_MAX + 1];

    if (s_is_key(text, strlen(text))) {
        memcpy(key, text, LEXMQ_KEY_SIZE + 1);
        return true;
    }
    ssize_t size = s_read(text, file, FILE_MAX);
    if (size < 0) {
        snprintf(why, why_size, "The server key \"%.200s\" is no key, and as a file: %s.", text,
                 strerror(errno));
        return false;
    }
    file[size] = '\0';
    if (s_find(file, key))
        return true;
    snprintf(why, why_size, "The file \"%.200s\" is no certificate: it has no public-key.", text);
    return false;
}
