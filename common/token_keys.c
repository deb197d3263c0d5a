#include "common/token_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"

#define LINE_SIZE 256

/* Takes one line. NULL, or what is wrong with it. */
static const char *s_line(lex_token_keys_t *self, char *line)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    size_t length = strcspn(line, "#\r\n"), size = 0;

    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    char *text = line + strspn(line, " \t");
    if (text >= line + length)
        return NULL;
    length -= (size_t)(text - line);
    if (length != sizeof key * 2 ||
        sodium_hex2bin(key, sizeof key, text, length, NULL, &size, NULL) || size != sizeof key)
        return "is not an Ed25519 public key in hexadecimal";
    if (self->count == LEX_TOKEN_KEYS_MAX)
        return "is one key too many";
    memcpy(self->list[self->count].key, key, sizeof key);
    lex_token_key_id(key, self->list[self->count].id);
    self->count++;
    return NULL;
}

int lex_token_keys_load(lex_token_keys_t *self, const char *path)
{
    char line[LINE_SIZE];
    const char *problem = NULL;
    unsigned number = 0;
    FILE *file = fopen(path, "re");

    *self = (lex_token_keys_t){0}; /* also where no key comes to lie: keys are compared whole */
    if (!file) {
        lex_error("token keys %s: %s", path, strerror(errno));
        return -1;
    }
    while (!problem && fgets(line, sizeof line, file)) {
        number++;
        problem = strlen(line) == sizeof line - 1 ? "is too long" : s_line(self, line);
    }
    if (problem)
        lex_error("token keys %s: line %u %s", path, number, problem);
    else if (ferror(file) || self->count == 0)
        lex_error("token keys %s: %s", path, ferror(file) ? "cannot be read" : "no key in it");
    bool good = !problem && !ferror(file) && self->count > 0;
    fclose(file);
    return good ? 0 : -1;
}

bool lex_token_keys_have(const lex_token_keys_t *self, const unsigned char *token)
{
    const unsigned char *id = lex_token_decoded_key(token);

    for (size_t i = 0; i < self->count; i++)
        if (memcmp(self->list[i].id, id, LEX_TOKEN_KEY_ID) == 0)
            return true;
    return false;
}

bool lex_token_keys_verify(const lex_token_keys_t *self, const unsigned char *token, size_t size)
{
    unsigned char message[LEX_TOKEN_SIGNED_MAX];
    size_t unsigned_size = size - LEX_TOKEN_SIGNATURE;
    size_t message_size = lex_token_signed(token, unsigned_size, message);
    const unsigned char *id = lex_token_decoded_key(token);

    for (size_t i = 0; i < self->count; i++)
        if (memcmp(self->list[i].id, id, LEX_TOKEN_KEY_ID) == 0 &&
            crypto_sign_verify_detached(token + unsigned_size, message, message_size,
                                        self->list[i].key) == 0)
            return true;
    return false;
}
