/* An article of a DICT database turned into headword and text.
 *
 * Converters print the headword on the article's first line, properly spelt, while the index has it
 * folded: WordNet's index says "zyrian", its article begins with "Zyrian". The first line is then
 * the better headword, and the text is what stands below it, without the indentation that set it
 * off. FreeDict adds pronunciation and class, "dve /dvie/ <num>": the first becomes a field, the second stays. FOLDOC lists
 * all headwords of an article before a blank line: they stay, but ours is spelt as it is there. */

#ifndef DICT_ARTICLE_H
#define DICT_ARTICLE_H

#include <stdbool.h>
#include <stddef.h>

#include "dict/format.h"

#define ARTICLE_PHONETIC_MAX 1000 /* bytes of a pronunciation; a longer one stays in the text */

/* `word`: the index's headword, used unless the first line is the same word in another spelling
 * (case, and punctuation too unless `all_characters` says that the index keeps it). `final`: the
 * word is as it shall be shown, only the text is cleaned. Shortens the text in place; the entry
 * points into `word` and `text` and may have a pronunciation. */
void article_clean(const char *word, size_t word_size, bool final, bool all_characters, char *text,
                   size_t text_size, lex_entry_t *out);

/* The first line of a meta article ("00-database-short") that is neither blank nor the meta
 * headword itself, trimmed; *line_size is 0 when there is none. */
const char *article_meta_line(const char *text, size_t size, size_t *line_size);

/* Bytes of ISO-8859-1 as UTF-8; `out` has room for twice as many. Returns the size written. */
size_t article_from_latin1(const char *text, size_t size, char *out);

#endif
