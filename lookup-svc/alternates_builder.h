/* Gathers strings that lead to keys (index_alternates_t) and writes their sections. */

#ifndef ALTERNATES_BUILDER_H
#define ALTERNATES_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_writer.h"

typedef struct alternates_builder alternates_builder_t;

/* Temporary files are made in the folder of the file `beside`. Never NULL. */
alternates_builder_t *alternates_builder_new(const char *beside);
void alternates_builder_destroy(alternates_builder_t **self_p);

/* Leads a string to the number of a key. Pairs come in order; one that comes again is passed over.
 * 0, or -1 after a logged error. */
int alternates_builder_add(alternates_builder_t *self, const char *string, size_t size,
                           uint32_t key);

/* Writes the table as sections kind + INDEX_TABLE_… and the numbers as keys_kind, and says how many
 * there are of both. -1 after a logged error. */
int alternates_builder_write(alternates_builder_t *self, index_writer_t *writer, uint32_t kind,
                             uint32_t keys_kind, uint32_t *strings, uint32_t *keys);

#endif
