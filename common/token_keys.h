/* The public keys that a verifier trusts. Part of token.h; not for others. */

#ifndef LEX_TOKEN_KEYS_H
#define LEX_TOKEN_KEYS_H

#include "common/token_layout.h"

/* Two are there while one takes the place of the other; more are there after a mistake or two. */
#define LEX_TOKEN_KEYS_MAX 16

typedef struct {
    size_t count;
    struct {
        unsigned char id[LEX_TOKEN_KEY_ID];
        unsigned char key[crypto_sign_PUBLICKEYBYTES];
    } list[LEX_TOKEN_KEYS_MAX];
} lex_token_keys_t;

/* 0, or -1 and a logged error. */
int lex_token_keys_load(lex_token_keys_t *self, const char *path);

/* True when one of the keys has the id that a token names, which lex_token_decode took. */
bool lex_token_keys_have(const lex_token_keys_t *self, const unsigned char *token);

/* True when one of the keys made the signature of a token that lex_token_decode took. */
bool lex_token_keys_verify(const lex_token_keys_t *self, const unsigned char *token, size_t size);

#endif
