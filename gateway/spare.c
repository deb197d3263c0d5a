#include "gateway/spare.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spare_open(spare_t *self, int64_t now)
{
    *self = (spare_t){.file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC),
                      .pause_ms = SPARE_FIRST_MS,
                      .last = now};
    self->lowest = self->after = spare_resident(self);
}

void spare_close(spare_t *self)
{
    if (self->file != -1)
        close(self->file);
    self->file = -1;
}

/* proc(5): the second number of statm, in pages. */
int64_t spare_resident(const spare_t *self)
{
    char text[128];
    ssize_t size = self->file == -1 ? -1 : pread(self->file, text, sizeof text - 1, 0);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    const char *second = strchr(text, ' ');
    return second ? strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

/* With another libc nothing is given back: malloc_trim is glibc's. */
static void s_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static bool s_is_due(const spare_t *self, int64_t now, int64_t resident)
{
    bool is_more = resident >= self->after + SPARE_MIN;
    return resident >= self->lowest + SPARE_MIN &&
           now >= self->last + (is_more ? SPARE_FIRST_MS : self->pause_ms);
}

int64_t spare_look(spare_t *self, int64_t now, int64_t resident)
{
    if (!s_is_due(self, now, resident))
        return 0;
    s_trim();
    self->after = spare_resident(self);
    int64_t yield = resident > self->after ? resident - self->after : 0;
    if (self->after < self->lowest)
        self->lowest = self->after;
    self->pause_ms = yield >= SPARE_MIN / 2 ? SPARE_FIRST_MS : 2 * self->pause_ms;
    if (self->pause_ms > SPARE_LAST_MS)
        self->pause_ms = SPARE_LAST_MS;
    self->last = now;
    return yield;
}
