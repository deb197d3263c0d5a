/* The rule that leads from pinyin to Chinese headwords. Part of search.h; not for others. */

#ifndef SEARCH_READING_H
#define SEARCH_READING_H

#include "lookup-svc/search.h"

/* Adds the entries that are read as the word is written, and sets the rule. */
void search_readings(search_t *self, const scope_t *scope, const search_word_t *word);

#endif
