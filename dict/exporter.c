#include "dict/exporter.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

static const exporter_format_t *const s_formats[] = {&exporter_wordbook, &exporter_ecdict,
                                                     &exporter_dict, &exporter_stardict};
#define FORMATS (sizeof(s_formats) / sizeof(s_formats[0]))

const exporter_format_t *exporter_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(s_formats[i]->name, name) == 0)
            return s_formats[i];
    }
    return NULL;
}

/* The size of a path without the ending that the format knows it by; the whole size when it has none. */
static size_t s_stem_size(const exporter_format_t *format, const char *path)
{
    size_t size = strlen(path);
    for (size_t i = 0; i < EXPORTER_ENDINGS_MAX && format->endings[i]; i++) {
        size_t end = strlen(format->endings[i]);
        if (size > end && strcmp(path + size - end, format->endings[i]) == 0)
            return size - end;
    }
    return size;
}

const exporter_format_t *exporter_guess(const char *path)
{
    for (size_t i = 0; path && i < FORMATS; i++) {
        if (s_stem_size(s_formats[i], path) < strlen(path))
            return s_formats[i];
    }
    return &exporter_wordbook;
}

bool exporter_needs_stem(const exporter_format_t *self)
{
    return self->stem;
}

exporter_t *exporter_open(const exporter_format_t *format, const char *path, const char *title,
                          char **error)
{
    *error = NULL;
    exporter_t *self = lex_calloc(1, sizeof(*self));
    self->format = format;
    self->title = lex_strdup(title);
    char *stem = format->stem && path ? lex_strndup(path, s_stem_size(format, path)) : NULL;
    self->output = output_new(stem ? stem : path);
    free(stem);
    int rc = format->stem && !path ? exporter_fail(self, "%s has several files", format->name)
                                   : format->open(self);
    if (rc != 0) {
        *error = lex_strdup(exporter_error(self));
        exporter_close(&self);
    }
    return self;
}

void exporter_close(exporter_t **self_p)
{
    exporter_t *self = *self_p;
    if (!self)
        return;
    self->format->close(self);
    output_destroy(&self->output);
    free(self->title);
    free(self->error);
    free(self);
    *self_p = NULL;
}

int exporter_add(exporter_t *self, const lex_entry_t *entry)
{
    return self->format->add(self, entry);
}

int exporter_commit(exporter_t *self)
{
    if (self->format->finish(self) != 0)
        return -1;
    return output_commit(self->output);
}

const char *exporter_error(const exporter_t *self)
{
    const char *error = self->error ? self->error : output_error(self->output);
    return error ? error : "";
}

int exporter_fail(exporter_t *self, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    free(self->error);
    self->error = lex_strdup(message);
    return -1;
}

int exporter_write(exporter_t *self, FILE *stream, const void *data, size_t size)
{
    if (fwrite(data, 1, size, stream) == size)
        return 0;
    return exporter_fail(self, "cannot write: %s", strerror(errno));
}
