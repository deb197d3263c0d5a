/* The words of a StarDict .idx or .syn file, plain or gzip, one after another in bounded memory: a word, a NUL, then
 * numbers of fixed size. */

#ifndef DICT_STARDICT_WORDS_H
#define DICT_STARDICT_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a word. The format allows 255; behind more than this there is no next word to be found. */
#define STARDICT_WORD_MAX   ((size_t)4 << 10)
#define STARDICT_NUMBER_MAX 12 /* bytes behind a word: 8 of offset, 4 of size */

typedef struct stardict_words stardict_words_t;

/* `numbers`: bytes behind each word, at most STARDICT_NUMBER_MAX. NULL with errno. */
stardict_words_t *stardict_words_open(const char *path, size_t numbers);
void stardict_words_close(stardict_words_t **self_p);

/* 1 and a word with the numbers behind its NUL, valid until the next call; 0 at the end; -1 when it cannot be read on:
 * stardict_words_error says why. */
int stardict_words_next(stardict_words_t *self, const char **word, size_t *size,
                        const unsigned char **numbers);
const char *stardict_words_error(const stardict_words_t *self);

/* Bytes given so far, unpacked. */
uint64_t stardict_words_given(const stardict_words_t *self);
/* Bytes read of the file as it is, and its size. */
void stardict_words_position(const stardict_words_t *self, uint64_t *done, uint64_t *total);

/* Four or eight bytes, most significant first. */
uint64_t stardict_number(const unsigned char *data, size_t size);

#endif
