/* Whether two spellings are the same word, so that an article need not repeat its headword. */

#ifndef DICT_HEADWORD_H
#define DICT_HEADWORD_H

#include <stdbool.h>
#include <stddef.h>

/* True when both have the same key (common/text.h: case, width and blanks do not count). False for anything that is
 * longer than a headword can be, or is not UTF-8. */
bool headword_same(const char *one, size_t one_size, const char *other, size_t other_size);

#endif
