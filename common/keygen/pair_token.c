#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/keygen/files.h"
#include "common/keygen/pairs.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/secret.h"

#define SECRET_HEX (2 * crypto_sign_SECRETKEYBYTES)
#define PUBLIC_HEX (2 * crypto_sign_PUBLICKEYBYTES)
#define LINE_SIZE  256

static int s_make_secret(const char *path)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    char hex[SECRET_HEX + 1];
    crypto_sign_keypair(public_key, secret_key);
    sodium_bin2hex(hex, sizeof hex, secret_key, sizeof secret_key);
    hex[SECRET_HEX] = '\n';
    int rc = keygen_write(path, KEYGEN_SECRET_MODE, hex, sizeof hex);
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(hex, sizeof hex);
    return rc;
}

/* The public key of a secret file, in hexadecimal: libsodium keeps it as the second half of the secret key. */
static int s_read_secret(const char *path, char hex[PUBLIC_HEX + 1])
{
    char *line = lex_secret_read(path);
    if (!line)
        return -1;
    bool is_good = strlen(line) == SECRET_HEX;
    if (is_good)
        memcpy(hex, line + PUBLIC_HEX, PUBLIC_HEX + 1);
    else
        lex_error("secret %s is no Ed25519 secret key in hexadecimal", path);
    lex_secret_free(&line);
    return is_good ? 0 : -1;
}

static int s_make_public(const char *path, const char *hex)
{
    char line[PUBLIC_HEX + 2];
    int size = snprintf(line, sizeof line, "%s\n", hex);
    return keygen_write(path, KEYGEN_PUBLIC_MODE, line, (size_t)size);
}

/* The file may list several keys. */
static bool s_lists(const char *path, const char *hex)
{
    char line[LINE_SIZE];
    bool is_found = false;
    FILE *file = fopen(path, "re");
    while (file && !is_found && fgets(line, sizeof line, file))
        is_found = strncasecmp(line, hex, PUBLIC_HEX) == 0;
    if (file)
        fclose(file);
    if (!is_found)
        lex_error("file %s does not list the public key of auth's token.secret", path);
    return is_found;
}

pair_outcome_t pair_make_token(const char *secret, const char *public)
{
    int outcome = PAIR_COMPLETE;
    char hex[PUBLIC_HEX + 1];
    bool has_public = keygen_exists(public);
    if (!keygen_exists(secret)) {
        if (has_public) {
            lex_error("file %s is there without its secret %s: restore or remove it", public,
                      secret);
            return PAIR_FAILED;
        }
        if (s_make_secret(secret) == -1)
            return PAIR_FAILED;
        outcome |= PAIR_MADE_SECRET;
    }
    if (s_read_secret(secret, hex) == -1)
        return PAIR_FAILED;
    if (has_public)
        return s_lists(public, hex) ? outcome : PAIR_FAILED;
    if (s_make_public(public, hex) == -1)
        return PAIR_FAILED;
    return outcome | PAIR_MADE_PUBLIC;
}

static char *s_public_of(const char *secret)
{
    char hex[PUBLIC_HEX + 1];
    return s_read_secret(secret, hex) == 0 ? lex_strdup(hex) : NULL;
}

/* Lines that are no key are comments; whether they are is for lex_verifier_new to say. */
static int s_list(const char *public, char **keys, size_t max)
{
    char line[LINE_SIZE];
    size_t count = 0;
    FILE *file = fopen(public, "re");
    if (!file) {
        lex_error("file %s: %s", public, strerror(errno));
        return -1;
    }
    while (count < max && fgets(line, sizeof line, file)) {
        const char *text = line + strspn(line, " \t");
        if (strspn(text, "0123456789abcdefABCDEF") == PUBLIC_HEX)
            keys[count++] = lex_strndup(text, PUBLIC_HEX);
    }
    fclose(file);
    return (int)count;
}

static int s_write(const char *public, char *const *keys, size_t count)
{
    char *text = lex_strdup("");
    for (size_t i = 0; i < count; i++) {
        char *longer = lex_format("%s%s\n", text, keys[i]);
        free(text);
        text = longer;
    }
    int rc = keygen_write(public, KEYGEN_PUBLIC_MODE, text, strlen(text));
    free(text);
    return rc;
}

const pair_kind_t pair_token = {s_make_secret, s_public_of, s_list, s_write};
