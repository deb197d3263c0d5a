/* The gateways' public keys. czmq's certificate files are read by hand: its own reader reports
 * mistakes on the terminal, and a library has no business there. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/lib/lexmq_private.h"
#include "common/memory.h"

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

/* Adds a key of 40 characters unless it is there. False when there is no room. */
static bool s_add(lexmq_t *self, const char *key)
{
    for (size_t i = 0; i < self->key_count; i++)
        if (memcmp(self->server_keys[i], key, LEXMQ_KEY_SIZE) == 0)
            return true;
    if (self->key_count == LEXMQ_KEYS_MAX)
        return false;
    memcpy(self->server_keys[self->key_count], key, LEXMQ_KEY_SIZE);
    self->server_keys[self->key_count][LEXMQ_KEY_SIZE] = '\0';
    size_t used = strlen(self->server_key);
    snprintf(self->server_key + used, sizeof self->server_key - used, "%s%s",
             self->key_count > 0 ? "," : "", self->server_keys[self->key_count]);
    self->key_count++;
    return true;
}

/* Takes every `public-key = "…"` of a certificate. A comment begins with # and may stand behind a value,
 * but # is also a letter of Z85: only the quotes tell. False when one is no key or there is no room. */
static bool s_take_all(lexmq_t *self, const char *text, size_t *found)
{
    static const char name[] = "public-key";

    *found = 0;
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
        if (!s_is_key(at, strcspn(at, end)) || !s_add(self, at))
            return false;
        ++*found;
    }
    return true;
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

static bool s_take(lexmq_t *self, const char *text, char *why, size_t why_size)
{
    char file[FILE_MAX + 1];
    size_t found;

    /* A path of forty characters can look like a key, so a file that is there goes first. */
    if (access(text, F_OK) < 0 && s_is_key(text, strlen(text))) {
        if (s_add(self, text))
            return true;
        snprintf(why, why_size, "There are more than %d server keys.", LEXMQ_KEYS_MAX);
        return false;
    }
    ssize_t size = s_read(text, file, FILE_MAX);
    if (size < 0) {
        snprintf(why, why_size, "The server key \"%.200s\" is no key, and as a file: %s.", text,
                 strerror(errno));
        return false;
    }
    file[size] = '\0';
    bool is_good = s_take_all(self, file, &found);
    if (is_good && found > 0)
        return true;
    snprintf(why, why_size,
             is_good || self->key_count < LEXMQ_KEYS_MAX
                 ? "The file \"%.200s\" is no certificate: it has no public-key."
                 : "The file \"%.200s\" names more server keys than there may be.",
             text);
    return false;
}

bool lexmq_server_keys_read(lexmq_t *self, const char *text, char *why, size_t why_size)
{
    /* A comma is no letter of Z85; a file that has one in its name must stand alone. */
    if (!strchr(text, ',') || access(text, F_OK) == 0)
        return s_take(self, text, why, why_size);
    for (const char *at = text + strspn(text, ", "); *at; at += strspn(at, ", ")) {
        size_t size = strcspn(at, ",");
        char *one = lex_strndup(at, size);
        while (size > 0 && one[size - 1] == ' ')
            one[--size] = '\0';
        bool is_good = s_take(self, one, why, why_size);
        free(one);
        if (!is_good)
            return false;
        at += strcspn(at, ",");
    }
    if (self->key_count > 0)
        return true;
    snprintf(why, why_size, "The gateway's public key is not given.");
    return false;
}
