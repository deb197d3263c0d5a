/* A small dictionary whose entries have something of everything, and ways to ask its index. */

#ifndef LOOKUP_TESTS_WORDS_FIXTURE_H
#define LOOKUP_TESTS_WORDS_FIXTURE_H

#include "fixture.h"

static const lex_entry_t words_entries[] = {
    {.headword = "go",
     .headword_size = 2,
     .text = "to move; to move on",
     .text_size = 19,
     .fields = {.text = {[LEX_FORMS] = FIXTURE_FIELD("p:went/d:gone/i:going/3:goes/f:Go/s:"),
                         [LEX_PHONETIC] = FIXTURE_FIELD("ɡəʊ")},
                .number = {[LEX_BNC_RANK] = 40, [LEX_MODERN_RANK] = 38}}},
    {.headword = "went",
     .headword_size = 4,
     .text = "see go",
     .text_size = 6,
     .fields = {.text = {[LEX_FORMS] = FIXTURE_FIELD("0:go/1:p")},
                .number = {[LEX_BNC_RANK] = 300}}},
    {.headword = "Went",
     .headword_size = 4,
     .text = "a name",
     .text_size = 6,
     .fields = {.number = {[LEX_MODERN_RANK] = 200}}},
    {.headword = "be",
     .headword_size = 2,
     .text = "exist",
     .text_size = 5,
     .fields = {.text = {[LEX_FORMS] = FIXTURE_FIELD("f:is,was,,BE,Are/x:been")}}},
    {.headword = "i",
     .headword_size = 1,
     .text = "letter",
     .text_size = 6,
     .fields = {.text = {[LEX_FORMS] = FIXTURE_FIELD("s:is/s:is/0:nobody/0:letter/junk/:is")}}},
    {.headword = "中国",
     .headword_size = 6,
     .text = "China",
     .text_size = 5,
     .fields = {.text = {[LEX_READING] = FIXTURE_FIELD("Zhong1 guo2"),
                         [LEX_ALIASES] = FIXTURE_FIELD("中國\n中国\n\n中國\n \nMiddle Kingdom")}}},
    {.headword = "種過",
     .headword_size = 6,
     .text = "planted",
     .text_size = 7,
     .fields = {.text = {[LEX_READING] = FIXTURE_FIELD("zhong4 guo5")}}},
    {.headword = "Colour",
     .headword_size = 6,
     .text = "hue, exist",
     .text_size = 10,
     .fields = {.text = {[LEX_ALIASES] = FIXTURE_FIELD("color\nColor\nhue"),
                         [LEX_READING] = FIXTURE_FIELD("no reading!")}}},
    {.headword = "hue", .headword_size = 3, .text = "colour", .text_size = 6},
    {.headword = "naïve", .headword_size = 6, .text = "simple", .text_size = 6},
    {.headword = "naive", .headword_size = 5, .text = "plain", .text_size = 5},
    {.headword = "ice-cream", .headword_size = 9, .text = "cold", .text_size = 4},
    {.headword = "ice cream", .headword_size = 9, .text = "cold", .text_size = 4},
    {.headword = "à-bas", .headword_size = 6, .text = "down", .text_size = 4},
    {.headword = "zebra", .headword_size = 5, .text = "striped", .text_size = 7},
};

#define WORDS_COUNT (sizeof words_entries / sizeof *words_entries)

static inline int words_setup(void **state)
{
    fixture_setup(state);
    char *path = fixture_path(state, "a");
    fixture_build_full(path, words_entries, WORDS_COUNT, NULL);
    free(path);
    return 0;
}

static inline index_t *words_open(void **state)
{
    char *path = fixture_path(state, "a");
    index_t *index = fixture_open(path);
    free(path);
    return index;
}

static inline uint32_t words_key(const index_view_t *view, const char *key)
{
    uint32_t item;
    assert_true(index_table_find(&view->keys, key, strlen(key), &item));
    return item;
}

/* The keys that a string leads to, parted by blanks. Caller frees. */
static inline char *words_led(const index_view_t *view, const index_alternates_t *alternates,
                              const char *string)
{
    char *all = lex_strdup("");
    uint32_t item;
    if (!index_table_find(&alternates->table, string, strlen(string), &item))
        return all;
    const index_string_t *found = alternates->table.strings + item;
    for (uint32_t i = found[0].first; i < found[1].first; i++) {
        size_t size;
        const char *key = index_table_string(&view->keys, alternates->keys[i], &size);
        char *more = lex_format("%s%s%.*s", all, *all ? " " : "", (int)size, key);
        free(all);
        all = more;
    }
    return all;
}

static inline void words_expect_led(const index_view_t *view, const index_alternates_t *alternates,
                                    const char *string, const char *expected)
{
    char *found = words_led(view, alternates, string);
    assert_string_equal(found, expected);
    free(found);
}

#endif
