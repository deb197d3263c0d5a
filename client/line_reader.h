/* Lines of a file descriptor, of bounded length, and knowing whether the next one is there already.
 */

#ifndef LINE_READER_H
#define LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct line_reader line_reader_t;

/* `fd` is not owned. Never NULL. */
line_reader_t *line_reader_new(int fd);
void line_reader_destroy(line_reader_t **self_p);

typedef enum {
    LINE_READ,
    LINE_TOO_LONG, /* longer than `max`, or with a NUL inside: skipped to its end */
    LINE_END       /* the end of input, or it cannot be read */
} line_result_t;

/* The next line without its end (LF or CR LF), NUL-terminated; `out` holds max + 1 bytes. A last
 * line without an end counts. */
line_result_t line_reader_next(line_reader_t *self, char *out, size_t max);

/* True when line_reader_next would return at once. */
bool line_reader_is_ready(line_reader_t *self);

#endif
