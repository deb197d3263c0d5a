/* The inverted lists of an index, and indexes that have none: those of lemmas and of nothing at
 * all. */

#include "words_fixture.h"

#include "lookup-svc/postings.h"

static bool s_lists(index_list_t list, uint32_t bound, uint32_t number, uint32_t times)
{
    postings_t postings;
    postings_open(&postings, list, bound);
    return postings_seek(&postings, number) && postings.number == number && postings.times == times;
}

static void s_expect_gram(const index_view_t *view, const char *gram, uint32_t block, bool has)
{
    uint32_t number = 0;
    for (int i = 0; i < 3; i++)
        number = number << 8 | (unsigned char)gram[i];
    assert_int_equal(s_lists(index_view_gram(view, number), UINT32_MAX, block, 1), has);
}

/* Every gram of every key leads to its block, and grams that no key has lead nowhere. */
static void test_grams(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    assert_true(view->keys.count > INDEX_BLOCK);
    for (uint32_t i = 0; i < view->keys.count; i++) {
        size_t size;
        const char *key = index_table_string(&view->keys, i, &size);
        char padded[64] = " ";
        memcpy(padded + 1, key, size);
        padded[size + 1] = ' ';
        for (size_t j = 0; j < size; j++)
            s_expect_gram(view, padded + j, i / INDEX_BLOCK, true);
    }
    s_expect_gram(view, "wen", words_key(view, "went") / INDEX_BLOCK, true);
    s_expect_gram(view, "wen", 1 - words_key(view, "went") / INDEX_BLOCK, false);
    s_expect_gram(view, "xyz", 0, false);
    uint32_t first, end;
    index_view_grams(view, ' ', 'i', &first, &end);
    assert_int_equal(end - first, 2); /* " i " and " ic" */
    assert_true(index_view_gram_at(view, first).size > 0);
    index_view_grams(view, 0xFF, 0xFF, &first, &end);
    assert_int_equal(first, end);
    index_destroy(&index);
}

static void s_expect_term(const index_view_t *view, const char *term, const char *key,
                          uint32_t times)
{
    uint32_t entry = view->keys.strings[words_key(view, key)].first;
    assert_int_equal(s_lists(index_view_term(view, term, strlen(term)), view->header->entries,
                             entry, times ? times : 1),
                     times > 0);
}

static void test_terms(void **state)
{
    index_t *index = words_open(state);
    const index_view_t *view = index_view(index);
    s_expect_term(view, "move", "go", 2);
    s_expect_term(view, "on", "go", 1);
    s_expect_term(view, "go", "went", 1);
    s_expect_term(view, "go", "go", 0);
    s_expect_term(view, "exist", "be", 1);
    s_expect_term(view, "exist", "colour", 1);
    s_expect_term(view, "exist", "color", 0); /* an alias repeats nothing */
    s_expect_term(view, "china", "中国", 1);
    s_expect_term(view, "china", "中國", 0);
    assert_int_equal(index_view_term(view, "nowhere", 7).size, 0);
    assert_int_equal(index_view_term(view, "", 0).size, 0);
    size_t text_bytes = 0;
    for (size_t i = 0; i < WORDS_COUNT; i++)
        text_bytes += words_entries[i].text_size;
    assert_int_equal(view->header->average_text, text_bytes / WORDS_COUNT);
    index_destroy(&index);
}

/* A table of lemmas leads from forms to lemmas, and needs no lists. */
static void test_lemmas(void **state)
{
    lex_entry_t entries[] = {fixture_entry("be", "exist"), fixture_entry("i", "me")};
    entries[0].fields.text[LEX_FORMS] = (lex_span_t)FIXTURE_FIELD("f:is,was");
    entries[0].fields.number[LEX_FREQUENCY] = 100;
    entries[1].fields.text[LEX_FORMS] = (lex_span_t)FIXTURE_FIELD("f:is");
    index_source_t source = {.dictionary = 1, .rows = 2, .kind = DICTIONARY_LEMMAS};
    char *path = fixture_path(state, "b");
    fixture_build_full(path, entries, 2, &source);
    index_t *index = fixture_open(path);
    const index_view_t *view = index_view(index);
    lex_fields_t fields;
    words_expect_led(view, &view->forms, "is", "be i");
    words_expect_led(view, &view->forms, "was", "be");
    index_view_fields(view, 0, &fields);
    assert_int_equal(fields.text[LEX_FORMS].size, 0); /* the table of forms says it */
    assert_int_equal(fields.number[LEX_FREQUENCY], 100);
    assert_int_equal(view->header->grams + view->header->terms, 0);
    assert_int_equal(index_view_gram(view, 0x206265).size, 0);
    assert_int_equal(index_view_term(view, "exist", 5).size, 0);
    index_destroy(&index);
    free(path);
}

static void test_empty_dictionary(void **state)
{
    char *path = fixture_path(state, "b");
    fixture_build_full(path, NULL, 0, NULL);
    index_t *index = fixture_open(path);
    const index_view_t *view = index_view(index);
    uint32_t first, end, found;
    index_view_suffix(view, "x", 1, &first, &end);
    assert_int_equal(first, end);
    index_view_grams(view, 'a', 'b', &first, &end);
    assert_int_equal(first, end);
    assert_int_equal(index_view_strips(view, "x", 1, &found, 1), 0);
    assert_int_equal(index_view_gram(view, 0x616263).size, 0);
    assert_int_equal(index_view_term(view, "x", 1).size, 0);
    assert_false(index_table_find(&view->forms.table, "x", 1, &found));
    assert_false(index_table_find(&view->readings.table, "x", 1, &found));
    assert_null(view->ranks);
    assert_null(view->field_offsets);
    assert_int_equal(view->header->average_text, 1);
    index_destroy(&index);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_grams, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_terms, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_lemmas, words_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_empty_dictionary, words_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
