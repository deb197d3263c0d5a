#include "dict/text_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define TEXT_BUFFER_LEAST 4096

void text_buffer_reserve(text_buffer_t *self, size_t more)
{
    size_t need = self->size + more;
    if (self->capacity >= need && self->data)
        return;
    self->capacity = need < TEXT_BUFFER_LEAST / 2 ? TEXT_BUFFER_LEAST : 2 * need;
    self->data = lex_realloc(self->data, self->capacity);
}

void text_buffer_add(text_buffer_t *self, const void *data, size_t size)
{
    text_buffer_reserve(self, size);
    if (size > 0)
        memcpy(self->data + self->size, data, size);
    self->size += size;
}

void text_buffer_free(text_buffer_t *self)
{
    free(self->data);
    *self = (text_buffer_t){0};
}
