/* The letters that have no decomposition. Part of text.h; not for others. */

#ifndef LEX_TEXT_LETTERS_H
#define LEX_TEXT_LETTERS_H

/* One or two ASCII characters, the usual plain spelling of a casefolded letter (ø: "o", æ: "ae"),
 * or NULL. */
const char *lex_text_letter(int code);

#endif
