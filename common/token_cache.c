/* A table of sets, as in the cache of a processor: a token can stand in one of the places of one
 * set, and takes the place that was not used for longest. No lists to keep, no rehashing, and the
 * bound is the table itself. */

#include "common/token_cache.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/token_layout.h"

#define WAYS 8
#define SETS (LEX_TOKEN_CACHE_MAX / WAYS)

typedef struct {
    uint64_t used; /* tick of the last use */
    size_t size;
    unsigned char token[];
} s_entry_t;

struct lex_token_cache {
    unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t tick;
    s_entry_t *entry[SETS][WAYS];
};

lex_token_cache_t *lex_token_cache_new(void)
{
    lex_token_cache_t *self = lex_calloc(1, sizeof *self);

    crypto_shorthash_keygen(self->key);
    return self;
}

void lex_token_cache_destroy(lex_token_cache_t **self_p)
{
    lex_token_cache_t *self = *self_p;

    if (self) {
        for (size_t set = 0; set < SETS; set++)
            for (size_t way = 0; way < WAYS; way++)
                free(self->entry[set][way]);
        free(self);
        *self_p = NULL;
    }
}

/* The signature alone chooses the set: it is as different between tokens as anything can be. The
 * hash is keyed, so nobody can gather sessions that share a set. */
static s_entry_t **s_set(lex_token_cache_t *self, const unsigned char *token, size_t size)
{
    uint64_t hash;

    crypto_shorthash((unsigned char *)&hash, token + size - LEX_TOKEN_SIGNATURE,
                     LEX_TOKEN_SIGNATURE, self->key);
    return self->entry[hash % SETS];
}

/* A token is as good as a password while it lasts: its bytes are compared in constant time. */
static s_entry_t *s_find(s_entry_t **set, const unsigned char *token, size_t size)
{
    for (size_t way = 0; way < WAYS; way++)
        if (set[way] && set[way]->size == size && sodium_memcmp(set[way]->token, token, size) == 0)
            return set[way];
    return NULL;
}

bool lex_token_cache_has(lex_token_cache_t *self, const unsigned char *token, size_t size)
{
    s_entry_t *entry = s_find(s_set(self, token, size), token, size);

    if (entry)
        entry->used = ++self->tick;
    return entry != NULL;
}

void lex_token_cache_add(lex_token_cache_t *self, const unsigned char *token, size_t size)
{
    s_entry_t **set = s_set(self, token, size);
    size_t oldest = 0;

    if (s_find(set, token, size))
        return;
    for (size_t way = 0; way < WAYS && set[oldest]; way++)
        if (!set[way] || set[way]->used < set[oldest]->used)
            oldest = way;
    free(set[oldest]);
    set[oldest] = lex_malloc(sizeof(s_entry_t) + size);
    set[oldest]->used = ++self->tick;
    set[oldest]->size = size;
    memcpy(set[oldest]->token, token, size);
}
