/* A folder of its own for a test's files, and what a reader makes of a file. */

#ifndef LEXMQ_TESTS_DICT_SCRATCH_H
#define LEXMQ_TESTS_DICT_SCRATCH_H

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dict/format.h"

typedef struct {
    char folder[64];
    char path[192]; /* of the file written last */
} scratch_t;

static inline void scratch_open(scratch_t *self)
{
    snprintf(self->folder, sizeof self->folder, "/tmp/lexmq-dict-test-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
}

static inline int scratch_unlink(const char *path, const struct stat *status, int kind,
                                 struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static inline void scratch_close(scratch_t *self)
{
    nftw(self->folder, scratch_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch_path(scratch_t *self, const char *name)
{
    snprintf(self->path, sizeof self->path, "%s/%.100s", self->folder, name);
    return self->path;
}

/* Writes a file; returns its path, which the next call changes. */
static inline const char *scratch_write(scratch_t *self, const char *name, const void *data,
                                        size_t size)
{
    FILE *file = fopen(scratch_path(self, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return self->path;
}

#define WARNINGS_KEPT 64

/* The entries of a file as "headword=text" lines joined by '|', and its warnings. */
typedef struct {
    char entries[8192];
    size_t size;
    uint64_t count;
    uint64_t skipped;
    uint64_t dropped;
    uint64_t lines[WARNINGS_KEPT];
    char messages[WARNINGS_KEPT][80]; /* "why", or "field: why" */
    const char *parts[WARNINGS_KEPT];
    size_t warnings;
    char title[FORMAT_TITLE_MAX + 1];
    char error[512]; /* empty: the file was read to its end */
} reading_t;

static inline void reading_warn(void *arg, const reader_warning_t *warning)
{
    reading_t *self = arg;
    if (self->warnings < WARNINGS_KEPT) {
        self->lines[self->warnings] = warning->line;
        self->parts[self->warnings] = warning->part;
        snprintf(self->messages[self->warnings], sizeof self->messages[0], "%s%s%s",
                 warning->field ? warning->field : "", warning->field ? ": " : "",
                 warning->message);
    }
    self->warnings++;
}

static inline void reading_add(reading_t *self, const lex_entry_t *entry)
{
    self->count++;
    if (self->size + entry->headword_size + entry->text_size + 3 > sizeof self->entries)
        return;
    self->size += (size_t)sprintf(self->entries + self->size, "%s%.*s=%.*s", self->size ? "|" : "",
                                  (int)entry->headword_size, entry->headword, (int)entry->text_size,
                                  entry->text);
}

/* 0, or -1 when the file is refused or breaks off. */
static inline int reading_run(reading_t *self, const format_t *format, const char *path)
{
    memset(self, 0, sizeof *self);
    char *error;
    lex_entry_t entry;
    reader_t *reader = reader_open(format, path, reading_warn, self, &error);
    if (!reader) {
        snprintf(self->error, sizeof self->error, "%s", error);
        free(error);
        return -1;
    }
    int rc;
    while ((rc = reader_next(reader, &entry)) == 1)
        reading_add(self, &entry);
    if (rc < 0)
        snprintf(self->error, sizeof self->error, "%s", reader_error(reader));
    self->skipped = reader_skipped(reader);
    self->dropped = reader_dropped(reader);
    if (reader_title(reader))
        snprintf(self->title, sizeof self->title, "%s", reader_title(reader));
    reader_close(&reader);
    return rc;
}

#endif
