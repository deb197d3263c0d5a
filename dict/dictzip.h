/* dictzip: a gzip file whose data can be unpacked chunk by chunk, so that any range can be read. */

#ifndef DICT_DICTZIP_H
#define DICT_DICTZIP_H

#include <stddef.h>
#include <stdint.h>

typedef struct dictzip dictzip_t;

/* Unpacked chunks kept, at most 64 KiB each. Many: an index sorted by words may ask for texts in an
 * order of its own, and unpacking a chunk anew for every entry takes longer than all the rest. */
#define DICTZIP_CACHE_CHUNKS 2048

/* Opens and unpacks every chunk once: a file that is cut off, damaged or untrue about itself is
 * refused here, by its sizes and its CRC, and not in the middle of an import. NULL and why in
 * *error (the caller's to free); NULL and a NULL *error for a gzip file without random access. `fd`
 * stays the caller's and must outlive the dictzip. */
dictzip_t *dictzip_open(int fd, char **error);
void dictzip_close(dictzip_t **self_p);

/* Unpacked bytes. */
uint64_t dictzip_size(const dictzip_t *self);

/* Reads a range. 0, or -1 when it is not inside the file or the file has changed since it was
 * opened. */
int dictzip_read(dictzip_t *self, uint64_t offset, size_t size, void *out);

#endif
