/* Writers of dictionary files: one interface, one source file per format, as the readers have it (dict/format.h).
 *
 * An exporter takes the entries of a dictionary in their order and, at the end, shows files that import to the same
 * entries, as far as the format can carry them. Exporting the same entries gives the same bytes. Memory is that of the
 * headwords at most; texts are streamed. */

#ifndef DICT_EXPORTER_H
#define DICT_EXPORTER_H

#include <stdbool.h>

#include "common/entry.h"
#include "dict/output.h"

#define EXPORTER_ENDINGS_MAX 6

typedef struct exporter_format exporter_format_t;
typedef struct exporter exporter_t;

/* "wordbook", "ecdict", "dict" or "stardict"; NULL for any other name. */
const exporter_format_t *exporter_find(const char *name);
/* By the file's name: .csv is "ecdict", .index, .dict and .dz are "dict", .ifo, .idx and .syn are "stardict". Anything
 * else, and no name at all, is a word book. Never NULL. */
const exporter_format_t *exporter_guess(const char *path);
/* True when the format has several files, whose names begin alike: it cannot go to standard output. */
bool exporter_needs_stem(const exporter_format_t *self);

/* `path`: of the file, NULL for standard output; for several files their stem, or the name of one of them. `title`: what
 * the dictionary is called for people. NULL and why in *error (the caller's to free). */
exporter_t *exporter_open(const exporter_format_t *format, const char *path, const char *title,
                          char **error);
/* Removes what was not committed. */
void exporter_close(exporter_t **self_p);

/* 0; -1 when it cannot be written, exporter_error then says why. */
int exporter_add(exporter_t *self, const lex_entry_t *entry);
/* Writes the rest and shows the files. As above. */
int exporter_commit(exporter_t *self);
const char *exporter_error(const exporter_t *self);

/* ---- for the formats ---- */

struct exporter_format {
    const char *name;
    const char *endings[EXPORTER_ENDINGS_MAX]; /* of names that mean this format */
    bool stem;
    /* Each returns 0, or -1 after output_open or the like has failed or with exporter_fail. */
    int (*open)(exporter_t *exporter); /* sets exporter->impl */
    int (*add)(exporter_t *exporter, const lex_entry_t *entry);
    int (*finish)(exporter_t *exporter); /* before the files are shown */
    void (*close)(exporter_t *exporter); /* also after an open that failed; impl may be NULL */
};

struct exporter {
    const exporter_format_t *format;
    output_t *output;
    char *title;
    char *error;
    void *impl;
};

/* Remembers why the export cannot go on; returns -1. */
int exporter_fail(exporter_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes bytes to a stream of the output; 0 or -1. */
int exporter_write(exporter_t *self, FILE *stream, const void *data, size_t size);

extern const exporter_format_t exporter_wordbook;
extern const exporter_format_t exporter_ecdict;
extern const exporter_format_t exporter_dict;
extern const exporter_format_t exporter_stardict;

#endif
