/* Where texts were written, so that one that comes again need not be written again. Texts are told apart by a hash of 128
 * bits that nobody can aim at (BLAKE2b). */

#ifndef DICT_TEXT_PLACES_H
#define DICT_TEXT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct text_places text_places_t;

text_places_t *text_places_new(void);
void text_places_destroy(text_places_t **self_p);

/* True when the text was here before; *offset then becomes where. False when not; *offset is then remembered. */
bool text_places_know(text_places_t *self, const void *text, size_t size, uint64_t *offset);

#endif
