#include "dict/line_entry.h"

#include <errno.h>
#include <string.h>

int line_entry_next(reader_t *reader, lines_t *lines, const char *too_long, line_entry_fn *take,
                    lex_entry_t *entry)
{
    char *line;
    size_t size;
    lines_status_t status;
    while ((status = lines_next(lines, &line, &size)) > 0) {
        const char *fault = NULL;
        reader->line = lines_number(lines);
        lines_trim(lines, &line, &size);
        while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
            size--;
        if (status == LINES_TOO_LONG)
            fault = too_long;
        else if (size > 0)
            fault = take(reader, line, size, entry);
        if (!fault && entry->headword)
            return 1;
        if (fault)
            reader_skip(reader, reader->line, fault);
        *entry = (lex_entry_t){0};
    }
    return status == LINES_ERROR ? reader_fail(reader, "cannot read on: %s", strerror(errno)) : 0;
}
