#include "dict/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

static const format_t *const s_formats[] = {&format_wordbook, &format_dict};

const format_t *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(s_formats) / sizeof(s_formats[0]); i++) {
        if (strcmp(s_formats[i]->name, name) == 0)
            return s_formats[i];
    }
    return NULL;
}

static bool s_ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);
    size_t end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

const format_t *format_guess(const char *path)
{
    if (s_ends_with(path, ".index") || s_ends_with(path, ".dict") || s_ends_with(path, ".dz"))
        return &format_dict;
    return &format_wordbook;
}

const char *format_name(const format_t *self)
{
    return self->name;
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

static bool s_is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!strchr(" \t\r\n\v\f", text[i]) || text[i] == '\0')
            return false;
    }
    return true;
}

/* What is wrong with an entry, or NULL. */
static const char *s_entry_fault(const lex_entry_t *entry)
{
    if (s_is_blank(entry->headword, entry->headword_size))
        return "no headword";
    if (entry->headword_size > FORMAT_HEADWORD_MAX)
        return "the headword is longer than 255 bytes";
    if (!lex_text_is_utf8(entry->headword, entry->headword_size))
        return "the headword is not UTF-8";
    if (lex_text_has_control(entry->headword, entry->headword_size))
        return "the headword has a control character";
    if (s_is_blank(entry->text, entry->text_size))
        return "no explanation";
    if (entry->text_size > FORMAT_TEXT_MAX)
        return "the text is longer than 8 MiB";
    if (!lex_text_is_utf8(entry->text, entry->text_size))
        return "the text is not UTF-8";
    return NULL;
}

int reader_next(reader_t *self, lex_entry_t *entry)
{
    for (;;) {
        int rc = self->format->next(self, entry);
        if (rc != 1)
            return rc;
        const char *fault = s_entry_fault(entry);
        if (!fault)
            return 1;
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

void reader_position(const reader_t *self, uint64_t *done, uint64_t *total)
{
    self->format->position(self, done, total);
}

const char *reader_title(const reader_t *self)
{
    return self->title;
}

void reader_skip(reader_t *self, uint64_t line, const char *message)
{
    self->skipped++;
    if (self->warning)
        self->warning(self->arg, line, message);
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
