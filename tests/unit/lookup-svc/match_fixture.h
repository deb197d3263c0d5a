/* Dictionaries of generated words for the tests of match, and what it finds in them as text. The words are random,
 * but the same in every run, and every word is its own key. */

#ifndef LOOKUP_TESTS_MATCH_FIXTURE_H
#define LOOKUP_TESTS_MATCH_FIXTURE_H

#include "fixture.h"

#include "lookup-svc/match.h"

#define MATCH_WORDS        2000 /* a dictionary */
#define MATCH_DICTIONARIES 2
#define MATCH_WORD_SIZE    48

typedef struct {
    char word[MATCH_WORD_SIZE];
    char fold[MATCH_WORD_SIZE];
    char text[160];
    uint32_t rank, collins;
    const char *tags;
} match_word_t;

typedef struct {
    uint64_t random;
    match_word_t words[MATCH_DICTIONARIES][MATCH_WORDS]; /* sorted */
    size_t counts[MATCH_DICTIONARIES];
    dictionary_t dictionaries[MATCH_DICTIONARIES];
    scope_t scope;
} match_fixture_t;

static inline uint64_t match_random(match_fixture_t *self, uint64_t below)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return (self->random >> 11) % below;
}

/* `length` letters of few, so that words have much in common; never a blank at an end, nor two blanks. */
static inline void match_make_word(match_fixture_t *self, char *out, size_t length)
{
    static const char *const letters[] = {"a", "b", "c", "d",  " ", "-",
                                          "'", "é", "à", "字", "é", "1"};
    out[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        const char *letter = letters[match_random(self, match_random(self, 4) ? 5 : 12)];
        size_t size = strlen(out);
        if (*letter == ' ' && (i == 0 || i + 1 == length || out[size - 1] == ' '))
            letter = "a";
        strcat(out, letter);
    }
}

static inline void match_make_text(match_fixture_t *self, char *out)
{
    static const char *const words[] = {"water", "Water", "deep", "the",  "of", "中国",
                                        "国中",  "字",    "été",  "ete;", "か", "がくせい"};
    out[0] = '\0';
    for (uint64_t left = 1 + match_random(self, 9); left > 0; left--) {
        strcat(out, words[match_random(self, 12)]);
        strcat(out, match_random(self, 5) ? " " : ", ");
    }
}

static inline int match_compare(const void *a, const void *b)
{
    return strcmp(((const match_word_t *)a)->word, ((const match_word_t *)b)->word);
}

static inline void match_make_words(match_fixture_t *self, size_t which)
{
    static const char *const tags[] = {"", "cet4", "cet4 gre", "gre", "cet6"};
    match_word_t *words = self->words[which];
    for (size_t i = 0; i < MATCH_WORDS; i++) {
        match_make_word(self, words[i].word, 1 + match_random(self, 10));
        ssize_t size = lex_text_fold(words[i].word, strlen(words[i].word), words[i].fold,
                                     sizeof words[i].fold - 1);
        assert_true(size > 0);
        words[i].fold[size] = '\0';
        match_make_text(self, words[i].text);
        words[i].rank = match_random(self, 2) ? (uint32_t)(1 + match_random(self, 500)) : 0;
        words[i].collins = (uint32_t)match_random(self, 6);
        words[i].tags = tags[match_random(self, 5)];
    }
    qsort(words, MATCH_WORDS, sizeof *words, match_compare);
    size_t count = 0;
    for (size_t i = 0; i < MATCH_WORDS; i++)
        if (i == 0 || strcmp(words[count - 1].word, words[i].word) != 0)
            memmove(words + count++, words + i, sizeof *words);
    self->counts[which] = count;
}

/* Builds dictionary number `which` from its words, anew if it is there. */
static inline void match_build(match_fixture_t *self, void **state, size_t which)
{
    char *path = fixture_path(state, which ? "b" : "a");
    lex_entry_t *entries = lex_calloc(self->counts[which], sizeof *entries);
    for (size_t i = 0; i < self->counts[which]; i++) {
        const match_word_t *word = self->words[which] + i;
        entries[i] = fixture_entry(word->word, word->text);
        entries[i].fields.number[LEX_BNC_RANK] = word->rank;
        entries[i].fields.number[LEX_COLLINS] = word->collins;
        entries[i].fields.text[LEX_TAGS] = (lex_span_t){word->tags, strlen(word->tags)};
    }
    index_destroy(&self->dictionaries[which].index);
    fixture_build_full(path, entries, self->counts[which], NULL);
    self->dictionaries[which].index = fixture_open(path);
    self->dictionaries[which].id = (uint32_t)which + 7;
    self->dictionaries[which].name = which ? (char *)"b" : (char *)"a";
    free(entries);
    free(path);
}

static inline match_fixture_t *match_fixture_new(void **state)
{
    match_fixture_t *self = lex_calloc(1, sizeof *self);
    self->random = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < MATCH_DICTIONARIES; i++) {
        match_make_words(self, i);
        match_build(self, state, i);
    }
    self->scope = (scope_t){self->dictionaries, MATCH_DICTIONARIES};
    return self;
}

static inline void match_fixture_destroy(match_fixture_t **self_p)
{
    for (size_t i = 0; i < MATCH_DICTIONARIES; i++)
        index_destroy(&(*self_p)->dictionaries[i].index);
    free(*self_p);
    *self_p = NULL;
}

/* ---- queries ---- */

static inline match_query_t match_query(match_strategy_t strategy, const char *pattern)
{
    return (match_query_t){.strategy = strategy,
                           .pattern = pattern,
                           .pattern_size = strlen(pattern),
                           .limit = MATCH_LIMIT_MAX,
                           .budget_ms = 60000, /* results, whatever else the machine does */
                           .distance = 1};
}

/* Appends "dictionary:word", with a mark for accents, a line each. */
static inline void match_print(FILE *out, const match_result_t *result)
{
    for (size_t i = 0; i < result->count; i++) {
        size_t size;
        const match_t *match = result->matches + i;
        const index_view_t *view = index_view(match->dictionary->index);
        const char *word = index_view_spelling(view, match->key, &size);
        fprintf(out, "%s:%.*s%s\n", match->dictionary->name, (int)size, word,
                match->accent ? "*" : "");
    }
}

/* All pages, one after another. Caller frees. */
static inline char *match_all(const scope_t *scope, match_query_t query)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    match_result_t result = {0};
    unsigned char cursor[MATCH_CURSOR_MAX];
    do {
        assert_int_equal(match_run(scope, &query, &result), MATCH_OK);
        assert_true(result.count <= query.limit);
        match_print(out, &result);
        memcpy(cursor, result.cursor, result.cursor_size);
        query.cursor = cursor;
        query.cursor_size = result.cursor_size;
    } while (result.cursor_size > 0);
    match_result_close(&result);
    fclose(out);
    return text;
}

static inline void match_expect(const scope_t *scope, match_query_t query, const char *expected)
{
    char *found = match_all(scope, query);
    size_t same = 0;
    while (found[same] && found[same] == expected[same])
        same++;
    if (strcmp(found, expected) != 0)
        print_error("%s '%s', from byte %zu on:\n%.99s\ninstead of\n%.99s\n",
                    match_strategy_name(query.strategy), query.pattern, same, found + same,
                    expected + same);
    assert_int_equal(strlen(found), strlen(expected));
    assert_string_equal(found, expected);
    free(found);
}

#endif
