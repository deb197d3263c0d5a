/* Building an index: the same file whatever memory it is given, and an end when it is told to
 * stop. */

#include "fixture.h"

#include "lookup-svc/text_set.h"

#define ENTRIES 3000

/* A dictionary with something of everything, the same each time. */
static void s_add_all(index_builder_t *builder)
{
    static const char *const syllables[] = {"ba", "Ke", "lé", "字",  "-",
                                            " ",  "nø", "tt", "ing", "zhong"};
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < ENTRIES; i++) {
        char words[4][64] = {"", "", "", ""}, text[300] = "", forms[200];
        for (int j = 0; j < 24; j++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            const char *syllable = syllables[(random >> 20) % 10];
            if (j < 12)
                strcat(words[j % 4], syllable);
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", syllable,
                     random >> 62 ? "" : " ");
        }
        snprintf(forms, sizeof forms, "s:%s/p:%s/0:%s", words[1], words[2], words[3]);
        lex_entry_t entry = fixture_entry(words[0], i % 5 ? text : "the same text");
        entry.fields.text[LEX_FORMS] = (lex_span_t){.data = forms, .size = strlen(forms)};
        entry.fields.text[LEX_ALIASES] = (lex_span_t){.data = words[1], .size = strlen(words[1])};
        entry.fields.text[LEX_READING] = (lex_span_t)FIXTURE_FIELD("zhong1");
        entry.fields.number[LEX_BNC_RANK] = (uint32_t)(random >> 50);
        assert_int_equal(index_builder_add(builder, &entry), 0);
    }
}

static char *s_build(void **state, size_t budget, size_t *size)
{
    char *path = fixture_path(state, "index");
    index_source_t source = {.dictionary = 1, .version = 1, .rows = ENTRIES, .budget = budget};
    index_builder_t *builder = index_builder_new(path, &source);
    assert_non_null(builder);
    s_add_all(builder);
    assert_int_equal(index_builder_commit(builder), 0);
    index_builder_destroy(&builder);
    index_t *index = fixture_open(path);
    const index_header_t *header = index_view(index)->header;
    assert_true(header->forms > 100 && header->folds > 100 && header->strips > 100);
    assert_true(header->readings == 1 && header->reading_keys > 100);
    assert_true(header->terms > 100 && header->grams > 100);
    index_destroy(&index);
    char *data = fixture_read(path, size);
    assert_int_equal(unlink(path), 0);
    free(path);
    return data;
}

static void s_expect_empty_folder(void **state)
{
    assert_int_equal(rmdir(*state), 0);
    assert_int_equal(mkdir(*state, 0700), 0);
}

static void test_memory_does_not_show(void **state)
{
    static const size_t budgets[] = {1000, 50000};
    size_t size, whole_size;
    char *whole = s_build(state, 0, &whole_size);
    for (size_t i = 0; i < 2; i++) {
        char *parted = s_build(state, budgets[i], &size);
        assert_int_equal(size, whole_size);
        assert_memory_equal(parted, whole, size);
        free(parted);
    }
    free(whole);
    s_expect_empty_folder(state);
}

static void test_stop(void **state)
{
    char *path = fixture_path(state, "index");
    atomic_bool stop = false;
    index_source_t source = {.dictionary = 1, .version = 1, .rows = ENTRIES, .stop = &stop};
    index_builder_t *builder = index_builder_new(path, &source);
    s_add_all(builder);
    atomic_store(&stop, true);
    assert_int_equal(index_builder_commit(builder), -1);
    index_builder_destroy(&builder);
    s_expect_empty_folder(state);
    free(path);
}

/* The folder vanishes while a build is under way: it fails, and says so. */
static void test_no_place_for_temporary_files(void **state)
{
    char *folder = fixture_path(state, "folder"), *path = fixture_path(state, "folder/index");
    char *temporary = fixture_path(state, "folder/index.new");
    assert_int_equal(mkdir(folder, 0700), 0);
    index_source_t source = {.dictionary = 1, .version = 1, .budget = 1000};
    index_builder_t *builder = index_builder_new(path, &source);
    assert_non_null(builder);
    assert_int_equal(unlink(temporary), 0);
    assert_int_equal(rmdir(folder), 0);
    lex_entry_t entry = fixture_entry("word", "text");
    int rc = 0;
    for (int i = 0; i < 10000 && rc == 0; i++)
        rc = index_builder_add(builder, &entry);
    assert_int_equal(rc, -1);
    index_builder_destroy(&builder);
    free(temporary);
    free(path);
    free(folder);
}

/* Neither bytes that are no text nor a NUL in a headword or an alias gets in. */
static void test_headwords_that_cannot_be_asked_for(void **state)
{
    char *path = fixture_path(state, "index");
    index_source_t source = {.dictionary = 1, .version = 1, .rows = 4};
    index_builder_t *builder = index_builder_new(path, &source);
    lex_entry_t entries[] = {lex_entry_plain("a\0b", 3, "x", 1), lex_entry_plain("\0", 1, "x", 1),
                             lex_entry_plain("\xc3", 1, "x", 1), lex_entry_plain("word", 4, "", 0)};
    entries[3].fields.text[LEX_ALIASES] = (lex_span_t)FIXTURE_FIELD("c\0d\n\xff\n");
    entries[3].fields.text[LEX_FORMS] = (lex_span_t)FIXTURE_FIELD("s:e\0f/p:\xfe");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(index_builder_add(builder, entries + i), 0);
    assert_int_equal(index_builder_rows(builder), 4);
    assert_int_equal(index_builder_skipped(builder), 3);
    assert_int_equal(index_builder_commit(builder), 0);
    index_builder_destroy(&builder);
    index_t *index = fixture_open(path);
    assert_int_equal(index_view(index)->header->entries, 1);
    assert_int_equal(index_view(index)->header->forms, 0);
    index_destroy(&index);
    free(path);
}

/* Texts that are remembered are bounded; those beyond are new each time. */
static void test_known_texts(void **state)
{
    (void)state;
    text_set_t *set = text_set_new();
    uint64_t offset;
    for (uint32_t i = 0; i < TEXT_SET_MAX + 1; i++) {
        offset = i;
        assert_int_equal(text_set_add(set, &i, sizeof i, &offset), 0);
    }
    uint32_t text = TEXT_SET_MAX - 1;
    offset = 0;
    assert_int_equal(text_set_add(set, &text, sizeof text, &offset), 1);
    assert_int_equal(offset, TEXT_SET_MAX - 1);
    text = TEXT_SET_MAX;
    offset = 7;
    assert_int_equal(text_set_add(set, &text, sizeof text, &offset), 0);
    assert_int_equal(offset, 7);
    text_set_destroy(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_does_not_show, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_stop, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_no_place_for_temporary_files, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_headwords_that_cannot_be_asked_for, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test(test_known_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
