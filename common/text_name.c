/* User names: docs/protocol.md section 5. */

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "common/text.h"
#include "common/token.h"

/* More is not looked at: 32 characters after NFKC are far fewer bytes before it. */
#define INPUT_MAX 1024
#define CODES_MAX 4096

typedef struct {
    int32_t code[CODES_MAX];
    size_t count;
} s_codes_t;

static const char NOT_TEXT[] = "The name is not valid text (UTF-8).";
static const char EMPTY[] = "The name is empty.";
static const char TOO_LONG[] = "The name is longer than 32 characters.";
static const char INVISIBLE[] = "The name has a control or invisible character in it.";
static const char SPACES[] =
    "A name may have spaces only between its words, one at a time, and no other white space.";
static const char UNKNOWN[] = "The name has a character in it that Unicode has not assigned.";
static const char NOTHING_SEEN[] = "The name has no visible character.";

/* What is wrong with a character, or NULL. */
static const char *s_character_problem(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
        return INVISIBLE;
    case UTF8PROC_CATEGORY_ZS:
        return code == ' ' ? NULL : SPACES;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return SPACES;
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
        return UNKNOWN;
    default:
        return NULL;
    }
}

static const char *s_problem(const s_codes_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const char *problem = s_character_problem(self->code[i]);
        bool edge = i == 0 || i + 1 == self->count;
        if (problem)
            return problem;
        if (self->code[i] == ' ' && (edge || self->code[i - 1] == ' '))
            return SPACES;
    }
    return NULL;
}

/* The name in NFC, or in NFKC with UTF8PROC_COMPAT. */
static bool s_normalize(s_codes_t *self, const char *name, size_t size, utf8proc_option_t options)
{
    options |= UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t count = utf8proc_decompose(
        (const utf8proc_uint8_t *)name, (utf8proc_ssize_t)size, self->code, CODES_MAX, options);
    if (count < 0 || count > CODES_MAX)
        return false;
    count = utf8proc_normalize_utf32(self->code, count, options);
    self->count = count > 0 ? (size_t)count : 0;
    return count >= 0;
}

/* False when it takes more bytes than a token has for it. */
static bool s_write(const s_codes_t *self, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < self->count; i++) {
        utf8proc_uint8_t bytes[4];
        size_t size = (size_t)utf8proc_encode_char(self->code[i], bytes);
        if (length + size > LEX_TOKEN_NAME_MAX)
            return false;
        memcpy(out + length, bytes, size);
        length += size;
    }
    out[length] = '\0';
    return true;
}

static const char *s_name(const char *name, size_t size, char *shown, char *key)
{
    s_codes_t codes;
    const char *problem;

    if (size == 0)
        return EMPTY;
    if (!lex_text_is_utf8(name, size))
        return NOT_TEXT;
    if (size > INPUT_MAX || !s_normalize(&codes, name, size, UTF8PROC_COMPAT))
        return TOO_LONG;
    /* Both forms are looked at: NFKC makes plain spaces of others, and spaces of what is none. */
    size_t characters = codes.count;
    if ((problem = s_problem(&codes)))
        return problem;
    if (!s_normalize(&codes, name, size, 0))
        return TOO_LONG;
    if ((problem = s_problem(&codes)))
        return problem;
    if (characters > LEX_NAME_CHARACTERS || !s_write(&codes, shown))
        return TOO_LONG;
    ssize_t length = lex_text_key(name, size, key, LEX_NAME_SIZE - 1);
    if (length <= 0)
        return length == 0 ? NOTHING_SEEN : TOO_LONG;
    key[length] = '\0';
    return NULL;
}

int lex_text_name(const char *name, size_t size, char *shown, char *key, const char **why)
{
    const char *problem = s_name(name, size, shown, key);

    if (problem)
        *why = problem;
    return problem ? -1 : 0;
}
