/* Gathers the slots of a hash table of an index file (index_format.h): the hashes go to a spool,
 * and the table is made when their number is known. */

#ifndef SLOTS_BUILDER_H
#define SLOTS_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_writer.h"

typedef struct slots_builder slots_builder_t;

/* Temporary files are made in the folder of the file `beside`. Never NULL. */
slots_builder_t *slots_builder_new(const char *beside);
void slots_builder_destroy(slots_builder_t **self_p);

/* Items so far. */
uint32_t slots_builder_count(const slots_builder_t *self);

/* Adds the number of an item under a string. 0, or -1 after a logged error. */
int slots_builder_add(slots_builder_t *self, const char *string, size_t size, uint32_t item);

/* Writes the slots as a section. They are made in memory, 6 bytes an item: 5 MB for 800,000 and 100
 * MB for INDEX_ENTRIES_MAX. -1 after a logged error. */
int slots_builder_write(slots_builder_t *self, index_writer_t *writer, uint32_t kind);

#endif
