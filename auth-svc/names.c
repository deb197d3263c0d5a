#include "auth-svc/names.h"

#include <sodium.h>
#include <string.h>

int names_parse(name_t *self, const char *name, size_t size, const char **why)
{
    if (lex_text_name(name, size, self->shown, self->key, why))
        return -1;
    /* Thirty-two characters may be longer as typed than under NFKC; the token has room for so much.
     */
    if (strlen(self->shown) > LEX_TOKEN_NAME_MAX) {
        *why = "the name is too long";
        return -1;
    }
    crypto_generichash(self->hash, sizeof self->hash, (const unsigned char *)self->key,
                       strlen(self->key), NULL, 0);
    return 0;
}

void names_apart(name_t *self, const unsigned char session[LEX_SESSION_SIZE])
{
    crypto_generichash(self->hash, sizeof self->hash, (const unsigned char *)self->key,
                       strlen(self->key), session, LEX_SESSION_SIZE);
}
