#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/secret.h"
#include "common/token_layout.h"

#define KEY_SIZE crypto_sign_SECRETKEYBYTES

struct lex_signer {
    unsigned char *key; /* KEY_SIZE bytes of locked memory, read-only once filled */
    unsigned char key_id[LEX_TOKEN_KEY_ID];
};

/* The secret key carries its public half behind the seed. One that does not belong to it would give
 * signatures from which the secret can be computed, so a damaged file must not be used. */
static bool s_is_whole(const unsigned char *key, unsigned char *public_key)
{
    unsigned char *seed = lex_secret_new(crypto_sign_SEEDBYTES);
    unsigned char *again = lex_secret_new(KEY_SIZE);

    crypto_sign_ed25519_sk_to_seed(seed, key);
    crypto_sign_seed_keypair(public_key, again, seed);
    bool same = sodium_memcmp(again, key, KEY_SIZE) == 0;
    sodium_free(seed);
    sodium_free(again);
    return same;
}

/* Hexadecimal of exactly one key. */
static bool s_decode(const char *text, unsigned char *key)
{
    size_t size = 0;
    const char *end = NULL;

    return strlen(text) == KEY_SIZE * 2 &&
           sodium_hex2bin(key, KEY_SIZE, text, KEY_SIZE * 2, NULL, &size, &end) == 0 &&
           size == KEY_SIZE && *end == '\0';
}

lex_signer_t *lex_signer_new(const char *path)
{
    char *text = lex_secret_read(path);
    if (!text)
        return NULL;

    lex_signer_t *self = lex_calloc(1, sizeof *self);
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    self->key = lex_secret_new(KEY_SIZE);
    if (s_decode(text, self->key) && s_is_whole(self->key, public_key)) {
        lex_token_key_id(public_key, self->key_id);
        sodium_mprotect_readonly(self->key);
    } else {
        lex_error("token key %s is not an Ed25519 secret key in hexadecimal", path);
        lex_signer_destroy(&self);
    }
    lex_secret_free(&text);
    return self;
}

void lex_signer_destroy(lex_signer_t **self_p)
{
    lex_signer_t *self = *self_p;

    if (self) {
        sodium_free(self->key);
        free(self);
        *self_p = NULL;
    }
}

size_t lex_signer_sign(const lex_signer_t *self, const lex_claims_t *claims, unsigned char *out)
{
    unsigned char message[LEX_TOKEN_SIGNED_MAX];
    size_t size = lex_token_encode(claims, self->key_id, out);
    size_t message_size = lex_token_signed(out, size, message);

    crypto_sign_detached(out + size, NULL, message, message_size, self->key);
    return size + LEX_TOKEN_SIGNATURE;
}
