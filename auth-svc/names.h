/* A user's name in its three forms. */

#ifndef AUTH_NAMES_H
#define AUTH_NAMES_H

#include "common/text.h"
#include "common/token.h"

#define NAME_HASH_SIZE 16

typedef struct {
    char shown[LEX_NAME_SIZE];          /* as typed, NFC; NUL-terminated, as the key */
    char key[LEX_NAME_SIZE];            /* what makes it unique */
    unsigned char hash[NAME_HASH_SIZE]; /* BLAKE2b of the key, for tables that need not know it */
} name_t;

/* 0, or -1 when nobody may have that name; *why is then a sentence for people. */
int names_parse(name_t *self, const char *name, size_t size, const char **why);

/* Makes `hash` one of the name together with a session of its user. Whoever holds a token that we signed for the
 * account is counted apart from those who know its name alone: they cannot keep its owner out. */
void names_apart(name_t *self, const unsigned char session[LEX_SESSION_SIZE]);

#endif
