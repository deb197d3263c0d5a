#include "dict/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/check.h"

static const format_t *const s_formats[] = {&format_wordbook, &format_dict,   &format_stardict,
                                            &format_ecdict,   &format_cedict, &format_lemma,
                                            &format_exc};
#define FORMATS (sizeof(s_formats) / sizeof(s_formats[0]))

const format_t *format_at(size_t index)
{
    return index < FORMATS ? s_formats[index] : NULL;
}

const format_t *format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(s_formats[i]->name, name) == 0)
            return s_formats[i];
    }
    return NULL;
}

void format_names(char *out, size_t size)
{
    size_t length = 0;
    *out = '\0';
    for (size_t i = 0; i < FORMATS && length < size; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s", i ? ", " : "",
                                   s_formats[i]->name);
}

bool format_ends_with(const char *path, const char *end)
{
    size_t size = strlen(path);
    size_t end_size = strlen(end);
    return size >= end_size && strcmp(path + size - end_size, end) == 0;
}

const char *format_name(const format_t *self)
{
    return self->name;
}

const char *format_kind(const format_t *self)
{
    return self->kind ? self->kind : "words";
}

reader_t *reader_open(const format_t *format, const char *path, reader_warning_fn *warning,
                      void *arg, char **error)
{
    *error = NULL;
    reader_t *self = lex_calloc(1, sizeof(*self));
    self->format = format;
    self->warning = warning;
    self->arg = arg;
    if (format->open(self, path) != 0) {
        *error = self->error;
        self->error = NULL;
        reader_close(&self);
    }
    return self;
}

void reader_close(reader_t **self_p)
{
    reader_t *self = *self_p;
    if (!self)
        return;
    self->format->close(self);
    free(self->title);
    free(self->error);
    free(self);
    *self_p = NULL;
}

int reader_next(reader_t *self, lex_entry_t *entry)
{
    for (;;) {
        *entry = (lex_entry_t){0};
        int rc = self->format->next(self, entry);
        if (rc != 1)
            return rc;
        const char *fault = check_entry(entry);
        if (!fault) {
            check_fields(self, entry);
            return 1;
        }
        reader_skip(self, self->line, fault);
    }
}

const char *reader_error(const reader_t *self)
{
    return self->error ? self->error : "";
}

uint64_t reader_skipped(const reader_t *self)
{
    return self->skipped;
}

uint64_t reader_dropped(const reader_t *self)
{
    return self->dropped;
}

void reader_position(const reader_t *self, uint64_t *done, uint64_t *total)
{
    self->format->position(self, done, total);
}

const char *reader_title(const reader_t *self)
{
    return self->title;
}

static void s_warn(reader_t *self, uint64_t line, const char *field, const char *message)
{
    reader_warning_t warning = {
        .part = self->part, .line = line, .field = field, .message = message};
    if (self->warning)
        self->warning(self->arg, &warning);
}

void reader_skip(reader_t *self, uint64_t line, const char *message)
{
    self->skipped++;
    s_warn(self, line, NULL, message);
}

void reader_drop(reader_t *self, uint64_t line, const char *field, const char *message)
{
    self->dropped++;
    s_warn(self, line, field, message);
}

int reader_fail(reader_t *self, const char *format, ...)
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

void reader_set_title(reader_t *self, const char *title, size_t size)
{
    if (size > FORMAT_TITLE_MAX || check_is_blank(title, size) || !lex_text_is_utf8(title, size) ||
        lex_text_has_control(title, size))
        return;
    free(self->title);
    self->title = lex_strndup(title, size);
}
