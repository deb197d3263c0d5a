/* The check of a body's raw bytes that comes before anything is built from them. Part of body.h;
 * not for others. What passes has at least one byte for every object it claims, so building it
 * takes memory in proportion to it. */

#ifndef LEX_SCAN_H
#define LEX_SCAN_H

#include <stddef.h>

/* Pairs in one map. No map of the protocol comes near; the bound keeps the search for duplicate
 * keys, which compares each with each, below a few nanoseconds a byte even for a body made to be
 * slow. */
#define LEX_SCAN_PAIRS_MAX 64

/* NULL when the bytes are one acceptable map and nothing else; otherwise what is wrong with them.
 */
const char *lex_scan(const unsigned char *data, size_t size);

#endif
