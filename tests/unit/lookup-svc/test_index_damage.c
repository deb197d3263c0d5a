/* Damaged index files: found out by their checksums, and harmless even where those were made to
 * fit. Run under AddressSanitizer, as the copies have exactly their size. */

#include "fixture.h"

#include <zlib.h>

#include "lookup-svc/index_check.h"
#include "lookup-svc/nearest.h"
#include "lookup-svc/postings.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* All sections have something in them. */
static const struct {
    const char *headword, *text, *reading, *forms, *aliases;
    uint32_t rank;
} s_entries[] = {
    {"été", "summer, hot and hot", NULL, NULL, NULL, 0},
    {"ete", "no word", NULL, NULL, NULL, 0},
    {"ice", "frozen", NULL, "p:iced/i:icing/s:ices", NULL, 800},
    {"iced", "made cold", NULL, "0:ice/1:p", NULL, 0},
    {"ice-age", "cold time", NULL, NULL, "Ice Age\nglaciation", 0},
    {"字", "sign, frozen", "zi4", NULL, "牸", 70},
    {"Ice", "name", NULL, NULL, NULL, 0},
    {"øre", "coin", NULL, "s:øren", NULL, 0},
};

/* A string that may be missing. */
static lex_span_t s_span(const char *string)
{
    return string ? (lex_span_t){string, strlen(string)} : (lex_span_t){0};
}

/* Bytes of an index with exactly the room they need. Caller frees. */
static char *s_bytes(void **state, size_t *size)
{
    lex_entry_t entries[COUNT(s_entries)];
    for (size_t i = 0; i < COUNT(entries); i++) {
        entries[i] = fixture_entry(s_entries[i].headword, s_entries[i].text);
        entries[i].fields.text[LEX_READING] = s_span(s_entries[i].reading);
        entries[i].fields.text[LEX_FORMS] = s_span(s_entries[i].forms);
        entries[i].fields.text[LEX_ALIASES] = s_span(s_entries[i].aliases);
        entries[i].fields.number[LEX_BNC_RANK] = s_entries[i].rank;
    }
    char *path = fixture_path(state, "a");
    fixture_build_full(path, entries, COUNT(entries), NULL);
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

/* ---- using everything that a view offers; the sums keep the reads from being dropped ---- */

static size_t s_read(const void *data, size_t size)
{
    size_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += ((const unsigned char *)data)[i];
    return sum;
}

static size_t s_use_entries(const index_view_t *view)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < view->header->entries; i++) {
        lex_fields_t fields;
        index_article_t article = index_view_article(view, index_view_key_of(view, i), i);
        sum += s_read(article.headword, article.headword_size);
        sum += s_read(article.text, article.text_size);
        index_view_fields(view, i, &fields);
        for (int j = 0; j < LEX_TEXT_FIELDS; j++)
            sum += s_read(fields.text[j].data, fields.text[j].size);
    }
    return sum;
}

static size_t s_use_keys(const index_view_t *view)
{
    size_t sum = 0, size;
    for (uint32_t i = 0; i < view->keys.count; i++) {
        const char *key = index_table_string(&view->keys, i, &size);
        sum += s_read(key, size) + view->soundex[i] + view->keys.shared[i];
        sum += view->ranks ? view->ranks[i] : 0;
        key = index_table_string(&view->keys, view->reversed[i], &size);
        sum += s_read(key, size);
        key = index_view_spelling(view, i, &size);
        sum += s_read(key, size);
    }
    return sum;
}

static size_t s_use_list(index_list_t list, uint32_t bound)
{
    size_t sum = 0;
    postings_t postings;
    postings_open(&postings, list, bound);
    while (postings_next(&postings)) {
        if (postings.number >= bound)
            abort();
        sum += postings.number + postings.times;
    }
    postings_open(&postings, list, bound);
    return sum + postings_seek(&postings, bound / 2);
}

static size_t s_use_lists(const index_view_t *view)
{
    size_t sum = 0, size;
    uint32_t blocks = (view->header->keys + INDEX_BLOCK - 1) / INDEX_BLOCK;
    for (uint32_t i = 0; i < view->header->grams; i++)
        sum += s_use_list(index_view_gram_at(view, i), blocks);
    for (uint32_t i = 0; i < view->terms.count; i++) {
        const char *term = index_table_string(&view->terms, i, &size);
        sum += s_use_list(index_view_term(view, term, size), view->header->entries);
    }
    return sum;
}

static size_t s_use_alternates(const index_view_t *view, const index_alternates_t *alternates,
                               const char *string, size_t size)
{
    size_t sum = 0, spelling_size;
    uint32_t item, first, end;
    index_table_prefix(&alternates->table, string, size, &first, &end);
    if (!index_table_find(&alternates->table, string, size, &item))
        return end - first;
    const index_string_t *found = alternates->table.strings + item;
    for (uint32_t i = found[0].first; i < found[1].first; i++)
        sum += (size_t)index_view_spelling(view, alternates->keys[i], &spelling_size)[0];
    return sum;
}

static size_t s_use_word(const index_view_t *view, const char *word, size_t size)
{
    size_t sum = 0, spelling_size;
    ranking_t ranking = {0};
    uint32_t item, first, end, found[4];
    if (index_table_find(&view->keys, word, size, &item))
        sum += (size_t)index_view_spelling(view, item, &spelling_size)[0];
    sum += s_use_alternates(view, &view->folds, word, size);
    sum += s_use_alternates(view, &view->forms, word, size);
    sum += s_use_alternates(view, &view->readings, word, size);
    index_table_prefix(&view->keys, word, size, &first, &end);
    sum += end - first;
    index_view_suffix(view, word, size, &first, &end);
    sum += end - first;
    sum += index_view_strips(view, word, size, found, COUNT(found));
    index_view_grams(view, (unsigned char)word[0], (unsigned char)word[size - 1], &first, &end);
    sum += end - first + index_view_term(view, word, size).size;
    nearest_search(view, word, size, 0, &ranking);
    nearest_complete(view, word, size, 0, &ranking);
    return sum + ranking.count;
}

static size_t s_use(const index_view_t *view)
{
    static const char *const words[] = {"ice",  "ete",  "été", "icd", "字", "i",
                                        "zzzz", "iced", "zi",  "age", "ør", "iceage"};
    size_t sum = s_use_entries(view) + s_use_keys(view) + s_use_lists(view);
    for (size_t i = 0; i < COUNT(words); i++)
        sum += s_use_word(view, words[i], strlen(words[i]));
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

/* What is damaged below is everything there is. */
static void test_every_section_has_something(void **state)
{
    size_t size;
    char *data = s_bytes(state, &size);
    const index_header_t *header = (const index_header_t *)data;
    uint64_t kinds = 0;
    for (uint32_t i = 0; i < header->sections; i++) {
        assert_true(header->section[i].size > 0);
        assert_false(kinds >> header->section[i].kind & 1);
        kinds |= UINT64_C(1) << header->section[i].kind;
    }
    assert_int_equal(header->sections, 30);
    free(data);
}

/* A hash table without a free slot would be searched for ever. */
static void test_full_hash_table(void **state)
{
    static const uint32_t kinds[] = {
        INDEX_KEYS + INDEX_TABLE_SLOTS, INDEX_STRIPS, INDEX_FOLDS + INDEX_TABLE_SLOTS,
        INDEX_FORMS + INDEX_TABLE_SLOTS, INDEX_READINGS + INDEX_TABLE_SLOTS};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        size_t size;
        index_view_t view;
        char *data = s_bytes(state, &size);
        index_section_t *section = s_section(data, kinds[i]);
        memset(data + section->offset, 0, section->size);
        s_forge(data, size);
        assert_string_equal(index_check(data, size, &view),
                            "a hash table with too many or too few");
        free(data);
    }
}

/* A headword may end where its section ends, and not a byte later. */
static void test_last_headword(void **state)
{
    static const fixture_entry_t one[] = {{"Word", ""}};
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

/* Fields begin before their section ends. */
static void test_last_fields(void **state)
{
    size_t size;
    index_view_t view;
    char *data = s_bytes(state, &size);
    index_section_t *offsets = s_section(data, INDEX_FIELD_OFFSETS);
    uint32_t end = (uint32_t)s_section(data, INDEX_FIELDS)->size;
    memcpy(data + offsets->offset, &end, sizeof end);
    s_forge(data, size);
    assert_string_equal(index_check(data, size, &view), "fields out of bounds");
    free(data);
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
        cmocka_unit_test_setup_teardown(test_every_section_has_something, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_full_hash_table, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_last_headword, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_last_fields, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_unknown_section, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
