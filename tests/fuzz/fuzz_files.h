/* Files that an input becomes. Their folder is in $TMPDIR, which tests/fuzz/run.py makes and removes. */

#ifndef LEXMQ_TESTS_FUZZ_FILES_H
#define LEXMQ_TESTS_FUZZ_FILES_H

#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

#define FUZZ_FILES_MAX 8

typedef struct {
    char folder[128];
    char paths[FUZZ_FILES_MAX][192];
    size_t count;
} fuzz_files_t;

static inline void fuzz_files_open(fuzz_files_t *self)
{
    const char *folder = getenv("TMPDIR");
    self->count = 0;
    snprintf(self->folder, sizeof self->folder, "%.64s/fuzz-%d", folder ? folder : "/tmp",
             (int)getpid());
    mkdir(self->folder, 0700);
}

/* Writes a file that only we may read; returns its path. */
static inline const char *fuzz_files_add(fuzz_files_t *self, const char *name, const void *data,
                                         size_t size)
{
    char *path = self->paths[self->count++];
    snprintf(path, sizeof self->paths[0], "%s/%.56s", self->folder, name);
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file && fwrite(data, 1, size, file) == size);
    FUZZ_CHECK(fclose(file) == 0 && chmod(path, 0600) == 0);
    return path;
}

static inline void fuzz_files_close(fuzz_files_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        unlink(self->paths[i]);
    rmdir(self->folder);
}

#endif
