/* An article of a StarDict dictionary turned into text and pronunciation.
 *
 * An article is a row of fields, each of a type. Without sametypesequence a byte names the type in front of each; with it
 * the bytes are absent and the last field takes the rest. A field of a lower-case type ends with a NUL, one of an
 * upper-case type begins with its size (32 bits, most significant byte first). One that is cut off takes what there is.
 *
 *   m n        text                     x g h k w  markup (dict/markup.h)
 *   l          text in UTF-8, or else ISO-8859-1
 *   t y        pronunciation            anything else, files and sounds: passed over */

#ifndef DICT_STARDICT_ARTICLE_H
#define DICT_STARDICT_ARTICLE_H

#include "common/entry.h"
#include "dict/text_buffer.h"

#define STARDICT_PHONETIC_MAX 1000 /* bytes; a longer one is text */

/* Buffers that are used again for every article. Starts zeroed. */
typedef struct {
    text_buffer_t text;
    text_buffer_t phonetic;
    text_buffer_t converted;
} stardict_article_t;

/* `types`: sametypesequence, or empty. Texts of several fields are parted by a blank line, pronunciations by "; ". An
 * article that has nothing but a pronunciation has it for its text. Sets text and phonetic of the entry, which live
 * until the next call, and leaves its headword as it is. */
void stardict_article_read(stardict_article_t *self, const char *types, const char *data,
                           size_t size, lex_entry_t *entry);
void stardict_article_free(stardict_article_t *self);

#endif
