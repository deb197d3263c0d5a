#include "lookup-svc/alternates_builder.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/spool.h"
#include "lookup-svc/table_builder.h"

struct alternates_builder {
    table_builder_t *table;
    spool_t *keys;
    uint32_t last; /* key of the last pair */
};

alternates_builder_t *alternates_builder_new(const char *beside)
{
    alternates_builder_t *self = lex_calloc(1, sizeof *self);
    self->table = table_builder_new(beside, true, false);
    self->keys = spool_new(beside);
    return self;
}

void alternates_builder_destroy(alternates_builder_t **self_p)
{
    alternates_builder_t *self = *self_p;
    if (!self)
        return;
    table_builder_destroy(&self->table);
    spool_destroy(&self->keys);
    free(self);
    *self_p = NULL;
}

int alternates_builder_add(alternates_builder_t *self, const char *string, size_t size,
                           uint32_t key)
{
    uint64_t first = spool_size(self->keys) / sizeof key;
    if (table_builder_is_last(self->table, string, size)) {
        if (self->last == key)
            return 0;
    } else if (first >= UINT32_MAX) {
        lex_error("index has more strings that lead to keys than can be counted");
        return -1;
    } else if (table_builder_add(self->table, string, size, (uint32_t)first) == -1) {
        return -1;
    }
    self->last = key;
    return spool_put(self->keys, &key, sizeof key);
}

int alternates_builder_write(alternates_builder_t *self, index_writer_t *writer, uint32_t kind,
                             uint32_t keys_kind, uint32_t *strings, uint32_t *keys)
{
    *strings = table_builder_count(self->table);
    *keys = (uint32_t)(spool_size(self->keys) / sizeof self->last);
    if (table_builder_write(self->table, writer, kind, *keys) == -1)
        return -1;
    return spool_write(self->keys, writer, keys_kind);
}
