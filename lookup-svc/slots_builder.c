#include "lookup-svc/slots_builder.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/index_format.h"
#include "lookup-svc/spool.h"

typedef struct {
    uint32_t home; /* the upper half of its hash */
    uint32_t slot; /* tag and item */
} s_item_t;

struct slots_builder {
    spool_t *items;
};

slots_builder_t *slots_builder_new(const char *beside)
{
    slots_builder_t *self = lex_calloc(1, sizeof *self);
    self->items = spool_new(beside);
    return self;
}

void slots_builder_destroy(slots_builder_t **self_p)
{
    if (!*self_p)
        return;
    spool_destroy(&(*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

uint32_t slots_builder_count(const slots_builder_t *self)
{
    return (uint32_t)(spool_size(self->items) / sizeof(s_item_t));
}

int slots_builder_add(slots_builder_t *self, const char *string, size_t size, uint32_t item)
{
    if (slots_builder_count(self) == INDEX_ENTRIES_MAX) {
        lex_error("index has more than %u strings in one table", INDEX_ENTRIES_MAX);
        return -1;
    }
    uint64_t hash = index_hash(string, size);
    s_item_t added = {.home = (uint32_t)(hash >> 32), .slot = index_slot(hash, item)};
    return spool_put(self->items, &added, sizeof added);
}

/* Puts every item into the first free slot from its home on. */
static int s_fill(slots_builder_t *self, uint32_t *slots, uint32_t capacity)
{
    spool_reader_t reader;
    s_item_t item;
    int rc = 0;
    spool_reader_open(&reader, self->items, 0, spool_size(self->items));
    while (rc == 0 && spool_reader_left(&reader) > 0) {
        rc = spool_reader_read(&reader, &item, sizeof item);
        if (rc == -1)
            break;
        uint32_t slot = index_slot_home((uint64_t)item.home << 32, capacity);
        while (slots[slot] != INDEX_EMPTY)
            slot = slot + 1 < capacity ? slot + 1 : 0;
        slots[slot] = item.slot;
    }
    spool_reader_close(&reader);
    return rc;
}

int slots_builder_write(slots_builder_t *self, index_writer_t *writer, uint32_t kind)
{
    uint32_t capacity = index_slots(slots_builder_count(self));
    uint32_t *slots = malloc(capacity * sizeof *slots);
    if (!slots) {
        lex_error("index has no memory for a hash table");
        return -1;
    }
    memset(slots, 0xFF, capacity * sizeof *slots); /* INDEX_EMPTY everywhere */
    int rc = s_fill(self, slots, capacity);
    if (rc == 0)
        rc = index_writer_section(writer, kind);
    if (rc == 0)
        rc = index_writer_put(writer, slots, capacity * sizeof *slots);
    free(slots);
    return rc;
}
