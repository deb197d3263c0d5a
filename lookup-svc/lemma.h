/* From an inflected form to its lemmas: "went" to "go", "leaves" to "leaf" and "leave".
 *
 * Forms come from data: the dictionaries' own (ECDICT's exchange), and tables of lemmas that were imported for this (ECDICT's
 * lemma file, WordNet's exception lists). Where they know nothing of the word, WordNet's rules of detachment for
 * regular English endings are tried (morphy(7WN)); what they make counts only if it is a headword. */

#ifndef LEMMA_H
#define LEMMA_H

#include <stddef.h>

#include "common/text.h"
#include "lookup-svc/search.h"

#define LEMMA_MAX 8u /* lemmas of one form */

typedef struct {
    char key[LEX_KEY_MAX];
    size_t size;
    uint32_t frequency; /* of the lemma in a corpus; 0: not known */
} lemma_t;

/* The lemmas that forms give for a key, the most frequent first; one that is a thousand times rarer than the first is noise and left
 * out. Returns how many. They need not be headwords of the dictionaries that are searched. */
size_t lemma_from_forms(const scope_t *forms, const char *key, size_t size, lemma_t out[LEMMA_MAX]);

/* What the rules of detachment make of a key, in their order. Returns how many. */
size_t lemma_from_endings(const char *key, size_t size, lemma_t out[LEMMA_MAX]);

#endif
