/* The texts written so far, so that an article that stands under several headwords is stored once.
 * Texts are known by their BLAKE2b hash of 128 bits: two different ones with the same hash would
 * need some 2^64 texts. */

#ifndef TEXT_SET_H
#define TEXT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct text_set text_set_t;

/* So many texts are remembered, in at most 48 MiB; those that come later are stored again where
 * they repeat. */
#define TEXT_SET_MAX (1u << 20)

/* Never NULL. Takes up to 48 bytes a text that it remembers. */
text_set_t *text_set_new(void);
void text_set_destroy(text_set_t **self_p);

/* When the text is known, sets *offset to where it is. Else remembers *offset for it,
 * unless TEXT_SET_MAX are remembered.
 * 1 known, 0 new, -1 no memory. */
int text_set_add(text_set_t *self, const void *text, size_t size, uint64_t *offset);

#endif
