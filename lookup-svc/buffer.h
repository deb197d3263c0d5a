/* A growing run of bytes for what a build keeps in memory. It may become as large as a dictionary,
 * so running out of memory is an error for the caller to report and not the end of the process. */

#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

typedef struct {
    char *data;
    size_t size;
    size_t capacity;
} buffer_t; /* {0} is an empty one */

/* Appends. 0, or -1 when there is no memory; the contents are then as before. */
int buffer_add(buffer_t *self, const void *data, size_t size);

/* Makes it longer by `size` bytes of no particular value. Same result. */
int buffer_extend(buffer_t *self, size_t size);

void buffer_close(buffer_t *self);

#endif
