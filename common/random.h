/* Random bytes for ids (libsodium). lex_random_setup must run once before threads; it aborts if the system has no entropy. */

#ifndef LEX_RANDOM_H
#define LEX_RANDOM_H

#include <stddef.h>

void lex_random_setup(void);
void lex_random_bytes(void *out, size_t size);

/* A new request id: 48 bits of UTC milliseconds, big-endian, and 80 random bits (the order of RFC 9562's UUID version 7, whose
 * fixed bits we leave random). One user's ids then arrive nearly in order, and the unique index that makes retries harmless grows
 * at one end instead of everywhere: measured, a third less database time a row. */
void lex_random_id(unsigned char out[16]);

#endif
