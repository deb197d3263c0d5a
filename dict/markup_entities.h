/* Entities of marked-up text: by name those of HTML 4 and XML, by number any character. */

#ifndef DICT_MARKUP_ENTITIES_H
#define DICT_MARKUP_ENTITIES_H

#include <stddef.h>

/* The entity at `text`, whose first byte is '&': its bytes there, 0 when it is none; `out` takes the character as UTF-8.
 * A number that is no character gives U+FFFD; 128 to 159 are taken as Windows-1252, as browsers do. */
size_t entity_decode(const char *text, size_t size, char out[4], size_t *out_size);

#endif
