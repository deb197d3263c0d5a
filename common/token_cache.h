/* Tokens whose signature was found good. Bounded; not safe for threads by itself. Part of token.h;
 * not for others. */

#ifndef LEX_TOKEN_CACHE_H
#define LEX_TOKEN_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* Tokens kept: sessions that are active at one worker between two of their requests. With 300 bytes
 * each, 19 MiB. */
#define LEX_TOKEN_CACHE_MAX 65536

typedef struct lex_token_cache lex_token_cache_t;

lex_token_cache_t *lex_token_cache_new(void);
void lex_token_cache_destroy(lex_token_cache_t **self_p);

/* `token` has at least a signature's bytes and at most LEX_TOKEN_MAX. */
bool lex_token_cache_has(lex_token_cache_t *self, const unsigned char *token, size_t size);
void lex_token_cache_add(lex_token_cache_t *self, const unsigned char *token, size_t size);

#endif
