/* Gathers one string table of an index file (index_format.h) in memory and writes its sections. */

#ifndef TABLE_BUILDER_H
#define TABLE_BUILDER_H

#include <stdbool.h>

#include "lookup-svc/buffer.h"
#include "lookup-svc/index_writer.h"

typedef struct {
    buffer_t strings; /* index_string_t */
    buffer_t bytes;
    buffer_t shared; /* one byte a string */
} table_builder_t;   /* {0} is an empty one */

void table_builder_close(table_builder_t *self);

/* Strings added so far. */
uint32_t table_builder_count(const table_builder_t *self);

/* True when `string` is the one added last. */
bool table_builder_is_last(const table_builder_t *self, const char *string, size_t size);

/* Adds a string, which must sort behind the one before it; `first` is the number of its first
 * posting. 0, or -1 when there is no memory or the bytes exceed 4 GiB. */
int table_builder_add(table_builder_t *self, const char *string, size_t size, uint32_t first);

/* Adds the sentinel and writes the sections kind + INDEX_TABLE_…; `shared` is left out unless asked
 * for. -1 on failure. */
int table_builder_write(table_builder_t *self, index_writer_t *writer, uint32_t kind,
                        uint32_t postings, bool with_shared);

#endif
