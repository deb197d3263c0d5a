/* Open addressing with linear steps, at most half full. Keys are never removed one by one: the
 * table is made anew without the expired ones when it is full, and larger only when that does not
 * help. */

#include "common/revoked.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define FIRST_SLOTS 64

typedef struct {
    unsigned char key[LEX_REVOKED_KEY];
    int64_t before;
    int64_t expires;
    bool taken;
} s_slot_t;

struct lex_revoked {
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    s_slot_t *slots;
    size_t size; /* slots, a power of two */
    size_t count;
};

lex_revoked_t *lex_revoked_new(void)
{
    lex_revoked_t *self = lex_calloc(1, sizeof *self);

    crypto_shorthash_keygen(self->hash_key);
    self->size = FIRST_SLOTS;
    self->slots = lex_calloc(self->size, sizeof *self->slots);
    return self;
}

void lex_revoked_destroy(lex_revoked_t **self_p)
{
    lex_revoked_t *self = *self_p;

    if (self) {
        free(self->slots);
        free(self);
        *self_p = NULL;
    }
}

/* The slot of a key: its own, or the free one where it would go. */
static s_slot_t *s_slot(const lex_revoked_t *self, const unsigned char *key)
{
    uint64_t hash;

    crypto_shorthash((unsigned char *)&hash, key, LEX_REVOKED_KEY, self->hash_key);
    size_t index = hash & (self->size - 1);
    while (self->slots[index].taken && memcmp(self->slots[index].key, key, LEX_REVOKED_KEY) != 0)
        index = (index + 1) & (self->size - 1);
    return &self->slots[index];
}

/* Makes room: drops what expired, and doubles the table when more than half of the keys are still
 * needed, so that the next time is far away either way. */
static void s_renew(lex_revoked_t *self, int64_t now)
{
    s_slot_t *old = self->slots;
    size_t old_size = self->size, live = 0;

    for (size_t i = 0; i < old_size; i++) {
        if (old[i].taken && old[i].expires <= now)
            old[i].taken = false;
        live += old[i].taken;
    }
    if (live > old_size / 4)
        self->size = old_size * 2;
    self->slots = lex_calloc(self->size, sizeof *self->slots);
    self->count = live;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].taken)
            *s_slot(self, old[i].key) = old[i];
    free(old);
}

void lex_revoked_add(lex_revoked_t *self, const unsigned char key[LEX_REVOKED_KEY], int64_t before,
                     int64_t expires, int64_t now)
{
    s_slot_t *slot = s_slot(self, key);

    if (!slot->taken) {
        if (self->count >= self->size / 2) {
            s_renew(self, now);
            slot = s_slot(self, key);
        }
        memcpy(slot->key, key, LEX_REVOKED_KEY);
        slot->before = before;
        slot->expires = expires;
        slot->taken = true;
        self->count++;
        return;
    }
    if (before > slot->before)
        slot->before = before;
    if (expires > slot->expires)
        slot->expires = expires;
}

bool lex_revoked_has(const lex_revoked_t *self, const unsigned char key[LEX_REVOKED_KEY],
                     int64_t issued)
{
    const s_slot_t *slot = s_slot(self, key);

    return slot->taken && issued < slot->before;
}

size_t lex_revoked_count(const lex_revoked_t *self)
{
    return self->count;
}
