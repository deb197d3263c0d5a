/* Writing a dictionary out as a marked word book (dict/wordbook_line.h), which imports to the same
 * entries. */

#ifndef DICT_EXPORT_H
#define DICT_EXPORT_H

#include <stdint.h>

#include "common/db.h"

/* `path`: the file appears under its name when it is whole, unless the name is that of a pipe or a
 * device; NULL: standard output. 0 and the number of entries, or -1 and a logged reason. */
int export_run(lex_db_t *db, const char *name, const char *path, uint64_t *entries);

#endif
