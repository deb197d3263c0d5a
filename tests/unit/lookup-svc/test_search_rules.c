/* The rules behind accents: punctuation, lemmas, readings, explanations; and that an earlier rule
 * keeps a later one from being tried. */

#include "fixture.h"

#include "lookup-svc/lemma.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SPAN(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define ENTRY(word, explanation, ...)                                                              \
    {                                                                                              \
        .headword = (word), .headword_size = sizeof(word) - 1, .text = (explanation),              \
        .text_size = sizeof(explanation) - 1, .fields = {                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const lex_entry_t s_english[] = {
    ENTRY("go", "v. to move away", .text = {[LEX_FORMS] = SPAN("p:went/d:gone/i:going/3:goes")}),
    ENTRY("ice cream", "n. frozen dessert", .text = {{0}}),
    ENTRY("co-operate", "v. to work together", .text = {{0}}),
    ENTRY("vis-à-vis", "adv. face to face", .text = {{0}}),
    ENTRY("box", "n. a case 箱子", .text = {{0}}),
    ENTRY("leaf", "n. of a tree 叶子", .text = {{0}}),
    ENTRY("leave", "v. to go away 离开", .text = {{0}}),
    ENTRY("better", "adj. more good", .text = {[LEX_FORMS] = SPAN("0:good/1:r")}),
    ENTRY("good", "adj. fine", .text = {[LEX_FORMS] = SPAN("r:better/t:best")}),
    ENTRY("walk", "v. to go on foot", .text = {{0}}),
};
static const lex_entry_t s_chinese[] = {
    ENTRY("中国", "China\nMiddle Kingdom",
          .text = {[LEX_READING] = SPAN("Zhong1 guo2"), [LEX_ALIASES] = SPAN("中國")}),
    ENTRY("行", "to walk\nto go", .text = {[LEX_READING] = SPAN("xing2")}),
    ENTRY("行", "row\nprofession", .text = {[LEX_READING] = SPAN("hang2")}),
    ENTRY("绿色", "green", .text = {[LEX_READING] = SPAN("lu:4 se4")}),
    ENTRY("行动", "operation\nto move", .text = {[LEX_READING] = SPAN("xing2 dong4")}),
};
static const lex_entry_t s_lemmas[] = {
    ENTRY("leaf", "leaves", .text = {[LEX_FORMS] = SPAN("f:leaves")},
          .number = {[LEX_FREQUENCY] = 70}),
    ENTRY("leave", "leaves, left", .text = {[LEX_FORMS] = SPAN("f:leaves,left,leaving")},
          .number = {[LEX_FREQUENCY] = 900}),
    ENTRY("i", "is", .text = {[LEX_FORMS] = SPAN("f:is,me")}, .number = {[LEX_FREQUENCY] = 3}),
    ENTRY("be", "is, was", .text = {[LEX_FORMS] = SPAN("f:is,was")},
          .number = {[LEX_FREQUENCY] = 4000}),
};

enum { ENGLISH, CHINESE, LEMMAS, DICTIONARIES };

typedef struct {
    dictionary_t dictionaries[DICTIONARIES];
    search_t search;
} s_fixture_t;

static s_fixture_t s_open(void **state)
{
    return (s_fixture_t){
        .dictionaries = {
            {.name = "e", .index = fixture_index_full(state, "e", s_english, COUNT(s_english))},
            {.name = "c", .index = fixture_index_full(state, "c", s_chinese, COUNT(s_chinese))},
            {.name = "l",
             .kind = DICTIONARY_LEMMAS,
             .index = fixture_index_full(state, "l", s_lemmas, COUNT(s_lemmas))}}};
}

static void s_close(s_fixture_t *self)
{
    for (int i = 0; i < DICTIONARIES; i++)
        index_destroy(&self->dictionaries[i].index);
    search_close(&self->search);
}

/* Looks up as define does, in dictionaries `first` to `end` - 1, with the forms of all. The headwords found, parted by blanks. */
static void s_expect_in(s_fixture_t *self, int first, int end, const char *word, search_rule_t rule,
                        const char *expected)
{
    char key[LEX_KEY_MAX], found[256] = "";
    size_t size = fixture_key(word, key), length = 0;
    const search_word_t asked = {word, strlen(word), key, size};
    const scope_t scope = {self->dictionaries + first, (size_t)(end - first)};
    const scope_t forms = {self->dictionaries, DICTIONARIES};
    if (!search_run(&self->search, &scope, &forms, &asked))
        search_explanations(&self->search, &scope, &asked);
    for (size_t i = 0; i < self->search.count; i++) {
        const search_range_t *range = self->search.ranges + i;
        for (uint32_t j = range->first; j < range->first + range->count; j++) {
            index_article_t article =
                index_view_article(index_view(range->dictionary->index), range->key, j);
            length +=
                (size_t)snprintf(found + length, sizeof found - length, "%s%.*s", length ? " " : "",
                                 (int)article.headword_size, article.headword);
        }
    }
    assert_string_equal(found, expected);
    assert_string_equal(search_rule_name(self->search.rule), search_rule_name(rule));
}

static void s_expect(s_fixture_t *self, const char *word, search_rule_t rule, const char *expected)
{
    s_expect_in(self, ENGLISH, LEMMAS, word, rule, expected);
}

static void test_punctuation(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "icecream", SEARCH_PUNCTUATION, "ice cream");
    s_expect(&self, "Ice-Cream", SEARCH_PUNCTUATION, "ice cream");
    s_expect(&self, "cooperate", SEARCH_PUNCTUATION, "co-operate");
    s_expect(&self, "co operate", SEARCH_PUNCTUATION, "co-operate");
    s_expect(&self, "vis a vis", SEARCH_PUNCTUATION, "vis-à-vis");
    s_expect(&self, "(box)", SEARCH_PUNCTUATION, "box");
    s_expect(&self, "?!", SEARCH_MISS, "");
    s_close(&self);
}

static void test_forms_of_the_dictionary_itself(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "went", SEARCH_LEMMA, "go");
    s_expect(&self, "GONE", SEARCH_LEMMA, "go");
    s_expect(&self, "best", SEARCH_LEMMA, "good");
    s_expect(&self, "better", SEARCH_EXACT, "better"); /* an entry goes before its lemma */
    s_close(&self);
}

/* Several lemmas come with the most frequent first, and only those that are headwords. */
static void test_forms_of_tables(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "leaves", SEARCH_LEMMA, "leave leaf");
    s_expect(&self, "left", SEARCH_LEMMA, "leave");
    s_expect(&self, "is", SEARCH_MISS, "");
    s_expect_in(&self, CHINESE, LEMMAS, "leaves", SEARCH_MISS, "");
    s_close(&self);
}

static void test_a_lemma_that_is_far_rarer_is_noise(void **state)
{
    s_fixture_t self = s_open(state);
    const scope_t forms = {self.dictionaries, DICTIONARIES};
    lemma_t lemmas[LEMMA_MAX];
    assert_int_equal(lemma_from_forms(&forms, "is", 2, lemmas), 1);
    assert_memory_equal(lemmas[0].key, "be", 2);
    assert_int_equal(lemma_from_forms(&forms, "leaves", 6, lemmas), 2);
    assert_int_equal(lemmas[0].frequency, 900);
    assert_int_equal(lemma_from_forms(&forms, "nothing", 7, lemmas), 0);
    s_close(&self);
}

static void test_endings(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "boxes", SEARCH_LEMMA, "box");
    s_expect(&self, "walked", SEARCH_LEMMA, "walk");
    s_expect(&self, "walking", SEARCH_LEMMA, "walk");
    s_expect(&self, "walks", SEARCH_LEMMA, "walk");
    s_expect(&self, "walkest", SEARCH_LEMMA, "walk");
    s_expect(&self, "s", SEARCH_MISS, "");
    s_expect(&self, "ing", SEARCH_MISS, "");
    s_close(&self);
}

static void test_every_ending(void **state)
{
    static const struct {
        const char *form, *lemma;
    } cases[] = {{"dogs", "dog"},        {"lenses", "lens"},     {"foxes", "fox"},
                 {"quizes", "quiz"},     {"churches", "church"}, {"dishes", "dish"},
                 {"firemen", "fireman"}, {"ladies", "lady"},     {"makes", "make"},
                 {"goes", "go"},         {"loved", "love"},      {"walked", "walk"},
                 {"making", "make"},     {"going", "go"},        {"taller", "tall"},
                 {"tallest", "tall"},    {"nicer", "nice"},      {"nicest", "nice"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        lemma_t lemmas[LEMMA_MAX];
        size_t count = lemma_from_endings(cases[i].form, strlen(cases[i].form), lemmas);
        bool there = false;
        for (size_t j = 0; j < count; j++)
            there = there || (lemmas[j].size == strlen(cases[i].lemma) &&
                              memcmp(lemmas[j].key, cases[i].lemma, lemmas[j].size) == 0);
        assert_true(there);
    }
}

static void test_readings(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "zhong1 guo2", SEARCH_READING, "中国");
    s_expect(&self, "zhōngguó", SEARCH_READING, "中国");
    s_expect(&self, "zhongguo", SEARCH_READING, "中国");
    s_expect(&self, "zhong4guo2", SEARCH_MISS, "");
    s_expect(&self, "xing2", SEARCH_READING, "行");
    s_expect(&self, "xing", SEARCH_READING, "行");
    s_expect(&self, "lüse", SEARCH_READING, "绿色");
    s_expect(&self, "lv4se4", SEARCH_READING, "绿色");
    s_expect_in(&self, ENGLISH, CHINESE, "xing2", SEARCH_MISS, "");
    s_close(&self);
}

/* Of a character with two readings only the entry that is read as asked. */
static void test_a_reading_chooses_among_entries(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "hang2", SEARCH_READING, "行");
    assert_int_equal(self.search.entries, 1);
    s_expect(&self, "行", SEARCH_EXACT, "行 行");
    s_close(&self);
}

static void test_aliases(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "中國", SEARCH_EXACT, "中国");
    s_close(&self);
}

/* A word in Han characters that is no headword is looked for in explanations of any dictionary. */
static void test_explanations_for_han(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "箱子", SEARCH_EXPLANATION, "box");
    s_expect(&self, "离开", SEARCH_EXPLANATION, "leave");
    s_expect(&self, "子叶", SEARCH_MISS, ""); /* both characters are there, but not together */
    s_close(&self);
}

/* Any other query only in dictionaries with Han headwords: an English one explains every word by others. */
static void test_explanations_for_other_scripts(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "kingdom", SEARCH_EXPLANATION, "中国");
    s_expect(&self, "middle kingdom", SEARCH_EXPLANATION, "中国");
    s_expect(&self, "dessert", SEARCH_MISS, "");
    s_expect(&self, "green", SEARCH_EXPLANATION, "绿色");
    s_expect_in(&self, CHINESE, LEMMAS, "go", SEARCH_EXPLANATION, "行");
    s_expect(&self, "go", SEARCH_EXACT, "go"); /* found otherwise, so it is not tried */
    s_close(&self);
}

/* Whole glosses go before texts that merely have the words, whatever their length. */
static void test_glosses_come_first(void **state)
{
    static const lex_entry_t entries[] = {
        ENTRY("遗弃", "abandon ship", .text = {{0}}),
        ENTRY("放弃",
              "to renounce; to abandon (a right, a claim, a piece of work); to give up for good",
              .text = {{0}}),
        ENTRY("狂放", "with abandon", .text = {{0}}),
    };
    s_fixture_t self = s_open(state);
    index_destroy(&self.dictionaries[CHINESE].index);
    self.dictionaries[CHINESE].index = fixture_index_full(state, "g", entries, COUNT(entries));
    s_expect_in(&self, CHINESE, LEMMAS, "abandon", SEARCH_EXPLANATION, "放弃 狂放 遗弃");
    s_expect_in(&self, CHINESE, LEMMAS, "a claim", SEARCH_EXPLANATION, "放弃");
    s_expect_in(&self, CHINESE, LEMMAS, "to abandon", SEARCH_EXPLANATION, "放弃");
    s_close(&self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_punctuation),
        TEST(test_forms_of_the_dictionary_itself),
        TEST(test_forms_of_tables),
        TEST(test_a_lemma_that_is_far_rarer_is_noise),
        TEST(test_endings),
        cmocka_unit_test(test_every_ending),
        TEST(test_readings),
        TEST(test_a_reading_chooses_among_entries),
        TEST(test_aliases),
        TEST(test_explanations_for_han),
        TEST(test_explanations_for_other_scripts),
        TEST(test_glosses_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
