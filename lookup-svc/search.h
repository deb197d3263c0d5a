/* Finding the entries of a word in one or several dictionaries: exact by key, then with accents
 * folded. */

#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/snapshot.h"

/* Dictionaries to search, in order. */
typedef struct {
    const dictionary_t *dictionaries;
    size_t count;
} scope_t;

typedef enum { SEARCH_MISS, SEARCH_EXACT, SEARCH_ACCENT } search_rule_t;

/* Neighbouring entries of one dictionary. */
typedef struct {
    const dictionary_t *dictionary;
    uint32_t first;
    uint32_t count;
} search_range_t;

/* {0} is an empty one; it may be used for many words, one after another. */
typedef struct {
    search_rule_t rule;
    size_t entries; /* over all ranges */
    search_range_t *ranges;
    size_t count;
    size_t capacity;
} search_t;

void search_close(search_t *self);

/* Looks a key (lex_text_key) up. With the key in any dictionary the rule is exact and only such
 * entries are found; else every key with the same accent-folded form. Ranges are in the order of
 * the dictionaries; within one, first the key that has no accents, then by key. True when anything
 * was found. The ranges are valid until the next search and as long as the dictionaries. */
bool search_run(search_t *self, const scope_t *scope, const char *key, size_t size);

/* The name of the rule on the wire; "" for a miss. */
const char *search_rule_name(search_rule_t rule);

#endif
