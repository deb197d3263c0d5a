/* MediaWiki's own marks, after its HTML tags are gone (dict/markup.h has the rules). */

#ifndef DICT_MARKUP_WIKI_H
#define DICT_MARKUP_WIKI_H

#include <stdbool.h>

#include "dict/text_buffer.h"

/* Puts the text behind what is in `out`. False when it would be longer than FORMAT_TEXT_MAX. */
bool wiki_to_text(const char *source, size_t size, text_buffer_t *out);

#endif
