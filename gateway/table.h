/* An intrusive hash table with byte keys chosen by strangers: service names and routing ids.
 * The hash is SipHash under a random key, so nobody can choose names that meet in one chain. */

#ifndef GATEWAY_TABLE_H
#define GATEWAY_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Lives inside the thing it finds (list_item gives the thing). The key's bytes stay where they are
 * while it is in a table. */
typedef struct table_entry {
    struct table_entry *next;
    const void *key;
    size_t size;
    uint64_t hash;
} table_entry_t;

typedef struct table table_t;

/* lex_random_setup must have run. */
table_t *table_new(void);
/* Forgets the entries; the things around them belong to the caller. */
void table_destroy(table_t **self_p);

/* The entry, or NULL. */
table_entry_t *table_find(const table_t *self, const void *key, size_t size);
/* entry->key and entry->size are set; the key is not in the table yet. */
void table_insert(table_t *self, table_entry_t *entry);
/* The entry is in the table. */
void table_remove(table_t *self, table_entry_t *entry);
size_t table_count(const table_t *self);

#endif
