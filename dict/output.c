#include "dict/output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"

typedef struct {
    FILE *stream;
    char *path;   /* under which it shall appear */
    char *beside; /* where it is written; NULL: a stream that stays what it is */
} s_file_t;

struct output {
    char *path;
    s_file_t files[OUTPUT_FILES_MAX];
    size_t count;
    char *retired;
    char *error;
};

output_t *output_new(const char *path)
{
    output_t *self = lex_calloc(1, sizeof(*self));
    self->path = path ? lex_strdup(path) : NULL;
    return self;
}

static void s_close(s_file_t *file)
{
    if (file->stream && file->stream != stdout)
        fclose(file->stream);
    if (file->beside)
        unlink(file->beside);
    free(file->beside);
    free(file->path);
}

void output_destroy(output_t **self_p)
{
    output_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->count; i++)
        s_close(&self->files[i]);
    free(self->retired);
    free(self->error);
    free(self->path);
    free(self);
    *self_p = NULL;
}

static int s_fault(output_t *self, const char *path)
{
    if (!self->error)
        self->error = lex_format("%s: %s", path, strerror(errno));
    return -1;
}

/* Opens a file beside the one that it shall become, readable as any new file. NULL with errno. */
static FILE *s_open_beside(const char *path, char **beside)
{
    *beside = lex_format("%s.XXXXXX", path);
    int fd = mkstemp(*beside);
    if (fd < 0) {
        free(*beside);
        *beside = NULL;
        return NULL;
    }
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0)
        lex_warning("export: %s: %s", *beside, strerror(errno));
    return fdopen(fd, "w");
}

FILE *output_open(output_t *self, const char *ending)
{
    if (self->count == OUTPUT_FILES_MAX) {
        errno = EMFILE;
        s_fault(self, ending);
        return NULL;
    }
    s_file_t *file = &self->files[self->count++];
    if (!self->path) {
        file->stream = stdout;
        return stdout;
    }
    struct stat status;
    char *path = lex_format("%s%s", self->path, ending);
    char *target = realpath(path, NULL);
    file->path = target ? target : lex_strdup(path);
    free(path);
    if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode))
        file->stream = fopen(target, "we");
    else
        file->stream = s_open_beside(file->path, &file->beside);
    if (!file->stream)
        s_fault(self, file->path);
    return file->stream;
}

FILE *output_scratch(output_t *self)
{
    char *path = lex_format("%s.XXXXXX", self->path ? self->path : "");
    int fd = self->path ? mkstemp(path) : -1;
    FILE *stream = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (!stream)
        s_fault(self, self->path ? self->path : "standard output");
    if (fd >= 0)
        unlink(path);
    if (fd >= 0 && !stream)
        close(fd);
    free(path);
    return stream;
}

void output_retire(output_t *self, const char *ending)
{
    free(self->retired);
    self->retired = lex_format("%s%s", self->path, ending);
}

/* What is still in a buffer counts. Only files can be brought to the disk. */
static int s_finish(output_t *self, s_file_t *file)
{
    const char *name = file->beside ? file->beside : file->path ? file->path : "standard output";
    if (fflush(file->stream) != 0 || ferror(file->stream))
        return s_fault(self, name);
    if (file->beside && fsync(fileno(file->stream)) != 0)
        return s_fault(self, name);
    if (file->stream == stdout)
        return 0;
    FILE *stream = file->stream;
    file->stream = NULL;
    return fclose(stream) == 0 ? 0 : s_fault(self, name);
}

int output_commit(output_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        if (s_finish(self, &self->files[i]) != 0)
            return -1;
    }
    if (self->retired && unlink(self->retired) != 0 && errno != ENOENT)
        return s_fault(self, self->retired);
    for (size_t i = 0; i < self->count; i++) {
        s_file_t *file = &self->files[i];
        if (file->beside && rename(file->beside, file->path) != 0)
            return s_fault(self, file->path);
        free(file->beside);
        file->beside = NULL;
    }
    return 0;
}

const char *output_error(const output_t *self)
{
    return self->error;
}
