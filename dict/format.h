/* Readers of dictionary files: one interface, one source file per format.
 *
 * A reader gives the entries of a file one after another, in the file's order, each checked: the
 * headword is 1 to FORMAT_HEADWORD_MAX bytes of UTF-8 without control characters and not all blank,
 * the text 1 to FORMAT_TEXT_MAX bytes of UTF-8 and not all blank. What fails is reported with its
 * line number, counted and passed over. Nothing in a file is trusted: neither a count nor an order
 * nor the presence of a line end. */

#ifndef DICT_FORMAT_H
#define DICT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"
#include "common/text.h"

#define FORMAT_HEADWORD_MAX LEX_WORD_MAX
#define FORMAT_TEXT_MAX     ((size_t)8 << 20)
#define FORMAT_TITLE_MAX    255 /* bytes */

typedef struct format format_t;
typedef struct reader reader_t;

/* Told of a line (from 1) that is passed over. */
typedef void(reader_warning_fn)(void *arg, uint64_t line, const char *message);

/* "wordbook" or "dict"; NULL for any other name. */
const format_t *format_find(const char *name);
/* By the file's name: .index, .dict and .dz are "dict", anything else is a word book. Never NULL.
 */
const format_t *format_guess(const char *path);
const char *format_name(const format_t *self);

/* NULL when the file cannot be used; *error then says why. Caller owns *error and must free it when
 * done. */
reader_t *reader_open(const format_t *format, const char *path, reader_warning_fn *warning,
                      void *arg, char **error);
void reader_close(reader_t **self_p);

/* 1 and an entry, whose strings are valid until the next call; 0 at the end; -1 when the file cannot be read on, reader_error then says why. */
int reader_next(reader_t *self, lex_entry_t *entry);
const char *reader_error(const reader_t *self);

/* Lines passed over so far. */
uint64_t reader_skipped(const reader_t *self);
/* Bytes read and bytes in all; total is 0 when it cannot be known (a pipe). */
void reader_position(const reader_t *self, uint64_t *done, uint64_t *total);
/* What the file calls itself, at most FORMAT_TITLE_MAX bytes of UTF-8, or NULL. Lives as long as
 * the reader. */
const char *reader_title(const reader_t *self);

/* ---- for the formats ---- */

struct format {
    const char *name;
    int (*open)(reader_t *reader, const char *path); /* sets reader->impl; 0, or reader_fail() */
    int (*next)(reader_t *reader,
                lex_entry_t *entry); /* as reader_next, but need not check the entry */
    void (*position)(const reader_t *reader, uint64_t *done, uint64_t *total);
    void (*close)(reader_t *reader); /* also after an open that failed; impl may be NULL */
};

struct reader {
    const format_t *format;
    void *impl;
    uint64_t line; /* of the entry that `next` just gave */
    uint64_t skipped;
    char *title;
    char *error;
    reader_warning_fn *warning;
    void *arg;
};

/* Reports and counts a line that is passed over. */
void reader_skip(reader_t *self, uint64_t line, const char *message);
/* Remembers why the file cannot be used; returns -1. */
int reader_fail(reader_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const format_t format_wordbook;
extern const format_t format_dict;

#endif
