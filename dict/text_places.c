#include "dict/text_places.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define HASH_SIZE   crypto_generichash_BYTES_MIN
#define SLOTS_LEAST 1024 /* always a power of two, at least half of them empty */

typedef struct {
    unsigned char hash[HASH_SIZE];
    uint64_t place; /* offset + 1; 0: the slot is empty */
} s_slot_t;

struct text_places {
    s_slot_t *slots;
    size_t size;
    size_t count;
};

text_places_t *text_places_new(void)
{
    text_places_t *self = lex_calloc(1, sizeof(*self));
    self->size = SLOTS_LEAST;
    self->slots = lex_calloc(self->size, sizeof(*self->slots));
    return self;
}

void text_places_destroy(text_places_t **self_p)
{
    text_places_t *self = *self_p;
    if (!self)
        return;
    free(self->slots);
    free(self);
    *self_p = NULL;
}

/* The slot that has the hash, or the empty one where it belongs. */
static s_slot_t *s_slot(const text_places_t *self, const unsigned char *hash)
{
    size_t at;
    memcpy(&at, hash, sizeof(at));
    for (;; at++) {
        s_slot_t *slot = &self->slots[at & (self->size - 1)];
        if (slot->place == 0 || memcmp(slot->hash, hash, HASH_SIZE) == 0)
            return slot;
    }
}

static void s_grow(text_places_t *self)
{
    text_places_t larger = {.size = 2 * self->size};
    larger.slots = lex_calloc(larger.size, sizeof(*larger.slots));
    for (size_t i = 0; i < self->size; i++) {
        if (self->slots[i].place != 0)
            *s_slot(&larger, self->slots[i].hash) = self->slots[i];
    }
    free(self->slots);
    self->slots = larger.slots;
    self->size = larger.size;
}

bool text_places_know(text_places_t *self, const void *text, size_t size, uint64_t *offset)
{
    unsigned char hash[HASH_SIZE];
    crypto_generichash(hash, sizeof(hash), text, size, NULL, 0);
    s_slot_t *slot = s_slot(self, hash);
    if (slot->place != 0) {
        *offset = slot->place - 1;
        return true;
    }
    memcpy(slot->hash, hash, sizeof(hash));
    slot->place = *offset + 1;
    if (++self->count > self->size / 2)
        s_grow(self);
    return false;
}
