#include "lookup-svc/text_set.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define TEXT_SET_START 1024u
#define FREE           UINT64_MAX /* an offset that no text has */

typedef struct {
    uint64_t hash[2];
    uint64_t offset;
} s_text_t;

struct text_set {
    s_text_t *slots;
    size_t capacity; /* a power of two */
    size_t count;
};

static s_text_t *s_new_slots(size_t capacity)
{
    s_text_t *slots = malloc(capacity * sizeof *slots);
    if (slots)
        memset(slots, 0xFF, capacity * sizeof *slots); /* FREE everywhere */
    return slots;
}

text_set_t *text_set_new(void)
{
    return lex_calloc(1, sizeof(text_set_t));
}

void text_set_destroy(text_set_t **self_p)
{
    if (!*self_p)
        return;
    free((*self_p)->slots);
    free(*self_p);
    *self_p = NULL;
}

static s_text_t *s_find(s_text_t *slots, size_t capacity, const uint64_t hash[2])
{
    size_t slot = hash[0] & (capacity - 1);
    while (slots[slot].offset != FREE &&
           (slots[slot].hash[0] != hash[0] || slots[slot].hash[1] != hash[1]))
        slot = (slot + 1) & (capacity - 1);
    return slots + slot;
}

static int s_grow(text_set_t *self)
{
    size_t capacity = self->capacity ? self->capacity * 2 : TEXT_SET_START;
    s_text_t *slots = s_new_slots(capacity);
    if (!slots)
        return -1;
    for (size_t i = 0; i < self->capacity; i++)
        if (self->slots[i].offset != FREE)
            *s_find(slots, capacity, self->slots[i].hash) = self->slots[i];
    free(self->slots);
    self->slots = slots;
    self->capacity = capacity;
    return 0;
}

int text_set_add(text_set_t *self, const void *text, size_t size, uint64_t *offset)
{
    bool full = self->count == TEXT_SET_MAX;
    if (!full && self->count >= self->capacity / 2 && s_grow(self) == -1)
        return -1;
    uint64_t hash[2];
    crypto_generichash((unsigned char *)hash, sizeof hash, text, size, NULL, 0);
    s_text_t *slot = s_find(self->slots, self->capacity, hash);
    if (slot->offset != FREE) {
        *offset = slot->offset;
        return 1;
    }
    if (full)
        return 0;
    *slot = (s_text_t){.hash = {hash[0], hash[1]}, .offset = *offset};
    self->count++;
    return 0;
}
