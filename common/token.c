#include <assert.h>
#include <string.h>

#include "common/token_layout.h"

#define FORMAT 1

/* Where the fields begin. */
enum {
    AT_FORMAT = 0,
    AT_KEY = 1,
    AT_SESSION = 9,
    AT_USER = 25,
    AT_ISSUED = 33,
    AT_EXPIRES = 41,
    AT_NAME_SIZE = 49,
    AT_NAME = LEX_TOKEN_HEAD,
};

static void s_put_u64(unsigned char *out, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

static uint64_t s_get_u64(const unsigned char *bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

void lex_token_key_id(const unsigned char public_key[crypto_sign_PUBLICKEYBYTES],
                      unsigned char id[LEX_TOKEN_KEY_ID])
{
    unsigned char hash[32];

    crypto_generichash(hash, sizeof hash, public_key, crypto_sign_PUBLICKEYBYTES, NULL, 0);
    memcpy(id, hash, LEX_TOKEN_KEY_ID);
}

size_t lex_token_encode(const lex_claims_t *claims, const unsigned char key_id[LEX_TOKEN_KEY_ID],
                        unsigned char *out)
{
    size_t name_size = strnlen(claims->name, sizeof claims->name);

    assert(name_size >= 1 && name_size <= LEX_TOKEN_NAME_MAX);
    assert(claims->issued >= 0 && claims->expires >= 0);
    out[AT_FORMAT] = FORMAT;
    memcpy(out + AT_KEY, key_id, LEX_TOKEN_KEY_ID);
    memcpy(out + AT_SESSION, claims->session, LEX_SESSION_SIZE);
    s_put_u64(out + AT_USER, claims->user);
    s_put_u64(out + AT_ISSUED, (uint64_t)claims->issued);
    s_put_u64(out + AT_EXPIRES, (uint64_t)claims->expires);
    out[AT_NAME_SIZE] = (unsigned char)name_size;
    memcpy(out + AT_NAME, claims->name, name_size);
    return AT_NAME + name_size;
}

bool lex_token_decode(const unsigned char *token, size_t size, lex_claims_t *claims)
{
    if (size < LEX_TOKEN_MIN || size > LEX_TOKEN_MAX || token[AT_FORMAT] != FORMAT)
        return false;
    size_t name_size = token[AT_NAME_SIZE];
    if (size != AT_NAME + name_size + LEX_TOKEN_SIGNATURE)
        return false;
    uint64_t issued = s_get_u64(token + AT_ISSUED);
    uint64_t expires = s_get_u64(token + AT_EXPIRES);
    if (issued > INT64_MAX || expires > INT64_MAX)
        return false;
    memcpy(claims->session, token + AT_SESSION, LEX_SESSION_SIZE);
    claims->user = s_get_u64(token + AT_USER);
    claims->issued = (int64_t)issued;
    claims->expires = (int64_t)expires;
    memcpy(claims->name, token + AT_NAME, name_size);
    claims->name[name_size] = '\0';
    return true;
}

const unsigned char *lex_token_decoded_key(const unsigned char *token)
{
    return token + AT_KEY;
}

size_t lex_token_signed(const unsigned char *token, size_t size, unsigned char *out)
{
    size_t context = sizeof LEX_TOKEN_CONTEXT - 1;

    memcpy(out, LEX_TOKEN_CONTEXT, context);
    memcpy(out + context, token, size);
    return context + size;
}
