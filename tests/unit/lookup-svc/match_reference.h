/* What match must find by key, computed plainly: every word is looked at. */

#ifndef LOOKUP_TESTS_MATCH_REFERENCE_H
#define LOOKUP_TESTS_MATCH_REFERENCE_H

#include "match_fixture.h"

#include <ctype.h>

#include "lookup-svc/match_re.h"
#include "lookup-svc/soundex.h"

/* Wildcards by the definition. */
static inline bool reference_wildcard(const char *pattern, const char *word)
{
    if (*pattern == '\0')
        return *word == '\0';
    if (*pattern == '*')
        return reference_wildcard(pattern + 1, word) ||
               (*word && reference_wildcard(pattern, word + 1));
    if (*word == '\0')
        return false;
    if (*pattern == '?') {
        for (word++; ((unsigned char)*word & 0xC0) == 0x80; word++)
            ;
        return reference_wildcard(pattern + 1, word);
    }
    if (*pattern == '\\')
        pattern++;
    return *pattern == *word && reference_wildcard(pattern + 1, word + 1);
}

static inline bool reference_parts(const char *word, size_t size, size_t at)
{
    return at == size || word[at] == ' ' || ((word[at] & 0x80) == 0 && ispunct(word[at]));
}

/* Whether the pattern stands as words at `at`. */
static inline bool reference_is_word(const char *word, size_t at, const char *pattern)
{
    size_t size = strlen(word), length = strlen(pattern);
    return at + length <= size && memcmp(word + at, pattern, length) == 0 &&
           reference_parts(word, size, at + length) &&
           (at == 0 || reference_parts(word, size, at - 1));
}

static inline bool reference_test(match_strategy_t strategy, const char *pattern, const char *word)
{
    size_t size = strlen(word), length = strlen(pattern);
    switch (strategy) {
    case MATCH_EXACT:
        return strcmp(pattern, word) == 0;
    case MATCH_PREFIX:
        return strncmp(word, pattern, length) == 0;
    case MATCH_SUFFIX:
        return size >= length && strcmp(word + size - length, pattern) == 0;
    case MATCH_SUBSTRING:
        return strstr(word, pattern) != NULL;
    case MATCH_FIRST:
        return reference_is_word(word, 0, pattern);
    case MATCH_LAST:
        return size >= length && reference_is_word(word, size - length, pattern);
    case MATCH_WORD:
        for (size_t i = 0; i < size; i++)
            if (reference_is_word(word, i, pattern))
                return true;
        return false;
    case MATCH_WILDCARD:
        return reference_wildcard(pattern, word);
    case MATCH_SOUNDEX:
        return pattern[0] == word[0] && soundex_code(pattern, length) == soundex_code(word, size) &&
               (soundex_code(pattern, length) > 0 || (pattern[0] & 0x80) == 0);
    default:
        fail();
        return false;
    }
}

typedef struct {
    const char *dictionary;
    const match_word_t *word;
    bool accent;
} reference_t;

/* By the word, or behind all of those by the fold; then by dictionary; among those of one fold the plain one first. */
static inline int reference_compare(const void *left, const void *right)
{
    const reference_t *a = left, *b = right;
    if (a->accent != b->accent)
        return a->accent ? 1 : -1;
    int rc =
        a->accent ? strcmp(a->word->fold, b->word->fold) : strcmp(a->word->word, b->word->word);
    if (rc == 0)
        rc = strcmp(a->dictionary, b->dictionary);
    if (rc == 0)
        rc = (strcmp(a->word->word, a->word->fold) != 0) -
             (strcmp(b->word->word, b->word->fold) != 0);
    return rc ? rc : strcmp(a->word->word, b->word->word);
}

static inline void reference_print(FILE *out, const reference_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s:%s%s\n", words[i].dictionary, words[i].word->word,
                words[i].accent ? "*" : "");
}

/* As match_all. The pattern must be its own key. Caller frees. */
static inline char *reference_all(const match_fixture_t *self, match_strategy_t strategy,
                                  const char *pattern)
{
    static reference_t found[MATCH_DICTIONARIES * MATCH_WORDS];
    size_t count = 0, size, length = strlen(pattern);
    char fold[256];
    ssize_t fold_size = lex_text_fold(pattern, length, fold, sizeof fold - 2);
    assert_true(fold_size > 0);
    fold[fold_size] = '\0';
    /* Folding trims. */
    if (pattern[0] == ' ' && fold[0] != ' ') {
        memmove(fold + 1, fold, strlen(fold) + 1);
        fold[0] = ' ';
    }
    if (pattern[length - 1] == ' ' && fold[strlen(fold) - 1] != ' ')
        strcat(fold, " ");
    for (size_t i = 0; i < MATCH_DICTIONARIES; i++)
        for (size_t j = 0; j < self->counts[i]; j++) {
            const match_word_t *word = self->words[i] + j;
            bool plain = reference_test(strategy, pattern, word->word);
            if (plain || reference_test(strategy, fold, word->fold))
                found[count++] = (reference_t){self->dictionaries[i].name, word, !plain};
        }
    qsort(found, count, sizeof *found, reference_compare);
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    reference_print(out, found, count);
    fclose(out);
    return text;
}

#endif
