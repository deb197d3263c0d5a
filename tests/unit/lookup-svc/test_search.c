/* Spelling before key before accents, dictionaries in order, all entries of a word. */

#include "fixture.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const fixture_entry_t s_first[] = {
    {"Café", "1"},  {"resume", "2"}, {"résumé", "3"}, {"ice cream", "4"},
    {"naïve", "5"}, {"Æsop", "6"},   {"café", "7"},
};
static const fixture_entry_t s_second[] = {
    {"CAFE", "8"}, {"cafe", "9"}, {"naive", "10"}, {"aesop", "11"}, {"Straße", "12"},
};

typedef struct {
    dictionary_t dictionaries[2];
    search_t search;
} s_fixture_t;

static s_fixture_t s_open(void **state)
{
    s_fixture_t self = {
        .dictionaries = {
            {.name = "a", .index = fixture_index(state, "a", s_first, COUNT(s_first))},
            {.name = "b", .index = fixture_index(state, "b", s_second, COUNT(s_second))}}};
    return self;
}

static void s_close(s_fixture_t *self)
{
    index_destroy(&self->dictionaries[0].index);
    index_destroy(&self->dictionaries[1].index);
    search_close(&self->search);
}

static void s_expect_in(s_fixture_t *self, const scope_t *scope, const char *word,
                        search_rule_t rule, const char *expected)
{
    char key[LEX_KEY_MAX];
    size_t size = fixture_key(word, key);
    search_word_t asked = {word, strlen(word), key, size};
    assert_int_equal(search_run(&self->search, scope, scope, &asked), rule != SEARCH_MISS);
    assert_int_equal(self->search.rule, rule);
    char *found = fixture_found(&self->search);
    assert_string_equal(found, expected);
    free(found);
    size_t entries = 0;
    for (size_t i = 0; i < self->search.count; i++)
        entries += self->search.ranges[i].count;
    assert_int_equal(self->search.entries, entries);
}

static void s_expect(s_fixture_t *self, const char *word, search_rule_t rule, const char *expected)
{
    scope_t scope = {self->dictionaries, 2};
    s_expect_in(self, &scope, word, rule, expected);
}

/* What is spelled as asked comes first, and the other case is not hidden by it. Blanks and the way a letter is
 * composed are no spelling. */
static void test_exact(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "café", SEARCH_EXACT, "a:café=7;a:Café=1;");
    s_expect(&self, "cafe\xCC\x81", SEARCH_EXACT, "a:café=7;a:Café=1;");
    s_expect(&self, " café\t", SEARCH_EXACT, "a:café=7;a:Café=1;");
    s_expect(&self, "Café", SEARCH_EXACT, "a:Café=1;a:café=7;");
    s_expect(&self, "cafe", SEARCH_EXACT, "b:cafe=9;b:CAFE=8;");
    s_expect(&self, "ice  cream", SEARCH_EXACT, "a:ice cream=4;");
    s_close(&self);
}

/* Case and width do not matter; accents do as long as there is a word with them. */
static void test_case(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "CAFÉ", SEARCH_CASE, "a:Café=1;a:café=7;");
    s_expect(&self, "ｃａｆé", SEARCH_CASE, "a:Café=1;a:café=7;");
    s_expect(&self, "RESUME", SEARCH_CASE, "a:resume=2;");
    s_expect(&self, "Ice   Cream", SEARCH_CASE, "a:ice cream=4;");
    s_expect(&self, "STRASSE", SEARCH_CASE, "b:Straße=12;");
    s_close(&self);
}

/* With the exact word in one dictionary, accents are not tried in the others. */
static void test_exact_in_any_dictionary_ends_the_search(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "naïve", SEARCH_EXACT, "a:naïve=5;");
    s_expect(&self, "naive", SEARCH_EXACT, "b:naive=10;");
    s_close(&self);
}

static void test_accents_are_folded_on_both_sides(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "cåfe", SEARCH_ACCENT, "a:Café=1;a:café=7;b:CAFE=8;b:cafe=9;");
    s_expect(&self, "résume", SEARCH_ACCENT, "a:resume=2;a:résumé=3;"); /* the plain one first */
    s_expect(&self, "ïcé cream", SEARCH_ACCENT, "a:ice cream=4;");
    s_expect(&self, "äsop", SEARCH_MISS, "");
    s_close(&self);
}

static void test_scope(void **state)
{
    s_fixture_t self = s_open(state);
    scope_t first = {self.dictionaries, 1}, second = {self.dictionaries + 1, 1}, none = {NULL, 0};
    s_expect_in(&self, &first, "cafe", SEARCH_ACCENT, "a:Café=1;a:café=7;");
    s_expect_in(&self, &second, "café", SEARCH_ACCENT, "b:CAFE=8;b:cafe=9;");
    s_expect_in(&self, &second, "aesop", SEARCH_EXACT, "b:aesop=11;");
    s_expect_in(&self, &first, "aesop", SEARCH_ACCENT, "a:Æsop=6;");
    s_expect_in(&self, &second, "ice cream", SEARCH_MISS, "");
    s_expect_in(&self, &first, "Cafe", SEARCH_ACCENT, "a:Café=1;a:café=7;");
    s_expect_in(&self, &none, "ice cream", SEARCH_MISS, "");
    s_close(&self);
}

/* A word of nothing but marks has no accent-folded form; it must not find everything. */
static void test_marks_alone(void **state)
{
    s_fixture_t self = s_open(state);
    s_expect(&self, "\xCC\x81", SEARCH_MISS, "");
    s_close(&self);
}

/* More keys with one folded form than a search has ranges at first. */
static void test_many_accents(void **state)
{
    static const fixture_entry_t entries[] = {
        {"a", "0"}, {"á", "1"}, {"à", "2"}, {"â", "3"}, {"ä", "4"},  {"ã", "5"},
        {"å", "6"}, {"ā", "7"}, {"ă", "8"}, {"ą", "9"}, {"ǎ", "10"}, {"ả", "11"},
    };
    dictionary_t dictionary = {.name = "d",
                               .index = fixture_index(state, "d", entries, COUNT(entries))};
    scope_t scope = {&dictionary, 1};
    search_t search = {0};
    char key[LEX_KEY_MAX];
    size_t size = fixture_key("ạ", key);
    search_word_t asked = {"ạ", strlen("ạ"), key, size};
    assert_true(search_run(&search, &scope, &scope, &asked));
    assert_int_equal(search.entries, COUNT(entries));
    assert_int_equal(search.ranges[0].first, 0);
    search_close(&search);
    index_destroy(&dictionary.index);
}

static void test_rule_names(void **state)
{
    (void)state;
    assert_string_equal(search_rule_name(SEARCH_EXACT), "exact");
    assert_string_equal(search_rule_name(SEARCH_CASE), "case");
    assert_string_equal(search_rule_name(SEARCH_ACCENT), "accent");
    assert_string_equal(search_rule_name(SEARCH_PUNCTUATION), "punctuation");
    assert_string_equal(search_rule_name(SEARCH_LEMMA), "lemma");
    assert_string_equal(search_rule_name(SEARCH_READING), "reading");
    assert_string_equal(search_rule_name(SEARCH_EXPLANATION), "explanation");
    assert_string_equal(search_rule_name(SEARCH_MISS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exact, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_case, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_exact_in_any_dictionary_ends_the_search, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_accents_are_folded_on_both_sides, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_scope, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_marks_alone, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_accents, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_rule_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
