/* Pinyin as people type it: "zhong1 guo2", "zhōng guó", "Zhongguo", "lü4", "lu:4", "lv4", "nǚ". Two
 * spellings of one reading have the same letters and, where both give tones, the same tones. */

#ifndef LEX_READING_H
#define LEX_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/text.h"

#define LEX_READING_MAX LEX_KEY_MAX /* bytes of a reading */

typedef struct {
    char
        letters[LEX_READING_MAX]; /* a to z, ü as v; no blanks, tones, apostrophes, hyphens, dots */
    size_t size;
    char tones
        [LEX_READING_MAX]; /* of 1 to 4 in their order; the neutral one (0, 5, no mark) is left out */
    size_t tone_count;
} lex_reading_t;

/* Takes a reading, or what may be one, apart. False when anything else is in it than Latin letters, tones and what
 * may part syllables, or when no letter is, or when it is no UTF-8 or too long. */
bool lex_reading_parse(const char *text, size_t size, lex_reading_t *out);

/* True when `asked` fits: the letters are equal and, if it has tones, the tones are as well. */
bool lex_reading_matches(const lex_reading_t *asked, const lex_reading_t *found);

/* Numbered pinyin ("Zhong1 guo2", "lu:4") with marks instead of numbers ("Zhōng guó", "lǜ"). What is no
 * syllable with a number stays as it is, a neutral tone's number is dropped. Writes at most `max` bytes and no NUL; returns
 * the size, or -1 when it would be more or the text is no UTF-8. */
ssize_t lex_reading_mark(const char *text, size_t size, char *out, size_t max);

#endif
