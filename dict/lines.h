/* Lines of a file or a pipe, in bounded memory: a line beyond the limit is passed over without
 * being held. */

#ifndef DICT_LINES_H
#define DICT_LINES_H

#include <stddef.h>
#include <stdint.h>

typedef struct lines lines_t;

typedef enum {
    LINES_ERROR = -1, /* errno says why */
    LINES_END = 0,
    LINES_LINE = 1,
    LINES_TOO_LONG = 2 /* the line is gone; the next call gives the one behind it */
} lines_status_t;

/* `limit`: most bytes of a line, without its line feed. NULL with errno. */
lines_t *lines_open(const char *path, size_t limit);
void lines_close(lines_t **self_p);

/* The next line without its line feed (a carriage return stays). The caller may write into it;
 * valid until the next call. */
lines_status_t lines_next(lines_t *self, char **line, size_t *size);

/* Takes the carriage returns off the end of the line given last and, off the first one, a byte order
 * mark in front. */
void lines_trim(const lines_t *self, char **line, size_t *size);

/* For the lines not yet read. */
void lines_set_limit(lines_t *self, size_t limit);

/* Number, from 1, of the line that was given last. */
uint64_t lines_number(const lines_t *self);
/* Bytes read and the file's size; total is 0 for anything but a regular file. */
void lines_position(const lines_t *self, uint64_t *done, uint64_t *total);

#endif
