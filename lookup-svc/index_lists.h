/* The inverted lists of an index file (postings.h), made from its keys and texts. */

#ifndef INDEX_LISTS_H
#define INDEX_LISTS_H

#include "lookup-svc/index_draft.h"

/* The blocks of keys that have a gram. Without `wanted` the sections are there and empty. 0, or -1.
 */
int index_lists_write_grams(index_draft_t *draft, bool wanted);

/* The entries whose texts have a term; the same. */
int index_lists_write_terms(index_draft_t *draft, bool wanted);

#endif
