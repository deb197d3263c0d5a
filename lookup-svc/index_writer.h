/* A file that comes into being whole or not at all: it is written under a temporary name beside its
 * place, with its checksum computed on the way, and takes its name only when every byte is on the
 * disk. */

#ifndef INDEX_WRITER_H
#define INDEX_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_format.h"

typedef struct index_writer index_writer_t;

/* Starts a file; its header's place is left free. NULL and a logged error when it cannot be made.
 */
index_writer_t *index_writer_new(const char *path);
/* Removes the temporary file unless it was committed. */
void index_writer_destroy(index_writer_t **self_p);

/* Appends. 0, or -1 after any failure from then on (logged once). */
int index_writer_put(index_writer_t *self, const void *data, size_t size);

/* Begins a section at the next multiple of INDEX_ALIGNMENT; it ends where the next one begins or at
 * commit. -1 on failure. */
int index_writer_section(index_writer_t *self, uint32_t kind);

/* Bytes of the section that is open. */
uint64_t index_writer_section_size(const index_writer_t *self);

/* Ends the section that is open and maps what is written so far, read-only, until the writer is
 * destroyed. Once a file. -1 and a logged error when it cannot. */
int index_writer_map(index_writer_t *self);
/* Where a section is mapped; NULL when there was none of that kind by then. */
const void *index_writer_mapped(const index_writer_t *self, uint32_t kind);

/* Fills what the writer knows into `header` (magic, sizes, checksums, sections), writes it, makes
 * all of it durable and gives the file its name. 0, or -1 and a logged error. */
int index_writer_commit(index_writer_t *self, index_header_t *header);

#endif
