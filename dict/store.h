/* The text file of a DICT database, however it is packed: plain, dictzip, or gzip without random
 * access. */

#ifndef DICT_STORE_H
#define DICT_STORE_H

#include <stddef.h>
#include <stdint.h>

typedef struct store store_t;

/* A gzip file without random access is unpacked once, to a file without a name in $TMPDIR or /tmp;
 * beyond this it is refused. */
#define STORE_UNPACKED_MAX ((uint64_t)2 << 30)

/* What the file is, is seen from its first bytes; one whose name ends in .dz must be gzip.
 * `unpacked_max`: most bytes for a gzip file without random access. NULL and why in *error (the
 * caller's to free). */
store_t *store_open(const char *path, uint64_t unpacked_max, char **error);
void store_close(store_t **self_p);

/* Bytes, unpacked. */
uint64_t store_size(const store_t *self);

/* Reads a range. 0, or -1 when it is not inside the file or cannot be read. */
int store_read(store_t *self, uint64_t offset, size_t size, void *out);

#endif
