#include "lookup-svc/table_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/index_format.h"
#include "lookup-svc/slots_builder.h"
#include "lookup-svc/spool.h"

struct table_builder {
    spool_t *strings;
    spool_t *bytes;
    spool_t *shared;        /* or NULL */
    slots_builder_t *slots; /* or NULL */
    size_t last_size;       /* 0: no string so far */
    char last[LEX_KEY_MAX];
};

table_builder_t *table_builder_new(const char *beside, bool with_slots, bool with_shared)
{
    table_builder_t *self = lex_calloc(1, sizeof *self);
    self->strings = spool_new(beside);
    self->bytes = spool_new(beside);
    if (with_slots)
        self->slots = slots_builder_new(beside);
    if (with_shared)
        self->shared = spool_new(beside);
    return self;
}

void table_builder_destroy(table_builder_t **self_p)
{
    table_builder_t *self = *self_p;
    if (!self)
        return;
    spool_destroy(&self->strings);
    spool_destroy(&self->bytes);
    spool_destroy(&self->shared);
    slots_builder_destroy(&self->slots);
    free(self);
    *self_p = NULL;
}

uint32_t table_builder_count(const table_builder_t *self)
{
    return (uint32_t)(spool_size(self->strings) / sizeof(index_string_t));
}

bool table_builder_is_last(const table_builder_t *self, const char *string, size_t size)
{
    return self->last_size == size && size > 0 && memcmp(self->last, string, size) == 0;
}

static uint8_t s_shared(const table_builder_t *self, const char *string, size_t size)
{
    size_t common = 0;
    while (common < size && common < self->last_size && common < UINT8_MAX &&
           string[common] == self->last[common])
        common++;
    return (uint8_t)common;
}

int table_builder_add(table_builder_t *self, const char *string, size_t size, uint32_t first)
{
    assert(size > 0 && size <= sizeof self->last);
    uint8_t shared = s_shared(self, string, size);
    uint64_t offset = spool_size(self->bytes);
    if (offset + size > UINT32_MAX || table_builder_count(self) == UINT32_MAX - 1) {
        lex_error("index has more strings in one table than can be counted");
        return -1;
    }
    index_string_t added = {.offset = (uint32_t)offset, .first = first};
    if ((self->slots &&
         slots_builder_add(self->slots, string, size, table_builder_count(self)) == -1) ||
        (self->shared && spool_put(self->shared, &shared, sizeof shared) == -1) ||
        spool_put(self->strings, &added, sizeof added) == -1 ||
        spool_put(self->bytes, string, size) == -1)
        return -1;
    memcpy(self->last, string, size);
    self->last_size = size;
    return 0;
}

int table_builder_write(table_builder_t *self, index_writer_t *writer, uint32_t kind, uint32_t end)
{
    index_string_t sentinel = {.offset = (uint32_t)spool_size(self->bytes), .first = end};
    if (spool_put(self->strings, &sentinel, sizeof sentinel) == -1 ||
        spool_write(self->strings, writer, kind + INDEX_TABLE_STRINGS) == -1 ||
        spool_write(self->bytes, writer, kind + INDEX_TABLE_BYTES) == -1)
        return -1;
    if (self->slots && slots_builder_write(self->slots, writer, kind + INDEX_TABLE_SLOTS) == -1)
        return -1;
    return self->shared ? spool_write(self->shared, writer, kind + INDEX_TABLE_SHARED) : 0;
}
