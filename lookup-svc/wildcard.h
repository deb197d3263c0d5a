/* Patterns of `*` (any characters, or none) and `?` (one character); a backslash takes the meaning
 * of the character behind it away. */

#ifndef WILDCARD_H
#define WILDCARD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/* Bytes that no UTF-8 has stand for what is no literal. */
#define WILDCARD_ONE  0xFEu
#define WILDCARD_MANY 0xFFu

typedef struct {
    size_t size;
    /* A literal byte or one of the above each. A blank stands before and behind all of them, as one does in
     * the grams of a key. */
    char padded[LEX_KEY_MAX + 2];
} wildcard_t;

/* 0, or -1 when a backslash has nothing behind it. The pattern is at most LEX_KEY_MAX bytes. */
int wildcard_parse(wildcard_t *self, const char *pattern, size_t size);

/* Whether the whole of a string fits. Takes time in proportion to string times pattern at worst. */
bool wildcard_match(const wildcard_t *self, const char *string, size_t size);

#endif
