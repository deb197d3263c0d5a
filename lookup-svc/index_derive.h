/* Sections of an index file that are made from its keys alone. */

#ifndef INDEX_DERIVE_H
#define INDEX_DERIVE_H

#include "lookup-svc/index_draft.h"

/* Soundex codes, strips, and the count of keys that begin with a Han character. 0, or -1. */
int index_derive_codes(index_draft_t *draft);

/* The keys in the order of their bytes from the end. 0, or -1. */
int index_derive_reversed(index_draft_t *draft);

/* The accent-folded keys. 0, or -1. */
int index_derive_folds(index_draft_t *draft);

#endif
