/* The gate between the bytes of an index file and the code that follows its numbers. */

#ifndef INDEX_CHECK_H
#define INDEX_CHECK_H

#include "lookup-svc/index_view.h"

/* Checks header, checksums and then, in one pass over each section, every offset, so that nothing
 * that a view leads to lies outside the bytes even if a checksum was forged. `data` is aligned to
 * eight bytes and must outlive the view. NULL when all is well, else what is wrong, in a few words.
 */
const char *index_check(const void *data, uint64_t size, index_view_t *view);

#endif
