/* Strategies that rank, filters, and the order of frequency, against plain ways of computing the same. */

#include "distance_reference.h"
#include "match_fixture.h"

#include <math.h>

#include "lookup-svc/terms.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct {
    const char *dictionary;
    const match_word_t *word;
    int distance;
    double score;
    bool by_rank;
} s_found_t;

static int s_compare_numbers(double a, double b)
{
    return a < b ? -1 : a > b;
}

static double s_rank(const s_found_t *found)
{
    return found->word->rank ? found->word->rank : 1e9;
}

static int s_compare(const void *left, const void *right)
{
    const s_found_t *a = left, *b = right;
    const char *a_word = a->word->word, *b_word = b->word->word;
    int rc = a->by_rank ? s_compare_numbers(s_rank(a), s_rank(b)) : 0;
    rc = rc ? rc : a->distance - b->distance;
    rc = rc ? rc : s_compare_numbers(b->score, a->score);
    rc = rc ? rc : s_compare_numbers(s_rank(a), s_rank(b));
    /* Length counts only among near words. */
    if (rc == 0 && a->score == 0)
        rc = s_compare_numbers((double)lex_text_length(a_word, strlen(a_word)),
                               (double)lex_text_length(b_word, strlen(b_word)));
    rc = rc ? rc : strcmp(a_word, b_word);
    return rc ? rc : strcmp(a->dictionary, b->dictionary);
}

static void s_expect(const match_fixture_t *self, const match_query_t *query, s_found_t *found,
                     size_t count)
{
    char *expected = NULL;
    size_t size;
    FILE *out = open_memstream(&expected, &size);
    for (size_t i = 0; i < count; i++)
        found[i].by_rank = query->by_rank;
    qsort(found, count, sizeof *found, s_compare);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s:%s\n", found[i].dictionary, found[i].word->word);
    fclose(out);
    match_expect(&self->scope, *query, expected);
    free(expected);
}

/* ---- lev ---- */

static void test_lev(void **state)
{
    static s_found_t found[MATCH_DICTIONARIES * MATCH_WORDS];
    match_fixture_t *self = match_fixture_new(state);
    for (size_t round = 0; round < 300; round++) {
        char pattern[MATCH_WORD_SIZE];
        match_make_word(self, pattern, 1 + match_random(self, 8));
        match_query_t query = match_query(MATCH_LEV, pattern);
        query.distance = 1 + round % 2;
        query.by_rank = round % 3 == 0;
        query.limit = 1 + match_random(self, 30);
        if (round % 5 == 0)
            query.filter.max_rank = 200;
        size_t count = 0;
        for (size_t i = 0; i < MATCH_DICTIONARIES; i++)
            for (size_t j = 0; j < self->counts[i]; j++) {
                const match_word_t *word = self->words[i] + j;
                int distance = distance_reference(pattern, word->word);
                if (distance <= (int)query.distance &&
                    (query.filter.max_rank == 0 || (word->rank > 0 && word->rank <= 200)))
                    found[count++] =
                        (s_found_t){self->dictionaries[i].name, word, distance, 0, false};
            }
        s_expect(self, &query, found, count);
    }
    match_fixture_destroy(&self);
}

static void test_distances(void **state)
{
    static const fixture_entry_t entries[] = {{"receive", ""}, {"relieve", ""}, {"recieved", ""}};
    static const unsigned expected[] = {1, 1, 1};
    dictionary_t dictionary = {.index = fixture_index(state, "x", entries, COUNT(entries))};
    scope_t scope = {&dictionary, 1};
    match_query_t query = match_query(MATCH_LEV, "RECIEVE");
    match_result_t result = {0};
    assert_int_equal(match_run(&scope, &query, &result), MATCH_OK);
    assert_int_equal(result.count, COUNT(expected));
    for (size_t i = 0; i < result.count; i++)
        assert_int_equal(result.matches[i].distance, expected[i]);
    match_result_close(&result);
    index_destroy(&dictionary.index);
}

/* ---- text ---- */

/* A text as its terms, with a mark where ideographs do not stand next to each other. */
typedef struct {
    char terms[64][TERMS_SIZE_MAX + 1];
    bool follows[64]; /* an ideograph right behind another one */
    size_t count;
} s_terms_t;

static void s_cut(const char *text, s_terms_t *out)
{
    terms_t terms;
    size_t end = SIZE_MAX;
    out->count = 0;
    terms_open(&terms, text, strlen(text));
    while (terms_next(&terms)) {
        snprintf(out->terms[out->count], sizeof out->terms[0], "%.*s", (int)terms.term_size,
                 terms.term);
        /* All that is of several bytes and an ideograph here has three. */
        out->follows[out->count++] = terms.ideograph && end + 3 == terms.offset;
        end = terms.ideograph ? terms.offset : SIZE_MAX - 3;
    }
}

static size_t s_times(const s_terms_t *text, const char *term)
{
    size_t times = 0;
    for (size_t i = 0; i < text->count; i++)
        times += strcmp(text->terms[i], term) == 0;
    return times;
}

/* Whether ideographs that follow one another in the query do so in the text. */
static bool s_has_run(const s_terms_t *text, const s_terms_t *query, size_t from)
{
    for (size_t i = 0; i < text->count; i++) {
        size_t length = 0;
        while (i + length < text->count && from + length < query->count &&
               strcmp(text->terms[i + length], query->terms[from + length]) == 0 &&
               (length == 0 || (text->follows[i + length] && query->follows[from + length])))
            length++;
        if (length > 0 && (from + length == query->count || !query->follows[from + length]))
            return true;
    }
    return false;
}

static size_t s_search_text(const match_fixture_t *self, size_t which, const s_terms_t *query,
                            s_found_t *found)
{
    static s_terms_t texts[MATCH_WORDS];
    size_t count = 0, words = self->counts[which];
    double average = (double)index_view(self->dictionaries[which].index)->header->average_text;
    for (size_t i = 0; i < words; i++)
        s_cut(self->words[which][i].text, texts + i);
    for (size_t i = 0; i < words; i++) {
        double score = 0, length = (double)strlen(self->words[which][i].text) / average;
        bool all = true;
        for (size_t j = 0; j < query->count && all; j++) {
            double times = (double)s_times(texts + i, query->terms[j]), having = 0;
            for (size_t k = 0; k < words; k++)
                having += s_times(texts + k, query->terms[j]) > 0;
            all = times > 0 && (query->follows[j] || s_has_run(texts + i, query, j));
            for (size_t k = 0; k < j; k++)
                if (strcmp(query->terms[k], query->terms[j]) == 0)
                    times = 0; /* a term that is asked for twice counts once */
            score += log(1 + ((double)words - having + 0.5) / (having + 0.5)) * times * 2.2 /
                     (times + 1.2 * (0.25 + 0.75 * length));
        }
        if (all)
            found[count++] = (s_found_t){.dictionary = self->dictionaries[which].name,
                                         .word = self->words[which] + i,
                                         .score = rint(score * 1e6) / 1e6};
    }
    return count;
}

static void test_text(void **state)
{
    static const char *const patterns[] = {
        "water", "WATER deep", "the of",  "中国",          "国中",      "中国字",
        "ete",   "Été water",  "missing", "water missing", "字 中国",   "か",
        "が",    "がく",       "くが",    "字字",          "中国 国中", "deep deep"};
    static s_found_t found[MATCH_DICTIONARIES * MATCH_WORDS];
    match_fixture_t *self = match_fixture_new(state);
    size_t finding = 0;
    for (size_t i = 0; i < COUNT(patterns); i++)
        for (int by_rank = 0; by_rank < 2; by_rank++) {
            s_terms_t query;
            s_cut(patterns[i], &query);
            size_t count = 0;
            for (size_t j = 0; j < MATCH_DICTIONARIES; j++)
                count += s_search_text(self, j, &query, found + count);
            match_query_t asked = match_query(MATCH_TEXT, patterns[i]);
            asked.by_rank = by_rank;
            asked.limit = 300;
            s_expect(self, &asked, found, count);
            finding += count > 0;
        }
    assert_true(finding >= 2 * (COUNT(patterns) - 5));
    match_fixture_destroy(&self);
}

/* A word that is in every text says next to nothing, and is found all the same. */
static void test_text_that_all_have(void **state)
{
    enum { WORDS = 3000 };
    static char words[WORDS][8];
    static fixture_entry_t entries[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        snprintf(words[i], sizeof words[i], "%04zu", i);
        entries[i] = (fixture_entry_t){words[i], "of all"};
    }
    dictionary_t dictionary = {.index = fixture_index(state, "x", entries, WORDS)};
    match_query_t query = match_query(MATCH_TEXT, "of");
    match_result_t result = {0};
    assert_int_equal(match_run(&(scope_t){&dictionary, 1}, &query, &result), MATCH_OK);
    assert_int_equal(result.count, MATCH_LIMIT_MAX);
    match_result_close(&result);
    index_destroy(&dictionary.index);
}

/* A key with several entries is one match, ranked by the best of them. */
static void test_text_of_several_entries(void **state)
{
    static const fixture_entry_t entries[] = {{"both", "some water and many other words here"},
                                              {"both", "water"},
                                              {"one", "water here"},
                                              {"third", "water or"},
                                              {"third", "water, far from the sea and the land"},
                                              {"none", "fire"}};
    dictionary_t dictionary = {.name = (char *)"x"};
    dictionary.index = fixture_index(state, "x", entries, COUNT(entries));
    match_expect(&(scope_t){&dictionary, 1}, match_query(MATCH_TEXT, "water"),
                 "x:both\nx:third\nx:one\n");
    index_destroy(&dictionary.index);
}

/* ---- frequency and filters ---- */

static bool s_has_tag(const char *tags, const char *tag)
{
    char *padded = lex_format(" %s ", tags), *wanted = lex_format(" %s ", tag);
    bool has = strstr(padded, wanted) != NULL;
    free(padded);
    free(wanted);
    return has;
}

static void test_filters(void **state)
{
    static s_found_t found[MATCH_DICTIONARIES * MATCH_WORDS];
    match_fixture_t *self = match_fixture_new(state);
    for (unsigned mask = 0; mask < 16; mask++) {
        match_query_t query = match_query(MATCH_RE, "ab");
        query.by_rank = true;
        query.limit = 40;
        if (mask & 1)
            query.filter.tags[query.filter.tag_count++] = (lex_span_t){"cet4", 4};
        if (mask & 2)
            query.filter.tags[query.filter.tag_count++] = (lex_span_t){"gre", 3};
        query.filter.collins = mask & 4 ? 3 : 0;
        query.filter.max_rank = mask & 8 ? 300 : 0;
        size_t count = 0;
        for (size_t i = 0; i < MATCH_DICTIONARIES; i++)
            for (size_t j = 0; j < self->counts[i]; j++) {
                const match_word_t *word = self->words[i] + j;
                if (strstr(word->word, "ab") && (!(mask & 1) || s_has_tag(word->tags, "cet4")) &&
                    (!(mask & 2) || s_has_tag(word->tags, "gre")) &&
                    word->collins >= query.filter.collins &&
                    (!(mask & 8) || (word->rank > 0 && word->rank <= 300)))
                    found[count++] = (s_found_t){self->dictionaries[i].name, word, 0, 1, false};
            }
        assert_true(count > 0);
        s_expect(self, &query, found, count);
    }
    match_fixture_destroy(&self);
}

static void test_by_rank(void **state)
{
    match_fixture_t *self = match_fixture_new(state);
    static s_found_t found[MATCH_DICTIONARIES * MATCH_WORDS];
    size_t count = 0;
    for (size_t i = 0; i < MATCH_DICTIONARIES; i++)
        for (size_t j = 0; j < self->counts[i]; j++) {
            const match_word_t *word = self->words[i] + j;
            if (strstr(word->word, "字"))
                found[count++] = (s_found_t){self->dictionaries[i].name, word, 0, 1, false};
        }
    match_query_t query = match_query(MATCH_SUBSTRING, "字");
    query.by_rank = true;
    query.limit = 37;
    assert_true(count > 100);
    s_expect(self, &query, found, count);
    match_fixture_destroy(&self);
}

/* Without fields nothing has a tag, a star or a rank. */
static void test_filters_without_fields(void **state)
{
    const fixture_entry_t entry = {"word", "text"};
    dictionary_t dictionary = {.name = (char *)"x", .index = fixture_index(state, "x", &entry, 1)};
    scope_t scope = {&dictionary, 1};
    match_query_t query = match_query(MATCH_PREFIX, "w");
    match_expect(&scope, query, "x:word\n");
    query.filter.max_rank = 10;
    match_expect(&scope, query, "");
    query.filter = (match_filter_t){.collins = 1};
    match_expect(&scope, query, "");
    index_destroy(&dictionary.index);
}

static void test_pages_end(void **state)
{
    const fixture_entry_t entry = {"word", "text"};
    dictionary_t dictionary = {.index = fixture_index(state, "x", &entry, 1)};
    scope_t scope = {&dictionary, 1};
    match_query_t query = match_query(MATCH_TEXT, "text");
    match_result_t result = {0};
    assert_int_equal(match_run(&scope, &query, &result), MATCH_OK);
    assert_int_equal(result.count, 1);
    assert_int_equal(result.cursor_size, 0);
    match_result_close(&result);
    index_destroy(&dictionary.index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lev, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_distances, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_text, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_text_that_all_have, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_text_of_several_entries, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_filters, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_by_rank, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_filters_without_fields, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_pages_end, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
