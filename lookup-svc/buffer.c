#include "lookup-svc/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_START 4096u

static int s_reserve(buffer_t *self, size_t more)
{
    if (more > SIZE_MAX / 4 || self->size > SIZE_MAX / 4)
        return -1;
    size_t capacity = self->capacity ? self->capacity : BUFFER_START;
    while (capacity < self->size + more)
        capacity *= 2;
    char *data = realloc(self->data, capacity);
    if (!data)
        return -1;
    self->data = data;
    self->capacity = capacity;
    return 0;
}

int buffer_extend(buffer_t *self, size_t size)
{
    if (self->capacity - self->size < size && s_reserve(self, size) == -1)
        return -1;
    self->size += size;
    return 0;
}

int buffer_add(buffer_t *self, const void *data, size_t size)
{
    if (size == 0)
        return 0;
    if (buffer_extend(self, size) == -1)
        return -1;
    memcpy(self->data + self->size - size, data, size);
    return 0;
}

void buffer_close(buffer_t *self)
{
    free(self->data);
    *self = (buffer_t){0};
}
