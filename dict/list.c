#include "dict/list.h"

#include <inttypes.h>

#include "common/log.h"

static int s_print(void *arg, const lex_row_t *row)
{
    fprintf(arg, "%8" PRIu64 "  %-20s %-6s %8" PRIu64 " %10" PRIu64 " %12" PRIu64 "  %s\n",
            lex_row_uint(row, 0), lex_row_bytes(row, 1, NULL), lex_row_bytes(row, 2, NULL),
            lex_row_uint(row, 3), lex_row_uint(row, 4), lex_row_uint(row, 5),
            lex_row_bytes(row, 6, NULL));
    return 0;
}

int list_run(lex_db_t *db, FILE *out)
{
    fprintf(out, "%8s  %-20s %-6s %8s %10s %12s  %s\n", "POSITION", "NAME", "KIND", "VERSION",
            "ENTRIES", "BYTES", "TITLE");
    if (lex_db_run(db,
                   "SELECT position, name, kind, version, entries, text_bytes, title FROM active "
                   "ORDER BY position, name",
                   NULL, 0, s_print, out) != LEX_DB_OK) {
        lex_error("list: the database: %s", lex_db_error(db));
        return -1;
    }
    return 0;
}
