/* Finding the entries of a word in one or several dictionaries, by rules that are tried one after
 * another until one finds anything: as it is spelled, by its key, with accents folded, by letters
 * and digits alone, as an inflected form, as a reading, and last by the words of explanations. */

#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/snapshot.h"

/* Dictionaries to search, in order. */
typedef struct {
    const dictionary_t *dictionaries;
    size_t count;
} scope_t;

typedef enum {
    SEARCH_MISS,
    SEARCH_EXACT,       /* a headword is spelled like that */
    SEARCH_CASE,        /* it has the same key */
    SEARCH_ACCENT,      /* the same accent-folded key */
    SEARCH_PUNCTUATION, /* the same letters and digits */
    SEARCH_LEMMA,       /* the word is an inflected form of it (lemma.h) */
    SEARCH_READING,     /* the word is its pinyin (common/reading.h) */
    SEARCH_EXPLANATION  /* its explanation has all the words */
} search_rule_t;

/* Most entries that explanations give. */
#define SEARCH_EXPLANATIONS 20u

/* Neighbouring entries of one key of one dictionary. */
typedef struct {
    const dictionary_t *dictionary;
    uint32_t key;
    uint32_t first;
    uint32_t count;
} search_range_t;

/* {0} is an empty one; it may be used for many words, one after another. */
typedef struct {
    search_rule_t rule;
    size_t entries; /* over all ranges */
    search_range_t *ranges;
    size_t count;
    size_t capacity;
} search_t;

/* A word as asked and its key (lex_text_key). */
typedef struct {
    const char *word;
    size_t word_size;
    const char *key;
    size_t key_size;
} search_word_t;

void search_close(search_t *self);

/* Looks a word up by every rule but the last. `forms` are the dictionaries whose inflected forms are known: all,
 * whatever is searched. The first rule that finds anything in any dictionary
 * is the only one, except that exact and case are one: entries that are spelled as asked come first,
 * those of the same key behind them. Ranges are in the order of the dictionaries; within one by how well the rule
 * fits, then by key. True when anything was found. The ranges are valid until the next search and as
 * long as the dictionaries. Takes microseconds. */
bool search_run(search_t *self, const scope_t *scope, const scope_t *forms,
                const search_word_t *word);

/* After a miss, the last rule: reverse look-up. Tried with a word in Han characters in all dictionaries, with
 * another in those whose headwords are Han. Takes up to milliseconds. */
bool search_explanations(search_t *self, const scope_t *scope, const search_word_t *word);

/* The name of the rule on the wire; "" for a miss. */
const char *search_rule_name(search_rule_t rule);

/* ---- for the rules in files of their own ---- */

/* Whether an entry of a key is meant. */
typedef bool(search_test_fn)(const void *arg, const index_view_t *view, uint32_t key,
                             uint32_t entry);

/* Adds those entries of a key that pass the test. */
void search_add_entries(search_t *self, const dictionary_t *dictionary, uint32_t key,
                        search_test_fn *test, const void *arg);
#endif
