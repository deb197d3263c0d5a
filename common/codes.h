/* Error codes of the wire (docs/protocol.md section 3), named once for all programs. */

#ifndef LEX_CODES_H
#define LEX_CODES_H

#include <stddef.h>

typedef enum {
    LEX_OK = 0,
    LEX_BAD_REQUEST,
    LEX_UNAUTHORIZED,
    LEX_FORBIDDEN,
    LEX_NOT_FOUND,
    LEX_CONFLICT,
    LEX_TOO_LARGE,
    LEX_RATE_LIMITED,
    LEX_BUSY,
    LEX_TIMEOUT,
    LEX_UNAVAILABLE,
    LEX_INTERNAL,
    LEX_CODE_COUNT
} lex_code_t;

/* The name on the wire, e.g. "bad_request"; "ok" for LEX_OK. Never NULL. */
const char *lex_code_name(lex_code_t code);

/* The code of a wire name of `size` bytes; LEX_INTERNAL for a name we do not know. */
lex_code_t lex_code_parse(const char *name, size_t size);

/* True for codes after which the same request, under the same id, may succeed: busy, timeout, unavailable. */
int lex_code_is_transient(lex_code_t code);

#endif
