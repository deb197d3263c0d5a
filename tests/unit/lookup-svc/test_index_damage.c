/* Damaged index files: found out by their checksums, and harmless even where those were made to
 * fit. Run under AddressSanitizer, as the copies have exactly their size. */

#include "fixture.h"

#include <zlib.h>

#include "lookup-svc/index_check.h"
#include "lookup-svc/nearest.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const fixture_entry_t s_entries[] = {
    {"été", "summer"},        {"ete", "no word"}, {"ice", "frozen"}, {"iced", "made cold"},
    {"ice age", "cold time"}, {"字", "sign"},     {"Ice", "name"},   {"øre", "coin"},
};

/* Bytes of an index with exactly the room they need. Caller frees. */
static char *s_bytes(void **state, size_t *size)
{
    char *path = fixture_path(state, "a");
    fixture_build(path, s_entries, COUNT(s_entries), NULL);
    char *data = fixture_read(path, size), *exact = malloc(*size);
    assert_non_null(exact);
    memcpy(exact, data, *size);
    free(data);
    free(path);
    return exact;
}

/* Makes both checksums right for what the bytes have become. */
static void s_forge(char *data, size_t size)
{
    index_header_t header;
    memcpy(&header, data, sizeof header);
    header.body_checksum =
        (uint32_t)crc32(0, (unsigned char *)data + sizeof header, (unsigned)(size - sizeof header));
    header.header_checksum = 0;
    header.header_checksum = (uint32_t)crc32(0, (unsigned char *)&header, sizeof header);
    memcpy(data, &header, sizeof header);
}

/* Uses everything that a view offers. The sum keeps the reads from being dropped. */
static size_t s_use(const index_view_t *view)
{
    static const char *const words[] = {"ice", "ete", "été", "icd", "字", "i", "ør", "zzzz"};
    size_t sum = 0, size;
    for (uint32_t i = 0; i < view->header->entries; i++) {
        index_article_t article = index_view_article(view, i);
        for (size_t j = 0; j < article.headword_size; j++)
            sum += (unsigned char)article.headword[j];
        for (size_t j = 0; j < article.text_size; j++)
            sum += (unsigned char)article.text[j];
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        ranking_t ranking = {0};
        uint32_t item, first, end;
        size = strlen(words[i]);
        if (index_table_find(&view->keys, words[i], size, &item))
            sum += index_view_spelling(view, item, &size)[0];
        size = strlen(words[i]);
        if (index_table_find(&view->folds, words[i], size, &item))
            for (uint32_t j = view->folds.strings[item].first;
                 j < view->folds.strings[item + 1].first; j++)
                sum += (size_t)index_view_spelling(view, view->fold_keys[j], &size)[0];
        size = strlen(words[i]);
        index_table_prefix(&view->keys, words[i], size, &first, &end);
        sum += end - first;
        nearest_search(view, words[i], size, 0, &ranking);
        nearest_complete(view, words[i], size, 0, &ranking);
        sum += ranking.count;
    }
    return sum;
}

static void test_every_truncation_is_refused(void **state)
{
    size_t size;
    char *data = s_bytes(state, &size);
    for (size_t cut = 0; cut < size; cut++) {
        index_view_t view;
        char *copy = malloc(cut ? cut : 1);
        memcpy(copy, data, cut);
        assert_non_null(index_check(copy, cut, &view));
        free(copy);
    }
    free(data);
}

/* Every bit of the file counts: there is none that may change unnoticed. */
static void test_every_flipped_bit_is_refused(void **state)
{
    size_t size;
    char *data = s_bytes(state, &size);
    index_view_t view;
    assert_null(index_check(data, size, &view));
    for (size_t bit = 0; bit < size * 8; bit++) {
        data[bit / 8] ^= (char)(1 << bit % 8);
        assert_non_null(index_check(data, size, &view));
        data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_null(index_check(data, size, &view));
    free(data);
}

/* With the checksums made right, a file is either refused or stays within its bytes. */
static void test_forged_files_stay_in_bounds(void **state)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF};
    size_t size, accepted = 0, refused = 0, sum = 0;
    char *data = s_bytes(state, &size), *copy = malloc(size);
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < COUNT(values) + 2; j++) {
            index_view_t view;
            memcpy(copy, data, size);
            copy[i] = (char)(j < COUNT(values)    ? values[j]
                             : j == COUNT(values) ? data[i] + 1
                                                  : data[i] - 1);
            s_forge(copy, size);
            if (index_check(copy, size, &view)) {
                refused++;
            } else {
                accepted++;
                sum += s_use(&view);
            }
        }
    }
    assert_true(accepted > 1000); /* texts and headwords may hold anything */
    assert_true(refused > 1000);
    assert_true(sum > 0);
    free(copy);
    free(data);
}

/* The same with several bytes at once, and whole numbers of 32 bits. */
static void test_forged_numbers_stay_in_bounds(void **state)
{
    size_t size, sum = 0;
    uint64_t random = 88172645463325252u;
    char *data = s_bytes(state, &size), *copy = malloc(size);
    for (int round = 0; round < 60000; round++) {
        index_view_t view;
        memcpy(copy, data, size);
        for (int change = 0; change <= round % 3; change++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            size_t place = (size_t)(random >> 8) % (size / 4) * 4;
            uint32_t number = (uint32_t)(random >> 40);
            number = round % 2 ? number % 64 : (round % 4 ? UINT32_MAX - number % 8 : number);
            memcpy(copy + place, &number, sizeof number);
        }
        s_forge(copy, size);
        if (!index_check(copy, size, &view))
            sum += s_use(&view);
    }
    assert_true(sum > 0);
    free(copy);
    free(data);
}

static index_section_t *s_section(char *data, uint32_t kind)
{
    index_header_t *header = (index_header_t *)data;
    for (uint32_t i = 0; i < header->sections; i++)
        if (header->section[i].kind == kind)
            return header->section + i;
    fail_msg("no section %u", kind);
    return NULL;
}

/* A hash table without a free slot would be searched for ever. */
static void test_full_hash_table(void **state)
{
    static const fixture_entry_t two[] = {{"a", ""}, {"b", ""}};
    char *path = fixture_path(state, "a");
    size_t size;
    index_view_t view;
    fixture_build(path, two, 2, NULL);
    char *data = fixture_read(path, &size);
    index_section_t *section = s_section(data, INDEX_KEYS + INDEX_TABLE_SLOTS);
    index_slot_t *slots = (index_slot_t *)(data + section->offset);
    assert_int_equal(section->size, 4 * sizeof *slots);
    section->size = 2 * sizeof *slots;
    slots[0].item = 0;
    slots[1].item = 1;
    s_forge(data, size);
    assert_string_equal(index_check(data, size, &view), "a hash table without a free slot");
    free(data);
    free(path);
}

/* A headword may end where its section ends, and not a byte later. */
static void test_last_headword(void **state)
{
    static const fixture_entry_t one[] = {{"word", ""}};
    char *path = fixture_path(state, "a");
    size_t size;
    index_view_t view;
    fixture_build(path, one, 1, NULL);
    char *data = fixture_read(path, &size);
    index_section_t *section = s_section(data, INDEX_HEADWORDS);
    assert_int_equal(data[section->offset], 4);
    data[section->offset] = 5;
    s_forge(data, size);
    assert_string_equal(index_check(data, size, &view), "a headword out of bounds");
    free(data);
    free(path);
}

/* A section that a later program added is passed over. */
static void test_unknown_section(void **state)
{
    size_t size;
    char *data = s_bytes(state, &size);
    index_header_t *header = (index_header_t *)data;
    index_view_t view;
    header->section[header->sections++] =
        (index_section_t){.kind = 77, .offset = sizeof *header, .size = 8};
    s_forge(data, size);
    assert_null(index_check(data, size, &view));
    assert_true(s_use(&view) > 0);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_truncation_is_refused, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_every_flipped_bit_is_refused, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_forged_files_stay_in_bounds, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_forged_numbers_stay_in_bounds, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_full_hash_table, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_last_headword, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_unknown_section, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
