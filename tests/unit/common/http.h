/* The least of an HTTP client that a test of the monitor wants: a request as it is, and all that comes back. */

#ifndef HTTP_H
#define HTTP_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/unit/patience.h"

#define HTTP_LIMIT_S (20 * TEST_PATIENCE)

typedef struct {
    int status; /* 0: none came */
    char *head; /* everything up to the empty line */
    char *body;
    char *all;
} http_reply_t;

static inline int http_connect(int family, uint16_t port)
{
    int file = socket(family, SOCK_STREAM, 0);
    struct timeval limit = {.tv_sec = HTTP_LIMIT_S};
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    bool is_four = family == AF_INET;
    const struct sockaddr *address = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    if (connect(file, address, is_four ? sizeof four : sizeof six) == 0)
        return file;
    close(file);
    return -1;
}

static inline void http_send(int file, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(file, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* it closed on us, which the reply shows */
        data += sent;
        size -= (size_t)sent;
    }
}

/* Reads to the end of the stream and closes it. */
static inline http_reply_t http_receive(int file)
{
    http_reply_t reply = {.all = calloc(1, 1 << 20)};
    size_t size = 0;
    ssize_t got;
    while ((got = recv(file, reply.all + size, (1 << 20) - 1 - size, 0)) > 0)
        size += (size_t)got;
    close(file);
    reply.head = reply.all;
    reply.body = strstr(reply.all, "\r\n\r\n");
    if (!reply.body) {
        reply.body = reply.all + size;
        return reply;
    }
    *reply.body = '\0';
    reply.body += 4;
    sscanf(reply.head, "HTTP/1.%*d %d", &reply.status);
    return reply;
}

static inline http_reply_t http_ask_at(int file, const char *method, const char *path)
{
    char *request = NULL;
    int size = asprintf(&request, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
                        method, path);
    http_send(file, request, (size_t)size);
    free(request);
    return http_receive(file);
}

static inline http_reply_t http_ask(uint16_t port, const char *method, const char *path)
{
    return http_ask_at(http_connect(AF_INET, port), method, path);
}

static inline http_reply_t http_get(uint16_t port, const char *path)
{
    return http_ask(port, "GET", path);
}

static inline void http_free(http_reply_t *reply)
{
    free(reply->all);
    *reply = (http_reply_t){0};
}

#endif
