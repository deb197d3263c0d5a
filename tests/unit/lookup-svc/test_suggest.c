/* Suggestions and prefix lists, each against a plain and slow way of computing the same. */

#include "distance_reference.h"
#include "fixture.h"

#include "lookup-svc/suggest.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define WORDS        4000

typedef struct {
    uint64_t random;
    char words[WORDS][64];
    size_t count;
    dictionary_t dictionaries[2]; /* even and odd words */
} s_fixture_t;

static uint64_t s_random(s_fixture_t *self, uint64_t below)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return (self->random >> 11) % below;
}

/* A word over few letters, so that many are near one another; some are of several bytes. Every one is its own key. */
static void s_word(s_fixture_t *self, char *out, size_t length)
{
    static const char *const letters[] = {"a", "b", "c", "d", "é", "字", "𝒳"};
    out[0] = '\0';
    for (size_t i = 0; i < length; i++)
        strcat(out, letters[s_random(self, s_random(self, 3) ? 4 : 6)]);
}

static int s_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Of frequency; every other word has none. */
static uint32_t s_frequency(const char *word)
{
    uint32_t hash = (uint32_t)index_hash(word, strlen(word));
    return hash % 2 ? 1 + hash / 2 % 5 : 0;
}

static index_t *s_index(void **state, const char *name, lex_entry_t *entries, size_t count)
{
    char *path = fixture_path(state, name);
    fixture_build_full(path, entries, count, NULL);
    index_t *index = fixture_open(path);
    free(path);
    return index;
}

static void s_make(s_fixture_t *self, void **state)
{
    static lex_entry_t entries[2][WORDS];
    size_t counts[2] = {0, 0};
    self->random = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < WORDS; i++)
        s_word(self, self->words[i], 1 + s_random(self, 9));
    for (size_t i = 0; i < WORDS; i++) {
        lex_entry_t *entry = entries[i % 2] + counts[i % 2]++;
        *entry = fixture_entry(self->words[i], "text");
        entry->fields.number[LEX_MODERN_RANK] = s_frequency(self->words[i]);
    }
    for (size_t i = 0; i < 2; i++)
        self->dictionaries[i].index = s_index(state, i ? "b" : "a", entries[i], counts[i]);
    qsort(self->words, WORDS, sizeof self->words[0], s_compare);
    self->count = 0;
    for (size_t i = 0; i < WORDS; i++)
        if (i == 0 || strcmp(self->words[self->count - 1], self->words[i]) != 0)
            memmove(self->words[self->count++], self->words[i], sizeof self->words[0]);
}

static void s_unmake(s_fixture_t *self)
{
    index_destroy(&self->dictionaries[0].index);
    index_destroy(&self->dictionaries[1].index);
}

typedef struct {
    int distance;
    unsigned frequency;
    int length;
    int common;
    const char *word;
} s_rank_t;

static s_rank_t s_rank(const char *asked, const char *word)
{
    int a[DISTANCE_POINTS_MAX], b[DISTANCE_POINTS_MAX];
    size_t n = distance_points(asked, a), m = distance_points(word, b), common = 0;
    while (common < n && common < m && a[common] == b[common])
        common++;
    int distance = distance_reference(asked, word);
    if (distance > 2)
        distance = common == n ? 3 : 99;
    uint32_t frequency = s_frequency(word);
    return (s_rank_t){distance, frequency ? frequency : UINT32_MAX, (int)m, (int)common, word};
}

static int s_compare_ranks(const void *left, const void *right)
{
    const s_rank_t *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance - b->distance;
    if (a->frequency != b->frequency)
        return a->frequency < b->frequency ? -1 : 1;
    if (a->length != b->length)
        return a->length - b->length;
    return a->common != b->common ? b->common - a->common : strcmp(a->word, b->word);
}

static void s_expect_nearest(s_fixture_t *self, const char *asked)
{
    static s_rank_t ranks[WORDS];
    for (size_t i = 0; i < self->count; i++)
        ranks[i] = s_rank(asked, self->words[i]);
    qsort(ranks, self->count, sizeof ranks[0], s_compare_ranks);
    size_t expected = 0;
    while (expected < SUGGEST_MAX && ranks[expected].distance < 99)
        expected++;
    scope_t scope = {self->dictionaries, 2};
    suggestion_t found[SUGGEST_MAX];
    assert_int_equal(suggest_nearest(&scope, asked, strlen(asked), found), expected);
    for (size_t i = 0; i < expected; i++) {
        assert_int_equal(found[i].size, strlen(ranks[i].word));
        assert_memory_equal(found[i].word, ranks[i].word, found[i].size);
    }
}

static void test_nearest_is_what_a_full_search_finds(void **state)
{
    s_fixture_t *self = lex_calloc(1, sizeof *self);
    char word[64];
    s_make(self, state);
    for (size_t i = 0; i < 1200; i++) {
        s_word(self, word, 1 + s_random(self, 12));
        s_expect_nearest(self, word);
    }
    s_unmake(self);
    free(self);
}

static void s_expect(const scope_t *scope, const char *asked, const char *expected)
{
    suggestion_t found[SUGGEST_MAX];
    char *all = lex_strdup("");
    size_t count = suggest_nearest(scope, asked, strlen(asked), found);
    for (size_t i = 0; i < count; i++) {
        char *more = lex_format("%s%.*s;", all, (int)found[i].size, found[i].word);
        free(all);
        all = more;
    }
    assert_string_equal(all, expected);
    free(all);
}

static void test_ranking(void **state)
{
    static const fixture_entry_t entries[] = {
        {"receive", ""}, {"relieve", ""},    {"Recipe", ""},       {"recite", ""}, {"deceive", ""},
        {"photon", ""},  {"photograph", ""}, {"photographer", ""}, {"photo", ""},  {"ab", ""},
    };
    dictionary_t dictionary = {.index = fixture_index(state, "a", entries, COUNT(entries))};
    scope_t scope = {&dictionary, 1};
    s_expect(&scope, "recieve", "receive;relieve;Recipe;recite;deceive;"); /* ei: one exchange */
    s_expect(&scope, "photogr", "photo;photon;photograph;photographer;");
    s_expect(&scope, "ba", "ab;");
    s_expect(&scope, "xxxxxxxx", "");
    index_destroy(&dictionary.index);
}

/* The commoner of two that are as near is first, and a word that two dictionaries have is as common as the
 * better of them says. */
static void test_frequency(void **state)
{
    static const struct {
        const char *word;
        uint32_t ranks[2];
    } words[] = {{"cat", {90, 20}}, {"car", {30, 0}}, {"can", {0, 40}}, {"cab", {0, 0}}};
    lex_entry_t entries[COUNT(words)];
    dictionary_t dictionaries[2] = {{.id = 1}, {.id = 2}};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < COUNT(words); j++) {
            entries[j] = fixture_entry(words[j].word, "text");
            entries[j].fields.number[LEX_BNC_RANK] = words[j].ranks[i];
        }
        dictionaries[i].index = s_index(state, i ? "b" : "a", entries, COUNT(words));
    }
    scope_t scope = {dictionaries, 2};
    s_expect(&scope, "caz", "cat;car;can;cab;");
    s_expect(&(scope_t){dictionaries, 1}, "caz", "car;cat;cab;can;");
    index_destroy(&dictionaries[0].index);
    index_destroy(&dictionaries[1].index);
}

/* Words at the limits of the matrix: nothing beyond it may be touched. */
static void test_longest_words(void **state)
{
    char longest[LEX_WORD_MAX + 1], key[LEX_KEY_MAX];
    memset(longest, 'w', LEX_WORD_MAX);
    longest[LEX_WORD_MAX] = '\0';
    fixture_entry_t entries[] = {{longest, ""}, {"w", ""}, {"ww", ""}};
    dictionary_t dictionary = {.index = fixture_index(state, "a", entries, COUNT(entries))};
    scope_t scope = {&dictionary, 1};
    suggestion_t found[SUGGEST_MAX];
    memset(key, 'w', sizeof key);
    assert_int_equal(suggest_nearest(&scope, key, LEX_KEY_MAX, found), 0);
    assert_int_equal(suggest_nearest(&scope, key, LEX_WORD_MAX + 2, found), 1);
    assert_int_equal(suggest_nearest(&scope, key, LEX_WORD_MAX - 2, found), 1);
    assert_int_equal(suggest_nearest(&scope, key, LEX_WORD_MAX + 3, found), 0);
    assert_int_equal(suggest_nearest(&scope, key, 4, found), 2); /* ww and the completion */
    index_destroy(&dictionary.index);
}

/* ---- prefix ---- */

static void test_prefix_is_what_a_full_search_finds(void **state)
{
    s_fixture_t *self = lex_calloc(1, sizeof *self);
    char prefix[64];
    s_make(self, state);
    scope_t scope = {self->dictionaries, 2};
    for (size_t round = 0; round < 2000; round++) {
        suggestion_t found[SUGGEST_PREFIX_MAX];
        size_t limit = s_random(self, SUGGEST_PREFIX_MAX + 1);
        s_word(self, prefix, s_random(self, 5));
        size_t count = suggest_prefix(&scope, prefix, strlen(prefix), limit, found), next = 0;
        for (size_t i = 0; i < self->count && next < limit; i++) {
            if (strncmp(self->words[i], prefix, strlen(prefix)) != 0)
                continue;
            assert_true(next < count);
            assert_int_equal(found[next].size, strlen(self->words[i]));
            assert_memory_equal(found[next].word, self->words[i], found[next].size);
            next++;
        }
        /* What follows begins so only once accents are folded. */
        for (; next < count; next++) {
            char fold[64], prefix_fold[64];
            ssize_t size = lex_text_fold(prefix, strlen(prefix), prefix_fold, sizeof prefix_fold);
            assert_true(lex_text_fold(found[next].word, found[next].size, fold, sizeof fold) >=
                        size);
            assert_memory_equal(fold, prefix_fold, (size_t)size);
            assert_true(found[next].size < strlen(prefix) ||
                        memcmp(found[next].word, prefix, strlen(prefix)) != 0);
        }
    }
    s_unmake(self);
    free(self);
}

static void s_expect_prefix(const scope_t *scope, const char *prefix, size_t limit,
                            const char *expected)
{
    suggestion_t found[SUGGEST_PREFIX_MAX];
    char *all = lex_strdup("");
    size_t count = suggest_prefix(scope, prefix, strlen(prefix), limit, found);
    for (size_t i = 0; i < count; i++) {
        char *more = lex_format("%s%.*s;", all, (int)found[i].size, found[i].word);
        free(all);
        all = more;
    }
    assert_string_equal(all, expected);
    free(all);
}

static void test_prefix_lists_a_key_once_and_accents_last(void **state)
{
    static const fixture_entry_t first[] = {
        {"Cafe", ""}, {"café", ""}, {"cafeteria", ""}, {"new york", ""}, {"newt", ""}};
    static const fixture_entry_t second[] = {{"CAFE", ""}, {"caf", ""},     {"Éte", ""},
                                             {"étui", ""}, {"eternal", ""}, {"new", ""}};
    dictionary_t dictionaries[] = {{.index = fixture_index(state, "a", first, COUNT(first))},
                                   {.index = fixture_index(state, "b", second, COUNT(second))}};
    scope_t scope = {dictionaries, 2};
    s_expect_prefix(&scope, "caf", 10, "caf;Cafe;cafeteria;café;");
    s_expect_prefix(&scope, "caf", 2, "caf;Cafe;");
    s_expect_prefix(&scope, "caf", 0, "");
    s_expect_prefix(&scope, "cafe", 10, "Cafe;cafeteria;café;");
    s_expect_prefix(&scope, "café", 10, "café;Cafe;cafeteria;");
    s_expect_prefix(&scope, "et", 10, "eternal;Éte;étui;");
    s_expect_prefix(&scope, "new", 10, "new;new york;newt;");
    s_expect_prefix(&scope, "new ", 10, "new york;");
    s_expect_prefix(&scope, "", 3, "caf;Cafe;cafeteria;");
    s_expect_prefix(&scope, "q", 10, "");
    index_destroy(&dictionaries[0].index);
    index_destroy(&dictionaries[1].index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nearest_is_what_a_full_search_finds, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ranking, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_frequency, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_longest_words, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_prefix_is_what_a_full_search_finds, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_prefix_lists_a_key_once_and_accents_last,
                                        fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
