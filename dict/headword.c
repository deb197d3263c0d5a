#include "dict/headword.h"

#include <string.h>

#include "dict/format.h"

bool headword_same(const char *one, size_t one_size, const char *other, size_t other_size)
{
    char one_key[LEX_KEY_MAX];
    char other_key[LEX_KEY_MAX];
    if (one_size > FORMAT_HEADWORD_MAX || other_size > FORMAT_HEADWORD_MAX)
        return false;
    ssize_t one_length = lex_text_key(one, one_size, one_key, sizeof(one_key));
    ssize_t other_length = lex_text_key(other, other_size, other_key, sizeof(other_key));
    return one_length > 0 && one_length == other_length &&
           memcmp(one_key, other_key, (size_t)one_length) == 0;
}
