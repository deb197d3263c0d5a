/* Readers of dictionary files: one interface, one source file per format.
 *
 * A reader gives the entries of a file one after another, in the file's order, each checked
 * (dict/check.h): headword, text and fields are UTF-8 within their bounds. An entry that fails is
 * reported with its line number, counted and passed over; a field that fails is reported, counted
 * and left out, and its entry stays. Nothing in a file is trusted: neither a count nor an order nor
 * the presence of a line end. */

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
#define FORMAT_FIELD_MAX    1000 /* bytes of phonetic, reading, pos and tags; others: LEX_FIELD_MAX */

typedef struct format format_t;
typedef struct reader reader_t;

/* What is wrong with a line. */
typedef struct {
    const char *part;  /* the file, where a dictionary has several; else NULL */
    uint64_t line;     /* from 1 */
    const char *field; /* lex_text_field_name…: this is left out; NULL: the line is passed over */
    const char *message; /* few in all, because they make up a summary; valid during the call */
} reader_warning_t;

typedef void(reader_warning_fn)(void *arg, const reader_warning_t *warning);

/* NULL for a name that is none. */
const format_t *format_find(const char *name);
/* By the file's name or, where that does not say, by how the file starts (dict/guess.c). What
 * nobody claims is a word book. Never NULL. */
const format_t *format_guess(const char *path);
const char *format_name(const format_t *self);
/* "words", or "lemmas" for a table of inflected forms (sql/dict/). */
const char *format_kind(const format_t *self);
/* The formats in their order, NULL behind the last. */
const format_t *format_at(size_t index);
/* Their names for people: "wordbook, dict, …". */
void format_names(char *out, size_t size);

/* NULL when the file cannot be used; *error then says why. Caller owns *error and must free it when
 * done. */
reader_t *reader_open(const format_t *format, const char *path, reader_warning_fn *warning,
                      void *arg, char **error);
void reader_close(reader_t **self_p);

/* 1 and an entry, whose strings are valid until the next call; 0 at the end; -1 when the file cannot be read on, reader_error then says why. */
int reader_next(reader_t *self, lex_entry_t *entry);
const char *reader_error(const reader_t *self);

/* Lines passed over, and fields left out, so far. */
uint64_t reader_skipped(const reader_t *self);
uint64_t reader_dropped(const reader_t *self);
/* Bytes read and bytes in all; total is 0 when it cannot be known (a pipe). */
void reader_position(const reader_t *self, uint64_t *done, uint64_t *total);
/* What the file calls itself, at most FORMAT_TITLE_MAX bytes of UTF-8, or NULL. Lives as long as
 * the reader. */
const char *reader_title(const reader_t *self);

/* ---- for the formats ---- */

struct format {
    const char *name;
    const char *kind;                                /* NULL: "words" */
    bool (*claims_name)(const char *path);           /* NULL: never */
    bool (*claims_start)(const char *, size_t size); /* the first lines of a file; NULL: never */
    int (*open)(reader_t *reader, const char *path); /* sets reader->impl; 0, or reader_fail() */
    int (*next)(
        reader_t *reader,
        lex_entry_t *entry); /* as reader_next, but need not check the entry, which comes zeroed */
    void (*position)(const reader_t *reader, uint64_t *done, uint64_t *total);
    void (*close)(reader_t *reader); /* also after an open that failed; impl may be NULL */
};

struct reader {
    const format_t *format;
    void *impl;
    const char *part; /* of several files, the one that `line` is in; NULL: there is one */
    uint64_t line;    /* of the entry that `next` just gave */
    uint64_t skipped;
    uint64_t dropped;
    char *title;
    char *error;
    reader_warning_fn *warning;
    void *arg;
};

/* Reports and counts a line that is passed over. */
void reader_skip(reader_t *self, uint64_t line, const char *message);
/* Reports and counts a field (lex_text_field_name…) that is left out, the whole or a piece. */
void reader_drop(reader_t *self, uint64_t line, const char *field, const char *message);
/* Remembers why the file cannot be used; returns -1. */
int reader_fail(reader_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sets the title, unless it is blank, too long or no text. */
void reader_set_title(reader_t *self, const char *title, size_t size);

/* True when `path` ends like that. */
bool format_ends_with(const char *path, const char *end);

extern const format_t format_wordbook;
extern const format_t format_dict;
extern const format_t format_ecdict;
extern const format_t format_cedict;
extern const format_t format_lemma;
extern const format_t format_exc;
extern const format_t format_stardict;

#endif
