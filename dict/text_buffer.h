/* Bytes that grow. Starts zeroed and is reused; whoever owns it frees it. */

#ifndef DICT_TEXT_BUFFER_H
#define DICT_TEXT_BUFFER_H

#include <stddef.h>

typedef struct {
    char *data;
    size_t size;
    size_t capacity;
} text_buffer_t;

/* Makes room for `more` bytes behind what is there. */
void text_buffer_reserve(text_buffer_t *self, size_t more);
void text_buffer_add(text_buffer_t *self, const void *data, size_t size);
/* Frees the bytes; the buffer is empty then and can be used again. */
void text_buffer_free(text_buffer_t *self);

#endif
