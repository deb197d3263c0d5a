/* Checks of the kinds of sections that an index file has several of (index_check.h). Each returns
 * NULL when all is well, else what is wrong. */

#ifndef INDEX_CHECK_TABLES_H
#define INDEX_CHECK_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_view.h"

/* A section as found in the file. */
typedef struct {
    const unsigned char *data; /* NULL: not there */
    uint64_t size;
} index_part_t;

/* True when a section is there and holds so many items, no more and no less. */
static inline bool index_part_has(const index_part_t *self, uint64_t count, size_t item)
{
    return self->data && self->size == count * item;
}

/* What a string table must be like. */
typedef struct {
    uint32_t count;
    uint32_t end; /* `first` of its sentinel */
    bool with_slots;
    bool with_shared;
} index_table_rule_t;

/* A string table, whose sections begin at `parts`: strings of 1 to LEX_KEY_MAX bytes, with offsets
 * and firsts that ascend. Their order is taken on trust: were it wrong, strings would not be found,
 * and nothing worse. */
const char *index_check_table(const index_part_t *parts, const index_table_rule_t *rule,
                              index_table_t *table);

/* Slots of `count` items with numbers below `bound`: as many are used, so that the walk ends at a
 * free one. */
const char *index_check_slots(const index_part_t *part, uint32_t count, uint32_t bound,
                              const uint32_t **slots);

/* A list of `count` numbers of keys. */
const char *index_check_keys(const index_part_t *part, uint32_t count, uint32_t keys);

#endif
