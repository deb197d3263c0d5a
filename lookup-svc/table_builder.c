#include "lookup-svc/table_builder.h"

#include <stdlib.h>
#include <string.h>

#include "lookup-svc/index_format.h"

void table_builder_close(table_builder_t *self)
{
    buffer_close(&self->strings);
    buffer_close(&self->bytes);
    buffer_close(&self->shared);
}

uint32_t table_builder_count(const table_builder_t *self)
{
    return (uint32_t)(self->strings.size / sizeof(index_string_t));
}

static const char *s_last(const table_builder_t *self, size_t *size)
{
    if (self->strings.size == 0) {
        *size = 0;
        return "";
    }
    index_string_t last;
    memcpy(&last, self->strings.data + self->strings.size - sizeof last, sizeof last);
    *size = self->bytes.size - last.offset;
    return self->bytes.data + last.offset;
}

bool table_builder_is_last(const table_builder_t *self, const char *string, size_t size)
{
    size_t last_size;
    const char *last = s_last(self, &last_size);
    return self->strings.size > 0 && last_size == size && memcmp(last, string, size) == 0;
}

int table_builder_add(table_builder_t *self, const char *string, size_t size, uint32_t first)
{
    size_t last_size, common = 0;
    const char *last = s_last(self, &last_size);
    while (common < size && common < last_size && common < UINT8_MAX &&
           string[common] == last[common])
        common++;
    if (self->bytes.size + size > UINT32_MAX)
        return -1;
    index_string_t entry = {.offset = (uint32_t)self->bytes.size, .first = first};
    uint8_t shared = (uint8_t)common;
    if (buffer_add(&self->bytes, string, size) == -1 ||
        buffer_add(&self->strings, &entry, sizeof entry) == -1)
        return -1;
    return buffer_add(&self->shared, &shared, sizeof shared);
}

/* Two thirds full at most, so a search looks at two slots on average. */
static size_t s_capacity(size_t count)
{
    size_t capacity = 2;
    while (capacity < count + count / 2 + 1)
        capacity *= 2;
    return capacity;
}

static int s_write_slots(const table_builder_t *self, index_writer_t *writer, uint32_t count)
{
    size_t capacity = s_capacity(count);
    index_slot_t *slots = malloc(capacity * sizeof *slots);
    if (!slots)
        return -1;
    memset(slots, 0xFF, capacity * sizeof *slots); /* INDEX_EMPTY everywhere */
    const index_string_t *strings = (const void *)self->strings.data;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t hash = index_hash(self->bytes.data + strings[i].offset,
                                   strings[i + 1].offset - strings[i].offset);
        size_t slot = hash & (capacity - 1);
        while (slots[slot].item != INDEX_EMPTY)
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = (index_slot_t){.tag = (uint32_t)(hash >> 32), .item = i};
    }
    int rc = index_writer_put(writer, slots, capacity * sizeof *slots);
    free(slots);
    return rc;
}

int table_builder_write(table_builder_t *self, index_writer_t *writer, uint32_t kind,
                        uint32_t postings, bool with_shared)
{
    uint32_t count = table_builder_count(self);
    index_string_t sentinel = {.offset = (uint32_t)self->bytes.size, .first = postings};
    if (buffer_add(&self->strings, &sentinel, sizeof sentinel) == -1)
        return -1;
    if (index_writer_section(writer, kind + INDEX_TABLE_STRINGS) == -1 ||
        index_writer_put(writer, self->strings.data, self->strings.size) == -1 ||
        index_writer_section(writer, kind + INDEX_TABLE_BYTES) == -1 ||
        index_writer_put(writer, self->bytes.data, self->bytes.size) == -1 ||
        index_writer_section(writer, kind + INDEX_TABLE_SLOTS) == -1 ||
        s_write_slots(self, writer, count) == -1)
        return -1;
    if (!with_shared)
        return 0;
    if (index_writer_section(writer, kind + INDEX_TABLE_SHARED) == -1)
        return -1;
    return index_writer_put(writer, self->shared.data, self->shared.size);
}
