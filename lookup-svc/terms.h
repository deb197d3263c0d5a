/* The words of a text as full-text search knows them.
 *
 * A term is the accent-folded key (lex_text_key, lex_text_fold) of a run of letters, digits and marks; each Han, Hiragana, Katakana
 * and Hangul character is a term of its own, because such scripts part no words. An apostrophe between letters is
 * left out ("don't" is dont). A term beyond TERMS_SIZE_MAX bytes is none. The same words cut a query. */

#ifndef TERMS_H
#define TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERMS_SIZE_MAX 64u

typedef struct {
    const char *text;
    size_t size;
    size_t offset; /* where the next term is looked for */
    char term[TERMS_SIZE_MAX];
    size_t term_size;
    bool ideograph; /* the term is one character of a script without word boundaries */
} terms_t;

void terms_open(terms_t *self, const char *text, size_t size);

/* The next term. False at the end. Any bytes may be in the text. */
bool terms_next(terms_t *self);

#endif
