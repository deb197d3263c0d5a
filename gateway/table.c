#include "gateway/table.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/random.h"

#define BUCKETS_MIN 64 /* a power of two, as every later size */

struct table {
    unsigned char key[crypto_shorthash_KEYBYTES];
    table_entry_t **buckets;
    size_t bucket_count;
    size_t count;
};

table_t *table_new(void)
{
    table_t *self = lex_calloc(1, sizeof *self);
    lex_random_bytes(self->key, sizeof self->key);
    self->bucket_count = BUCKETS_MIN;
    self->buckets = lex_calloc(self->bucket_count, sizeof *self->buckets);
    return self;
}

void table_destroy(table_t **self_p)
{
    table_t *self = *self_p;
    if (self) {
        free(self->buckets);
        free(self);
        *self_p = NULL;
    }
}

static uint64_t s_hash(const table_t *self, const void *key, size_t size)
{
    uint64_t hash;
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "SipHash-2-4 gives 64 bits");
    crypto_shorthash((unsigned char *)&hash, key, size, self->key);
    return hash;
}

static table_entry_t **s_bucket(const table_t *self, uint64_t hash)
{
    return &self->buckets[hash & (self->bucket_count - 1)];
}

static table_entry_t *s_find(const table_t *self, uint64_t hash, const void *key, size_t size)
{
    table_entry_t *entry = *s_bucket(self, hash);
    while (entry &&
           (entry->hash != hash || entry->size != size || memcmp(entry->key, key, size) != 0))
        entry = entry->next;
    return entry;
}

table_entry_t *table_find(const table_t *self, const void *key, size_t size)
{
    return s_find(self, s_hash(self, key, size), key, size);
}

/* Twice the buckets: chains stay about one long, whatever the number of peers. */
static void s_grow(table_t *self)
{
    table_entry_t **old = self->buckets;
    size_t old_count = self->bucket_count;
    self->bucket_count = old_count * 2;
    self->buckets = lex_calloc(self->bucket_count, sizeof *self->buckets);
    for (size_t i = 0; i < old_count; i++)
        while (old[i]) {
            table_entry_t *entry = old[i];
            old[i] = entry->next;
            table_entry_t **bucket = s_bucket(self, entry->hash);
            entry->next = *bucket;
            *bucket = entry;
        }
    free(old);
}

void table_insert(table_t *self, table_entry_t *entry)
{
    entry->hash = s_hash(self, entry->key, entry->size);
    assert(!s_find(self, entry->hash, entry->key, entry->size));
    if (self->count == self->bucket_count)
        s_grow(self);
    table_entry_t **bucket = s_bucket(self, entry->hash);
    entry->next = *bucket;
    *bucket = entry;
    self->count++;
}

void table_remove(table_t *self, table_entry_t *entry)
{
    table_entry_t **link = s_bucket(self, entry->hash);
    while (*link != entry) {
        assert(*link);
        link = &(*link)->next;
    }
    *link = entry->next;
    entry->next = NULL;
    self->count--;
}

size_t table_count(const table_t *self)
{
    return self->count;
}
