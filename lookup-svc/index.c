#include "lookup-svc/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/memory.h"
#include "lookup-svc/index_check.h"

struct index {
    atomic_uint owners;
    void *data;
    size_t size;
    int64_t opened_at; /* UTC ms */
    index_view_t view;
};

/* Maps a regular file. MAP_FAILED, and why, when that is not possible. */
static void *s_map(const char *path, size_t *size, const char **why)
{
    void *data = MAP_FAILED;
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file == -1 || fstat(file, &status) == -1) {
        *why = errno == ENOENT ? "not there" : "cannot be opened";
    } else if (!S_ISREG(status.st_mode) || status.st_size < (off_t)sizeof(index_header_t)) {
        *why = "not an index file";
    } else {
        *size = (size_t)status.st_size;
        data = mmap(NULL, *size, PROT_READ, MAP_SHARED, file, 0);
        if (data == MAP_FAILED)
            *why = "cannot be mapped";
        else
            madvise(data, *size, MADV_WILLNEED);
    }
    if (file != -1)
        close(file);
    return data;
}

index_t *index_open(const char *path, const char **why)
{
    size_t size = 0;
    void *data = s_map(path, &size, why);
    if (data == MAP_FAILED)
        return NULL;
    index_t *self = lex_calloc(1, sizeof *self);
    atomic_init(&self->owners, 1);
    self->data = data;
    self->size = size;
    self->opened_at = lex_utc_ms();
    *why = index_check(data, size, &self->view);
    if (*why)
        index_destroy(&self);
    return self;
}

index_t *index_link(index_t *self)
{
    atomic_fetch_add_explicit(&self->owners, 1, memory_order_relaxed);
    return self;
}

void index_destroy(index_t **self_p)
{
    index_t *self = *self_p;
    *self_p = NULL;
    if (!self || atomic_fetch_sub_explicit(&self->owners, 1, memory_order_acq_rel) != 1)
        return;
    munmap(self->data, self->size);
    free(self);
}

int64_t index_opened_at(const index_t *self)
{
    return self->opened_at;
}

const index_view_t *index_view(const index_t *self)
{
    return &self->view;
}
