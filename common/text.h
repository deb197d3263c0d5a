/* Text as Lexmq understands it: UTF-8 checked, and the keys under which headwords and names meet (utf8proc). */

#ifndef LEX_TEXT_H
#define LEX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LEX_WORD_MAX 255 /* bytes of a headword or a word asked for */
#define LEX_KEY_MAX                                                                                \
    1023 /* bytes of a key: NFKC and casefold can lengthen a word, threefold is the usual worst */

/* True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool lex_text_is_utf8(const void *text, size_t size);

/* Number of code points of valid UTF-8. */
size_t lex_text_length(const char *text, size_t size);

/* True when a control character (Cc) is in the text. */
bool lex_text_has_control(const char *text, size_t size);

/* The key of a word: NFKC, casefold, white space trimmed and squeezed to single spaces, default ignorables dropped.
 * Writes at most `max` bytes and no NUL; returns the length, 0 for a word that is all blank,
 * -1 when it is not UTF-8 or the key would be longer than `max`. */
ssize_t lex_text_key(const char *word, size_t size, char *out, size_t max);

/* The accent-folded form of a key: decomposed, combining marks (Mn) dropped, plus letters that do not
 * decompose (ø ł đ ß æ œ ı…) by their usual plain spelling, and typographic apostrophes and hyphens by those of ASCII.
 * Same conventions. */
ssize_t lex_text_fold(const char *key, size_t size, char *out, size_t max);

/* The stripped form of a key: its accent-folded form without anything but letters, digits and marks, blanks included,
 * so that "ice-cream", "ice cream" and "icecream" meet. Same conventions; 0 when nothing is left. */
ssize_t lex_text_strip(const char *key, size_t size, char *out, size_t max);

/* The spelling of a word for comparison with another: NFC, white space trimmed and squeezed. Same conventions. */
ssize_t lex_text_spelling(const char *word, size_t size, char *out, size_t max);

/* A user name by docs/protocol.md section 5: writes the form shown (NFC) and the key for uniqueness (NFKC, casefold).
 * Both buffers hold LEX_NAME_SIZE bytes and are NUL-terminated. 0, or -1 when the name is not allowed;
 * *why is then a sentence for the user. */
#define LEX_NAME_CHARACTERS 32
#define LEX_NAME_SIZE       256
int lex_text_name(const char *name, size_t size, char *shown, char *key, const char **why);

/* True for a Han character, whatever language it writes. */
bool lex_text_is_han(int code);

/* The next code point at text[*offset] of valid UTF-8; advances *offset. -1 at the end. */
int lex_text_next(const char *text, size_t size, size_t *offset);

#endif
