/* Random bytes for ids (libsodium). lex_random_setup must run once before threads; it aborts if the system has no entropy. */

#ifndef LEX_RANDOM_H
#define LEX_RANDOM_H

#include <stddef.h>

void lex_random_setup(void);
void lex_random_bytes(void *out, size_t size);

#endif
