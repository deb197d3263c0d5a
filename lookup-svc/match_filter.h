/* Choosing words by what dictionaries say of them (match.h, match_filter_t). */

#ifndef MATCH_FILTER_H
#define MATCH_FILTER_H

#include "lookup-svc/match.h"

/* True when the filter lets everything pass. */
bool match_filter_is_open(const match_filter_t *self);

/* True when an entry of the key passes. */
bool match_filter_passes(const match_filter_t *self, const index_view_t *view, uint32_t key);

#endif
