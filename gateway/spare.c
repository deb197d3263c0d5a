#include "gateway/spare.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spare_open(spare_t *self, int64_t now)
{
    *self = (spare_t){.file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC),
                      .pause_ms = SPARE_FIRST_MS,
                      .due = now + SPARE_FIRST_MS};
    self->lowest = spare_resident(self);
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

int64_t spare_look(spare_t *self, int64_t now, int64_t resident)
{
    if (now < self->due || resident < self->lowest + SPARE_MIN)
        return 0;
    s_trim();
    int64_t after = spare_resident(self), yield = resident > after ? resident - after : 0;
    if (after < self->lowest)
        self->lowest = after;
    self->pause_ms = yield >= SPARE_MIN / 2 ? SPARE_FIRST_MS : 2 * self->pause_ms;
    if (self->pause_ms > SPARE_LAST_MS)
        self->pause_ms = SPARE_LAST_MS;
    self->due = now + self->pause_ms;
    return yield;
}
