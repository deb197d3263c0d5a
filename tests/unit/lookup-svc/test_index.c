/* Index files: what goes in comes out, in order, and a file that is not ours is not used. */

#include "fixture.h"

#include "lookup-svc/index_check.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const fixture_entry_t s_entries[] = {
    {"zebra", "striped"}, {"Café", "coffee house"}, {"apple", "fruit"}, {"CAFÉ", "loud"},
    {"Apple", "company"}, {"ice  cream", "cold"},   {"apple", "again"}, {"naïve", "simple"},
    {"synonym", "fruit"}, {"字典", "dictionary"},   {"straße", "road"}, {"a", ""},
    {"copy", "striped"},  {"   ", "blank"},         {"ice", "frozen"},  {"\xff", "broken"},
};

static void s_expect(const index_t *index, const char *word, const char *expected)
{
    dictionary_t dictionary = {.name = "d", .index = (index_t *)index};
    scope_t scope = {&dictionary, 1};
    search_t search = {0};
    char key[LEX_KEY_MAX];
    size_t size = fixture_key(word, key);
    const search_word_t asked = {key, size, key, size};
    search_run(&search, &scope, &scope, &asked);
    char *found = fixture_found(&search);
    assert_string_equal(found, expected);
    free(found);
    search_close(&search);
}

static void test_round_trip(void **state)
{
    index_t *index = fixture_index(state, "a", s_entries, COUNT(s_entries));
    const index_view_t *view = index_view(index);
    assert_int_equal(view->header->rows, COUNT(s_entries));
    assert_int_equal(view->header->entries, COUNT(s_entries) - 2); /* blank and broken */
    assert_int_equal(view->keys.count, 11);
    s_expect(index, "zebra", "d:zebra=striped;");
    s_expect(index, "a", "d:a=;");
    s_expect(index, "字典", "d:字典=dictionary;");
    s_expect(index, " ICE cream ", "d:ice  cream=cold;");
    s_expect(index, "nothing", "");
    index_destroy(&index);
    assert_null(index);
    index_destroy(&index);
}

/* Entries of one key stay in the order of the dictionary, but for those that are spelled as asked. */
static void test_entries_of_a_key_are_in_order(void **state)
{
    index_t *index = fixture_index(state, "a", s_entries, COUNT(s_entries));
    s_expect(index, "APPLE", "d:apple=fruit;d:apple=again;d:Apple=company;");
    s_expect(index, "café", "d:Café=coffee house;d:CAFÉ=loud;");
    index_destroy(&index);
}

static void test_keys_are_sorted_and_know_what_they_share(void **state)
{
    index_t *index = fixture_index(state, "a", s_entries, COUNT(s_entries));
    const index_table_t *keys = &index_view(index)->keys;
    for (uint32_t i = 1; i < keys->count; i++) {
        size_t size, size_before, common = 0;
        const char *before = index_table_string(keys, i - 1, &size_before);
        const char *string = index_table_string(keys, i, &size);
        while (common < size && common < size_before && string[common] == before[common])
            common++;
        assert_int_equal(keys->shared[i], common);
        assert_true(common < size);
        assert_true(common == size_before ||
                    (unsigned char)before[common] < (unsigned char)string[common]);
    }
    index_destroy(&index);
}

static void test_equal_texts_are_stored_once(void **state)
{
    static const char text[] = "a text that stands under many headwords";
    fixture_entry_t entries[500];
    char words[500][16];
    for (size_t i = 0; i < COUNT(entries); i++) {
        snprintf(words[i], sizeof words[i], "word%zu", i);
        entries[i] = (fixture_entry_t){words[i], i % 100 == 7 ? "another" : text};
    }
    index_t *index = fixture_index(state, "a", entries, COUNT(entries));
    const index_header_t *header = index_view(index)->header;
    assert_int_equal(header->section[0].kind, INDEX_TEXTS);
    assert_int_equal(header->section[0].size, sizeof text - 1 + strlen("another"));
    s_expect(index, "word499", "d:word499=a text that stands under many headwords;");
    s_expect(index, "word107", "d:word107=another;");
    index_destroy(&index);
}

static void test_longest_words(void **state)
{
    char ascii[LEX_WORD_MAX + 1], long_one[LEX_WORD_MAX + 2], wide[LEX_WORD_MAX + 1] = "";
    memset(ascii, 'x', LEX_WORD_MAX);
    ascii[LEX_WORD_MAX] = '\0';
    memset(long_one, 'y', LEX_WORD_MAX + 1);
    long_one[LEX_WORD_MAX + 1] = '\0';
    for (int i = 0; i < LEX_WORD_MAX / 3; i++)
        strcat(wide, "\xEF\xAC\x83"); /* the ligature ffi, three letters of a key */
    fixture_entry_t entries[] = {{ascii, "1"}, {long_one, "2"}, {wide, "3"}};
    index_t *index = fixture_index(state, "a", entries, COUNT(entries));
    char *expected = lex_format("d:%s=1;", ascii);
    s_expect(index, ascii, expected);
    free(expected);
    assert_int_equal(index_view(index)->header->entries, 2);
    expected = lex_format("d:%s=3;", wide);
    s_expect(index, wide, expected);
    free(expected);
    index_destroy(&index);
}

static void test_empty_dictionary(void **state)
{
    index_t *index = fixture_index(state, "a", NULL, 0);
    s_expect(index, "word", "");
    uint32_t first = 9, end = 9;
    index_table_prefix(&index_view(index)->keys, "w", 1, &first, &end);
    assert_int_equal(first, 0);
    assert_int_equal(end, 0);
    index_destroy(&index);
}

static void test_many_entries_of_one_key(void **state)
{
    static fixture_entry_t entries[3000];
    static char texts[3000][16];
    for (size_t i = 0; i < COUNT(entries); i++) {
        snprintf(texts[i], sizeof texts[i], "%zu", i);
        entries[i] = (fixture_entry_t){i % 2 ? "Same" : "same", texts[i]};
    }
    index_t *index = fixture_index(state, "a", entries, COUNT(entries));
    const index_view_t *view = index_view(index);
    assert_int_equal(view->keys.count, 1);
    for (uint32_t i = 0; i < COUNT(entries); i++) {
        index_article_t article = index_view_article(view, 0, i);
        assert_memory_equal(article.text, texts[i], strlen(texts[i]));
        assert_memory_equal(article.headword, entries[i].headword, 4);
    }
    index_destroy(&index);
}

static void test_nothing_is_left_of_a_build_that_is_given_up(void **state)
{
    char *path = fixture_path(state, "a");
    index_source_t source = {.dictionary = 1, .version = 1, .rows = 1};
    index_builder_t *builder = index_builder_new(path, &source);
    assert_int_equal(
        index_builder_add(
            builder,
            &(lex_entry_t){.headword = "word", .headword_size = 4, .text = "text", .text_size = 4}),
        0);
    index_builder_destroy(&builder);
    assert_int_equal(rmdir(*state), 0); /* it is empty */
    assert_int_equal(mkdir(*state, 0700), 0);
    assert_null(index_builder_new("/proc/nowhere/a", &source));
    free(path);
}

/* What a program of another format or another machine left is told from damage, and refused. */
static void test_foreign_files(void **state)
{
    char *path = fixture_path(state, "a");
    size_t size;
    const char *why = NULL;
    assert_null(index_open(path, &why));
    assert_string_equal(why, "not there");
    fixture_build(path, s_entries, COUNT(s_entries), NULL);
    char *data = fixture_read(path, &size);
    index_header_t *header = (index_header_t *)data;

    header->format = INDEX_FORMAT - 1;
    fixture_write(path, data, size);
    assert_null(index_open(path, &why));
    assert_string_equal(why, "another format");

    header->format = INDEX_FORMAT;
    header->byte_order = __builtin_bswap32(INDEX_BYTE_ORDER);
    fixture_write(path, data, size);
    assert_null(index_open(path, &why));
    assert_string_equal(why, "made by another kind of machine");

    fixture_write(path, "short", 5);
    assert_null(index_open(path, &why));
    fixture_write(path, "", 0);
    assert_null(index_open(path, &why));
    assert_null(index_open(*state, &why)); /* a folder */
    free(data);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_entries_of_a_key_are_in_order, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_keys_are_sorted_and_know_what_they_share,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_equal_texts_are_stored_once, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_longest_words, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_empty_dictionary, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_entries_of_one_key, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_left_of_a_build_that_is_given_up,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_foreign_files, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
