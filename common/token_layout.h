/* The bytes of a token, docs/protocol.md section 8. Part of token.h; not for others. */

#ifndef LEX_TOKEN_LAYOUT_H
#define LEX_TOKEN_LAYOUT_H

#include <sodium.h>
#include <stdbool.h>

#include "common/token.h"

#define LEX_TOKEN_HEAD      50 /* bytes before the name */
#define LEX_TOKEN_SIGNATURE crypto_sign_BYTES
#define LEX_TOKEN_MIN       (LEX_TOKEN_HEAD + 1 + LEX_TOKEN_SIGNATURE)
#define LEX_TOKEN_KEY_ID    8

/* What is signed: a word that no other signature of ours begins with, and the token without its
 * signature. */
#define LEX_TOKEN_CONTEXT    "lexmq-token-1"
#define LEX_TOKEN_SIGNED_MAX (sizeof LEX_TOKEN_CONTEXT - 1 + LEX_TOKEN_HEAD + LEX_TOKEN_NAME_MAX)

/* The first bytes of BLAKE2b-256 of a public key. */
void lex_token_key_id(const unsigned char public_key[crypto_sign_PUBLICKEYBYTES],
                      unsigned char id[LEX_TOKEN_KEY_ID]);

/* Writes everything but the signature; returns its size. */
size_t lex_token_encode(const lex_claims_t *claims, const unsigned char key_id[LEX_TOKEN_KEY_ID],
                        unsigned char *out);

/* Reads a token of any bytes, without a look at the signature. False when it is none. */
bool lex_token_decode(const unsigned char *token, size_t size, lex_claims_t *claims);

/* The id of the key that signed a token that lex_token_decode took. */
const unsigned char *lex_token_decoded_key(const unsigned char *token);

/* Writes the message that the signature is made over, at most LEX_TOKEN_SIGNED_MAX bytes; returns
 * its size. `size` counts the token without its signature. */
size_t lex_token_signed(const unsigned char *token, size_t size, unsigned char *out);

#endif
