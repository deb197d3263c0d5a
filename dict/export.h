/* Writing a dictionary that is shown to files of any format that has an exporter (dict/exporter.h). */

#ifndef DICT_EXPORT_H
#define DICT_EXPORT_H

#include <stdint.h>

#include "common/db.h"
#include "dict/exporter.h"

typedef struct {
    const char *name; /* of the dictionary */
    const char *path; /* of the file, or the stem of several; NULL: standard output */
    const exporter_format_t *format;
} export_request_t;

/* 0 and the number of entries, or -1 and a logged reason. Files appear under their names when all are whole. */
int export_run(lex_db_t *db, const export_request_t *request, uint64_t *entries);

#endif
