/* Gathers one string table of an index file (index_format.h) in spools and writes its sections. */

#ifndef TABLE_BUILDER_H
#define TABLE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_writer.h"

typedef struct table_builder table_builder_t;

/* Temporary files are made in the folder of the file `beside`. The table gets slots and shared if
 * asked for. Never NULL. */
table_builder_t *table_builder_new(const char *beside, bool with_slots, bool with_shared);
void table_builder_destroy(table_builder_t **self_p);

/* Strings added so far. */
uint32_t table_builder_count(const table_builder_t *self);

/* True when `string` is the one added last. */
bool table_builder_is_last(const table_builder_t *self, const char *string, size_t size);

/* Adds a string of at most LEX_KEY_MAX bytes, which must sort behind the one before it; `first` is
 * where what belongs to it begins. 0, or -1 after a logged error, also when the bytes exceed 4 GiB.
 */
int table_builder_add(table_builder_t *self, const char *string, size_t size, uint32_t first);

/* Adds the sentinel, whose `first` is `end`, and writes the sections kind + INDEX_TABLE_…. -1 after
 * a logged error. */
int table_builder_write(table_builder_t *self, index_writer_t *writer, uint32_t kind, uint32_t end);

#endif
