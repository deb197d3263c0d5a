/* Importing a file as a new version of a dictionary.
 *
 *   lock - sweep leftovers - new version 'loading' - batches of rows - switch, in one transaction -
 * sweep the old one - unlock
 *
 * Until the switch readers see the old version, after it the new one. Whatever ends the import
 * before the switch - a fault, a signal, kill -9, the server going away - leaves the old version in
 * place and rows that nobody sees, which the import itself, or else the next one of that name,
 * deletes. */

#ifndef DICT_IMPORT_H
#define DICT_IMPORT_H

#include <stdint.h>

#include "common/db.h"
#include "dict/format.h"
#include "dict/progress.h"
#include "dict/report.h"

typedef struct {
    const char *path;
    const char *name; /* of the dictionary */
    const format_t *format;
    const char *
        title; /* NULL: a new dictionary gets the file's own or its name, another keeps its title */
    int64_t position; /* -1: a new dictionary comes last, another stays where it is */
} import_request_t;

typedef struct {
    uint32_t version; /* 0: nothing was imported, the file was only read */
    uint64_t entries;
    uint64_t with_fields; /* of them */
    uint64_t skipped;     /* lines passed over */
    uint64_t dropped;     /* fields left out */
    uint64_t text_bytes;
    int64_t elapsed_ms;
    char title[FORMAT_TITLE_MAX + 1]; /* that a new dictionary gets */
} import_result_t;

/* Reads and checks the whole file and imports it; with `db` NULL that is all, and nothing is
 * changed anywhere. 0 and the result; -1 when nothing was imported, the reason is logged.
 * `progress` and `report` are the caller's. */
int import_run(lex_db_t *db, const import_request_t *request, progress_t *progress,
               report_t *report, import_result_t *result);

#endif
