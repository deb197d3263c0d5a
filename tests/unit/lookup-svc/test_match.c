/* Strategies by key, each against a plain and slow way of computing the same. */

#include "match_reference.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ROUNDS       300

/* A pattern that may find something: a part of a word, sometimes with a letter changed. */
static void s_make_pattern(match_fixture_t *self, match_strategy_t strategy, char *out)
{
    size_t which = match_random(self, MATCH_DICTIONARIES);
    const char *word = self->words[which][match_random(self, self->counts[which])].word;
    size_t size = strlen(word), from = 0, end = size;
    if (strategy == MATCH_SUFFIX || strategy == MATCH_SUBSTRING || strategy == MATCH_LAST ||
        strategy == MATCH_WORD)
        from = match_random(self, size);
    if (strategy == MATCH_PREFIX || strategy == MATCH_SUBSTRING || strategy == MATCH_FIRST ||
        strategy == MATCH_WORD)
        end = from + 1 + match_random(self, size - from);
    while (((unsigned char)word[from] & 0xC0) == 0x80)
        from--;
    while (((unsigned char)word[end] & 0xC0) == 0x80)
        end++;
    snprintf(out, MATCH_WORD_SIZE, "%.*s", (int)(end - from), word + from);
    if (strategy == MATCH_WILDCARD)
        for (size_t i = 0; out[i]; i++)
            if ((unsigned char)out[i] < 0x80 && (unsigned char)out[i + 1] < 0x80 &&
                match_random(self, 3) == 0)
                out[i] = match_random(self, 2) ? '*' : '?';
}

/* A blank at an end means something to three strategies, and is trimmed by the others. */
static bool s_is_usable(match_strategy_t strategy, const char *pattern)
{
    size_t size = strlen(pattern);
    bool before = pattern[0] == ' ', behind = pattern[size - 1] == ' ';
    if (strcmp(pattern, " ") == 0)
        return false;
    if (strategy == MATCH_SUBSTRING)
        return true;
    return strategy == MATCH_PREFIX   ? !before
           : strategy == MATCH_SUFFIX ? !behind
                                      : !before && !behind;
}

static void test_strategies_find_what_a_full_search_finds(void **state)
{
    static const match_strategy_t strategies[] = {MATCH_EXACT,     MATCH_PREFIX,   MATCH_SUFFIX,
                                                  MATCH_SUBSTRING, MATCH_WORD,     MATCH_FIRST,
                                                  MATCH_LAST,      MATCH_WILDCARD, MATCH_SOUNDEX};
    match_fixture_t *self = match_fixture_new(state);
    for (size_t i = 0; i < COUNT(strategies); i++) {
        size_t accents = 0, found = 0;
        for (size_t round = 0; round < ROUNDS; round++) {
            char pattern[MATCH_WORD_SIZE];
            s_make_pattern(self, strategies[i], pattern);
            if (!s_is_usable(strategies[i], pattern))
                continue;
            char *expected = reference_all(self, strategies[i], pattern);
            match_expect(&self->scope, match_query(strategies[i], pattern), expected);
            accents += strchr(expected, '*') != NULL;
            found += expected[0] != '\0';
            free(expected);
        }
        assert_true(accents > 10 && found > ROUNDS / 2);
    }
    match_fixture_destroy(&self);
}

/* Patterns whose hints are of many kinds, against a look at every word. */
static void test_re_finds_what_a_full_search_finds(void **state)
{
    static const char *const patterns[] = {"abc",       "^ab",      "^ab+c",    "ab$",
                                           "^a.*d$",    "b{2}a",    "ab?c",     "a(b|c)d",
                                           "ab|cd",     "^(ab|cd)", "[ab]cd",   "字",
                                           "^字",       "字a",      "ba*字$",   "é",
                                           "É",         "ABD",      "a\\-b",    "\\bab\\b",
                                           "^$",        "^ab$",     "^a",       "a$",
                                           "x*",        "c+d?a",    "ab{0,2}d", "ad{1}b",
                                           "(?i)AB",    "^(?=a)",   "\\x61b",   "[[:alpha:]]-[ab]",
                                           "[]a]b",     "ba[^]a]",  "(ab)+c",   "(a)(b)\\2",
                                           "\\Qab\\Ed", "^ab|ba",   "^.字",     "d ab",
                                           " ab",       "a{1",      "a{,2}",    "^ab*",
                                           "(*UTF)bd",  "ab++c",    "ab+?c",    "[[:a]|b:]",
                                           "b d",       "^\\w+$",   "^\\W",     "ab\\d",
                                           "a'",        "^a?bc"};
    match_fixture_t *self = match_fixture_new(state);
    size_t all = 0;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        char why[160], *expected = NULL;
        size_t size, found = 0;
        FILE *out = open_memstream(&expected, &size);
        match_re_t *re = match_re_new(patterns[i], strlen(patterns[i]), why, sizeof why);
        assert_non_null(re);
        static reference_t words[MATCH_DICTIONARIES * MATCH_WORDS];
        for (size_t j = 0; j < MATCH_DICTIONARIES; j++)
            for (size_t k = 0; k < self->counts[j]; k++) {
                const match_word_t *word = self->words[j] + k;
                if (match_re_test(re, word->word, strlen(word->word)) == 1)
                    words[found++] = (reference_t){self->dictionaries[j].name, word, false};
            }
        qsort(words, found, sizeof *words, reference_compare);
        reference_print(out, words, found);
        fclose(out);
        match_expect(&self->scope, match_query(MATCH_RE, patterns[i]), expected);
        all += found > 0;
        match_re_destroy(&re);
        free(expected);
    }
    assert_true(all > COUNT(patterns) * 3 / 4);
    match_fixture_destroy(&self);
}

/* ---- a few words, by hand ---- */

static void s_expect(void **state, match_strategy_t strategy, const char *pattern,
                     const char *expected)
{
    static const fixture_entry_t entries[] = {
        {"Café au lait", ""}, {"cafe", ""},   {"CAFÉ", ""},    {"no-hitter", ""},
        {"hot dog", ""},      {"hotel", ""},  {"hot-dog", ""}, {"O'Neill", ""},
        {"100%", ""},         {"what?", ""},  {"a*b", ""},     {"ashcraft", ""},
        {"asgrobet", ""},     {"ＡＢＣ", ""}, {"1066", ""},    {"1984", ""},
        {"中国", ""},         {"中文", ""},   {"Straße", ""},  {"strasse", ""},
    };
    dictionary_t dictionary = {.name = (char *)"x", .id = 1};
    dictionary.index = fixture_index(state, "x", entries, COUNT(entries));
    scope_t scope = {&dictionary, 1};
    match_expect(&scope, match_query(strategy, pattern), expected);
    index_destroy(&dictionary.index);
}

static void test_examples(void **state)
{
    s_expect(state, MATCH_EXACT, "CAFE", "x:cafe\nx:CAFÉ*\n");
    s_expect(state, MATCH_EXACT, " Café ", "x:CAFÉ\nx:cafe*\n");
    s_expect(state, MATCH_EXACT, "abc", "x:ＡＢＣ\n");
    s_expect(state, MATCH_PREFIX, "hot", "x:hot dog\nx:hot-dog\nx:hotel\n");
    s_expect(state, MATCH_PREFIX, "hot ", "x:hot dog\n");
    s_expect(state, MATCH_PREFIX, "cafe ", "x:Café au lait*\n");
    s_expect(state, MATCH_SUFFIX, "dog", "x:hot dog\nx:hot-dog\n");
    s_expect(state, MATCH_SUFFIX, " dog", "x:hot dog\n");
    s_expect(state, MATCH_SUBSTRING, "ot d", "x:hot dog\n");
    s_expect(state, MATCH_SUBSTRING, "É",
             "x:CAFÉ\nx:Café au lait\nx:asgrobet*\nx:cafe*\nx:hotel*\n"
             "x:no-hitter*\nx:O'Neill*\nx:Straße*\n");
    s_expect(state, MATCH_WORD, "hitter", "x:no-hitter\n");
    s_expect(state, MATCH_WORD, "o", "x:O'Neill\n");
    s_expect(state, MATCH_FIRST, "hot", "x:hot dog\nx:hot-dog\n");
    s_expect(state, MATCH_LAST, "neill", "x:O'Neill\n");
    s_expect(state, MATCH_WILDCARD, "*\\?", "x:what?\n");
    s_expect(state, MATCH_WILDCARD, "a\\**", "x:a*b\n");
    s_expect(state, MATCH_WILDCARD, "?国", "x:中国\n");
    s_expect(state, MATCH_WILDCARD, "？＊国", "x:中国\n"); /* as a Chinese keyboard has them */
    s_expect(state, MATCH_WILDCARD, "??", "x:中国\nx:中文\n");
    s_expect(state, MATCH_RE, "^.O[TS]", "x:hot dog\nx:hot-dog\nx:hotel\n");
    s_expect(state, MATCH_SOUNDEX, "10", "x:100%\nx:1066\nx:1984\n");
    s_expect(state, MATCH_SOUNDEX, "中", "");
    s_expect(state, MATCH_SOUNDEX, "oneal", "x:O'Neill\n");
}

/* So many words end alike that they are not sorted, and yet few of all. */
static void test_many_that_end_alike(void **state)
{
    enum { WORDS = 50000, TENTH = 10 };
    static char words[WORDS][8];
    static lex_entry_t entries[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        snprintf(words[i], sizeof words[i], "%05zu", i);
        entries[i] = fixture_entry(words[i], "");
    }
    char *path = fixture_path(state, "numbers"), *expected = NULL;
    size_t size;
    fixture_build_full(path, entries, WORDS, NULL);
    dictionary_t dictionary = {.name = (char *)"x", .index = fixture_open(path)};
    FILE *out = open_memstream(&expected, &size);
    for (size_t i = 3; i < WORDS; i += TENTH)
        fprintf(out, "x:%s\n", words[i]);
    fclose(out);
    match_expect(&(scope_t){&dictionary, 1}, match_query(MATCH_SUFFIX, "3"), expected);
    match_expect(&(scope_t){&dictionary, 1}, match_query(MATCH_RE, "3$"), expected);
    index_destroy(&dictionary.index);
    free(expected);
    free(path);
}

static void test_reading(void **state)
{
    static const struct {
        const char *word, *reading;
    } words[] = {{"中国", "zhong1 guo2"}, {"种过", "zhong4 guo4"}, {"绿", "lu:4"}, {"旅", "lu:3"}};
    lex_entry_t entries[COUNT(words)];
    for (size_t i = 0; i < COUNT(words); i++) {
        entries[i] = fixture_entry(words[i].word, "text");
        entries[i].fields.text[LEX_READING] =
            (lex_span_t){words[i].reading, strlen(words[i].reading)};
    }
    char *path = fixture_path(state, "han");
    fixture_build_full(path, entries, COUNT(entries), NULL);
    dictionary_t dictionary = {.name = (char *)"x", .index = fixture_open(path)};
    scope_t scope = {&dictionary, 1};
    match_expect(&scope, match_query(MATCH_READING, "zhongguo"), "x:中国\nx:种过\n");
    match_expect(&scope, match_query(MATCH_READING, "Zhong4 guo4"), "x:种过\n");
    match_expect(&scope, match_query(MATCH_READING, "zhōng guó"), "x:中国\n");
    match_expect(&scope, match_query(MATCH_READING, "lv"), "x:旅\nx:绿\n");
    match_expect(&scope, match_query(MATCH_READING, "zhong"), "");
    index_destroy(&dictionary.index);
    free(path);
}

static void test_bad_patterns(void **state)
{
    static const struct {
        match_strategy_t strategy;
        const char *pattern, *why;
    } bad[] = {
        {MATCH_RE, "a(b", "missing closing parenthesis at byte 3"},
        {MATCH_RE, "\\C", "using \\C is disabled by the application at byte 2"},
        {MATCH_RE, "[b-a]", "range out of order in character class at byte 3"},
        {MATCH_WILDCARD, "ab\\", "a backslash must have something behind it"},
        {MATCH_EXACT, "  ", "the pattern is blank"},
        {MATCH_LEV, " ", "the pattern is blank"},
        {MATCH_READING, "中国", "this is no pinyin"},
        {MATCH_TEXT, "...", "the pattern has no word, or more than 64"},
    };
    const fixture_entry_t entry = {"word", "text"};
    dictionary_t dictionary = {.index = fixture_index(state, "x", &entry, 1)};
    scope_t scope = {&dictionary, 1};
    match_result_t result = {0};
    for (size_t i = 0; i < COUNT(bad); i++) {
        match_query_t query = match_query(bad[i].strategy, bad[i].pattern);
        assert_int_equal(match_run(&scope, &query, &result), MATCH_BAD_PATTERN);
        assert_string_equal(result.why, bad[i].why);
        assert_int_equal(result.count, 0);
    }
    match_result_close(&result);
    index_destroy(&dictionary.index);
}

static void test_names(void **state)
{
    (void)state;
    match_strategy_t strategy;
    for (int i = 0; i < MATCH_STRATEGIES; i++) {
        const char *name = match_strategy_name((match_strategy_t)i);
        assert_int_equal(match_strategy_find(name, strlen(name), &strategy), 0);
        assert_int_equal(strategy, i);
        assert_true(strlen(match_strategy_name(strategy)) > 0);
    }
    assert_int_equal(match_strategy_find("exactly", 7, &strategy), -1);
    assert_int_equal(match_strategy_find("exac", 4, &strategy), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_strategies_find_what_a_full_search_finds,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_re_finds_what_a_full_search_finds, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_examples, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_that_end_alike, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_reading, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_bad_patterns, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
