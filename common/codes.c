#include "common/codes.h"

#include <string.h>

static const char *const s_names[LEX_CODE_COUNT] = {
    [LEX_OK] = "ok",
    [LEX_BAD_REQUEST] = "bad_request",
    [LEX_UNAUTHORIZED] = "unauthorized",
    [LEX_FORBIDDEN] = "forbidden",
    [LEX_NOT_FOUND] = "not_found",
    [LEX_CONFLICT] = "conflict",
    [LEX_TOO_LARGE] = "too_large",
    [LEX_RATE_LIMITED] = "rate_limited",
    [LEX_BUSY] = "busy",
    [LEX_TIMEOUT] = "timeout",
    [LEX_UNAVAILABLE] = "unavailable",
    [LEX_INTERNAL] = "internal",
};

const char *lex_code_name(lex_code_t code)
{
    if ((unsigned)code >= LEX_CODE_COUNT)
        code = LEX_INTERNAL;
    return s_names[code];
}

lex_code_t lex_code_parse(const char *name, size_t size)
{
    for (int code = 0; code < LEX_CODE_COUNT; code++)
        if (strlen(s_names[code]) == size && memcmp(s_names[code], name, size) == 0)
            return (lex_code_t)code;
    return LEX_INTERNAL;
}

int lex_code_is_transient(lex_code_t code)
{
    return code == LEX_BUSY || code == LEX_TIMEOUT || code == LEX_UNAVAILABLE;
}
