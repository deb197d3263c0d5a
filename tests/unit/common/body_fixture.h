/* What the tests of body readers share. */

#ifndef BODY_FIXTURE_H
#define BODY_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "common/body.h"

static const unsigned char ID[16] = "0123456789abcdef";

static inline int body_setup(void **state)
{
    *state = lex_body_new();
    return 0;
}

static inline int body_teardown(void **state)
{
    lex_body_t *body = *state;
    lex_body_destroy(&body);
    assert_null(body);
    lex_body_destroy(&body);
    return 0;
}

/* Parses a copy that ends where the body ends, so that a read beyond it is seen by
 * AddressSanitizer. The caller frees it. */
static inline int body_parse_copy(lex_body_t *body, const void *data, size_t size,
                                  unsigned char **copy)
{
    *copy = malloc(size ? size : 1);
    // cppcheck-suppress uninitvar ; an array that a caller fills through a cursor into it
    memcpy(*copy, data, size);
    return lex_body_parse(body, *copy, size);
}

#endif
