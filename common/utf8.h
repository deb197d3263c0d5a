/* UTF-8 by the byte, for whatever must know of it without normalising anything (see text.h for
 * that). */

#ifndef LEX_UTF8_H
#define LEX_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed sequence at `text`, 1 to 4, of which `size` (1 or more) may be read; 0
 * when it is none: overlong, a surrogate, beyond U+10FFFF, or cut short. `code` takes the code
 * point. */
size_t lex_utf8_decode(const unsigned char *text, size_t size, int *code);

/* Bytes at the start of the text that are plain ASCII (00-7F). */
size_t lex_utf8_ascii(const void *text, size_t size);

#endif
