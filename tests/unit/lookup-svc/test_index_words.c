/* The ways from words to entries that an index offers besides its keys: aliases, forms, readings,
 * folds, strips, endings, codes. */

#include "words_fixture.h"

#include "lookup-svc/soundex.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_forms(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    words_expect_led(view, &view->forms, "went", "go"); /* said by both entries, and listed once */
    words_expect_led(view, &view->forms, "gone", "go");
    words_expect_led(view, &view->forms, "goes", "go");
    words_expect_led(view, &view->forms, "is", "be i");
    words_expect_led(view, &view->forms, "was", "be");
    words_expect_led(view, &view->forms, "are", "be");
    words_expect_led(view, &view->forms, "been", "be");
    words_expect_led(view, &view->forms, "go", ""); /* a form that is its lemma is none */
    words_expect_led(view, &view->forms, "be", "");
    words_expect_led(view, &view->forms, "p", ""); /* code 1 has no words */
    words_expect_led(view, &view->forms, "i", "");
    words_expect_led(view, &view->forms, "nobody", ""); /* a lemma that is not there */
    assert_int_equal(view->header->forms, 8);
    assert_int_equal(view->header->form_keys, 9);
    index_destroy(&index);
}

static void test_readings(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    words_expect_led(view, &view->readings, "zhongguo", "中国 種過");
    assert_int_equal(view->header->readings, 1);
    assert_int_equal(view->header->reading_keys, 2);
    index_destroy(&index);
}

static void test_folds(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    words_expect_led(view, &view->folds, "naive", "naïve");
    words_expect_led(view, &view->folds, "a-bas", "à-bas");
    assert_int_equal(view->header->folds, 2);
    index_destroy(&index);
}

/* An alias leads to all that the entry has, and is no spelling of its own. */
static void test_aliases(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    static const struct {
        const char *key, *headword, *text, *spelling;
    } cases[] = {{"中國", "中国", "China", "中國"},
                 {"middle kingdom", "中国", "China", "middle kingdom"},
                 {"color", "Colour", "hue, exist", "color"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t size;
        lex_fields_t fields;
        uint32_t key = words_key(view, cases[i].key), entry = view->keys.strings[key].first;
        assert_int_equal(view->keys.strings[key + 1].first - entry, 1);
        assert_int_equal(index_view_key_of(view, entry), key);
        index_article_t article = index_view_article(view, key, entry);
        assert_true(article.alias);
        assert_int_equal(article.headword_size, strlen(cases[i].headword));
        assert_memory_equal(article.headword, cases[i].headword, article.headword_size);
        assert_memory_equal(article.text, cases[i].text, article.text_size);
        const char *spelling = index_view_spelling(view, key, &size);
        assert_int_equal(size, strlen(cases[i].spelling));
        assert_memory_equal(spelling, cases[i].spelling, size);
        index_view_fields(view, entry, &fields);
        assert_true(fields.text[LEX_ALIASES].size > 0);
    }
    /* An alias that is another's headword stands behind or before it, as the dictionary has them. */
    uint32_t hue = words_key(view, "hue"), first = view->keys.strings[hue].first;
    assert_int_equal(view->keys.strings[hue + 1].first - first, 2);
    assert_true(index_view_article(view, hue, first).alias);
    assert_false(index_view_article(view, hue, first + 1).alias);
    size_t size;
    assert_memory_equal(index_view_spelling(view, hue, &size), "hue", 3);
    assert_int_equal(view->header->entries, WORDS_COUNT + 4);
    index_destroy(&index);
}

static void test_aliases_have_a_bound(void **state)
{
    char aliases[4096] = "", *path = fixture_path(state, "b");
    for (int i = 0; i < 100; i++)
        snprintf(aliases + strlen(aliases), sizeof aliases - strlen(aliases), "alias%d\n", i);
    lex_entry_t entry = fixture_entry("word", "text");
    entry.fields.text[LEX_ALIASES] = (lex_span_t){.data = aliases, .size = strlen(aliases)};
    fixture_build_full(path, &entry, 1, NULL);
    index_t *index = fixture_open(path);
    assert_int_equal(index_view(index)->header->entries, 1 + INDEX_ALIASES_MAX);
    index_destroy(&index);
    free(path);
}

static void test_fields_and_ranks(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    lex_fields_t fields;
    uint32_t go = words_key(view, "go"), went = words_key(view, "went"),
             naive = words_key(view, "naive");
    index_view_fields(view, view->keys.strings[go].first, &fields);
    assert_memory_equal(fields.text[LEX_PHONETIC].data, "ɡəʊ", strlen("ɡəʊ"));
    assert_int_equal(fields.number[LEX_MODERN_RANK], 38);
    index_view_fields(view, view->keys.strings[naive].first, &fields);
    assert_true(lex_fields_are_empty(&fields));
    assert_int_equal(view->ranks[go], 38);
    assert_int_equal(view->ranks[went], 200); /* the better one of its two entries */
    assert_int_equal(view->ranks[naive], 0);
    index_destroy(&index);
}

static size_t s_strips(const index_view_t *view, const char *strip, uint32_t *found, size_t max)
{
    return index_view_strips(view, strip, strlen(strip), found, max);
}

static void test_strips(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    uint32_t found[8], blank = words_key(view, "ice cream"), hyphen = words_key(view, "ice-cream");
    assert_int_equal(s_strips(view, "icecream", found, 8), 2);
    assert_int_equal(found[0] + found[1], blank + hyphen);
    assert_true(found[0] != found[1]);
    assert_int_equal(s_strips(view, "icecream", found, 1), 1);
    assert_int_equal(s_strips(view, "abas", found, 8), 1);
    assert_int_equal(found[0], words_key(view, "à-bas"));
    assert_int_equal(s_strips(view, "naive", found, 8), 0); /* that is its fold */
    assert_int_equal(s_strips(view, "hue", found, 8), 0);   /* and that the key itself */
    assert_int_equal(s_strips(view, "icecrea", found, 8), 0);
    assert_int_equal(view->header->strips, 4); /* and the middle kingdom */
    for (int i = 0; i < 10000; i++) {          /* some of them meet a slot with their tag */
        char other[24];
        snprintf(other, sizeof other, "other%d", i);
        assert_int_equal(s_strips(view, other, found, 8), 0);
    }
    index_destroy(&index);
}

/* The keys that end with a suffix are neighbours in the reversed order, and no others are among
 * them. */
static void test_reversed(void **state)
{
    static const char *const suffixes[] = {
        "",      "e",    "ue",   "hue", "ice cream",
        "cream", "国",   "\xbd", "zz",  "longer than any of the keys",
        "ve",    "xhue", "ago"};
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        size_t suffix_size = strlen(suffixes[i]), count = 0;
        uint32_t first, end;
        index_view_suffix(view, suffixes[i], suffix_size, &first, &end);
        for (uint32_t j = 0; j < view->keys.count; j++) {
            size_t size;
            const char *key = index_table_string(&view->keys, view->reversed[j], &size);
            bool has = size >= suffix_size &&
                       memcmp(key + size - suffix_size, suffixes[i], suffix_size) == 0;
            assert_int_equal(has, j >= first && j < end);
            count += has;
        }
        assert_int_equal(end - first, count);
    }
    index_destroy(&index);
}

static void test_codes(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    for (uint32_t i = 0; i < view->keys.count; i++) {
        size_t size;
        const char *key = index_table_string(&view->keys, i, &size);
        assert_int_equal(view->soundex[i], soundex_code(key, size));
    }
    assert_true(view->soundex[words_key(view, "went")] != 0);
    assert_int_equal(view->soundex[words_key(view, "中国")], 0);
    assert_int_equal(view->header->han_keys, 3);
    index_destroy(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forms, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_readings, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_folds, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_aliases, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_aliases_have_a_bound, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_fields_and_ranks, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_strips, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_reversed, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_codes, words_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
