/* Soundex (M. K. Odell and R. C. Russell, US patents 1,261,167 of 1918 and 1,435,663 of 1922; as D. Knuth gives it in The Art of
 * Computer Programming, volume 3, chapter 6): the first letter and up to three digits for the classes of the consonants
 * behind it, neighbours of one class counting once. Vowels, h, w and y have no class and part neighbours; in that dictd
 * does the same, other programs pass over h and w. */

#ifndef SOUNDEX_H
#define SOUNDEX_H

#include <stddef.h>
#include <stdint.h>

/* The code of a key packed into a number from 1 to 26 * 343 + 342, equal for words that sound alike; 0 when the key has no
 * letter of a to z. Anything but these letters is passed over. */
uint16_t soundex_code(const char *key, size_t size);

#endif
