#include "lookup-svc/wildcard.h"

#include <assert.h>
#include <stdint.h>

int wildcard_parse(wildcard_t *self, const char *pattern, size_t size)
{
    assert(size <= LEX_KEY_MAX);
    char *out = self->padded;
    *out++ = ' ';
    for (size_t i = 0; i < size; i++) {
        if (pattern[i] == '*')
            *out++ = (char)WILDCARD_MANY;
        else if (pattern[i] == '?')
            *out++ = (char)WILDCARD_ONE;
        else if (pattern[i] != '\\')
            *out++ = pattern[i];
        else if (++i < size)
            *out++ = pattern[i];
        else
            return -1;
    }
    self->size = (size_t)(out - self->padded) - 1;
    *out = ' ';
    return 0;
}

/* Where the next character begins. */
static size_t s_behind(const char *string, size_t size, size_t at)
{
    for (at++; at < size && ((unsigned char)string[at] & 0xC0) == 0x80; at++)
        ;
    return at;
}

/* What a `*` takes grows only as long as what follows it does not fit, and never once a later one was
 * reached: all that an earlier one could take instead, the later one can take as well. */
bool wildcard_match(const wildcard_t *self, const char *string, size_t size)
{
    const char *steps = self->padded + 1;
    size_t at = 0, step = 0, many = SIZE_MAX, taken = 0;
    while (at < size) {
        unsigned char wanted = step < self->size ? (unsigned char)steps[step] : 0;
        if (step < self->size && wanted == WILDCARD_MANY) {
            many = ++step;
            taken = at;
        } else if (step < self->size && wanted == WILDCARD_ONE) {
            at = s_behind(string, size, at);
            step++;
        } else if (step < self->size && wanted == (unsigned char)string[at]) {
            at++;
            step++;
        } else if (many != SIZE_MAX) {
            taken = s_behind(string, size, taken);
            at = taken;
            step = many;
        } else {
            return false;
        }
    }
    while (step < self->size && (unsigned char)steps[step] == WILDCARD_MANY)
        step++;
    return step == self->size;
}
