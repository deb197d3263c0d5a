/* A host name that nobody answers for: instead of libc's resolver, for libzmq, which looks names up on its I/O threads. Included
 * by one file of a test program. */

#ifndef SLOW_NAME_H
#define SLOW_NAME_H

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/patience.h"

#define SLOW_NAME          "nobody-answers.invalid"
#define SLOW_NAME_LIMIT_MS (20000 * TEST_PATIENCE)
#define SLOW_NAME_STEP_MS  50

/* The test sets the first, and reads the second: how often the name was asked for. */
static atomic_bool slow_name_is_over;
static atomic_uint slow_name_asked;

/* The slow name is looked up until the test is over; others are addresses. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **result)
{
    (void)service;
    if (strcmp(name, SLOW_NAME) == 0) {
        atomic_fetch_add(&slow_name_asked, 1);
        for (int ms = 0; ms < SLOW_NAME_LIMIT_MS && !atomic_load(&slow_name_is_over);
             ms += SLOW_NAME_STEP_MS)
            usleep(SLOW_NAME_STEP_MS * 1000);
        return EAI_AGAIN;
    }
    struct {
        struct addrinfo info;
        struct sockaddr_in address;
    } *found = calloc(1, sizeof *found);
    if (!found || inet_pton(AF_INET, name, &found->address.sin_addr) != 1) {
        free(found);
        return EAI_NONAME;
    }
    found->address.sin_family = AF_INET;
    found->info = (struct addrinfo){.ai_family = AF_INET,
                                    .ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM,
                                    .ai_addrlen = sizeof found->address,
                                    .ai_addr = (struct sockaddr *)&found->address};
    *result = &found->info;
    return 0;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *info)
{
    free(info);
}

#endif
