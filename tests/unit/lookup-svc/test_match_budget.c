/* Budgets: no pattern holds a worker up, and what time ended goes on where it stopped. */

#include "match_fixture.h"

#include "lookup-svc/match_walk.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A millisecond is far from enough to see all words by this pattern; each call goes on where the one before ended. */
static void test_budget(void **state)
{
    enum { WORDS = 20000 };
    static char words[WORDS][32];
    static lex_entry_t entries[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        snprintf(words[i], sizeof words[i], "aaaaaaaaaa%05zub%s", i, i % 1000 ? "" : "c");
        entries[i] = fixture_entry(words[i], "");
    }
    char *path = fixture_path(state, "many"), *found = NULL, *expected = NULL;
    fixture_build_full(path, entries, WORDS, NULL);
    dictionary_t dictionary = {.name = (char *)"x", .id = 1, .index = fixture_open(path)};
    scope_t scope = {&dictionary, 1};
    match_query_t query = match_query(MATCH_RE, "^(a+)+[0-9]+b[cx]$");
    query.budget_ms = 1;
    size_t size, calls = 0;
    match_result_t result = {0};
    unsigned char cursor[MATCH_CURSOR_MAX];
    FILE *out = open_memstream(&found, &size);
    do {
        assert_int_equal(match_run(&scope, &query, &result), MATCH_OK);
        assert_int_equal(result.complete, result.cursor_size == 0);
        match_print(out, &result);
        memcpy(cursor, result.cursor, result.cursor_size);
        query.cursor = cursor;
        query.cursor_size = result.cursor_size;
        calls++;
    } while (result.cursor_size > 0);
    fclose(out);
    out = open_memstream(&expected, &size);
    for (size_t i = 0; i < WORDS; i += 1000)
        fprintf(out, "x:%s\n", words[i]);
    fclose(out);
    assert_string_equal(found, expected);
    assert_true(calls > 2);
    /* By rank what is found in time is given, and there is no other page. */
    query.cursor = NULL;
    query.by_rank = true;
    assert_int_equal(match_run(&scope, &query, &result), MATCH_OK);
    assert_false(result.complete);
    assert_int_equal(result.cursor_size, 0);
    match_result_close(&result);
    index_destroy(&dictionary.index);
    free(found);
    free(expected);
    free(path);
}

/* Walks whose deadline is long over stop at each look at the clock; together they find what one does. */
static void s_expect_steps(const match_fixture_t *self, const match_query_t *query, size_t least)
{
    match_pattern_t plain, fold;
    char why[160], *found = NULL;
    size_t size, stops = 0;
    match_place_t place = {0};
    assert_int_equal(match_pattern_open(&plain, query, why, sizeof why), MATCH_OK);
    bool folds = match_pattern_fold(&fold, &plain);
    FILE *out = open_memstream(&found, &size);
    match_walk_status_t status;
    do {
        match_deadline_t deadline = {.at = 0};
        match_walk_t walk = {.filter = &query->filter, .deadline = &deadline};
        match_t match;
        match_walk_open(&walk, &self->scope, place.accent ? &fold : &plain,
                        place.accent ? &plain : NULL, &place);
        while ((status = match_walk_next(&walk, &match)) == MATCH_WALK_FOUND)
            match_print(out, &(match_result_t){.matches = &match, .count = 1});
        if (status == MATCH_WALK_LATE) {
            match_walk_place(&walk, &place);
            assert_true(place.size > 0);
            stops++;
        } else if (!place.accent && folds) {
            place = (match_place_t){.accent = true};
            status = MATCH_WALK_LATE;
        }
        match_walk_close(&walk);
    } while (status == MATCH_WALK_LATE);
    fclose(out);
    match_expect(&self->scope, *query, found);
    assert_true(stops >= least);
    free(found);
    match_pattern_close(&plain);
    match_pattern_close(&fold);
}

static void test_late_walks_go_on(void **state)
{
    static const struct {
        match_strategy_t strategy;
        const char *pattern;
        size_t least;
    } cases[] = {{MATCH_RE, "[cd]b", 50},    {MATCH_RE, "x[yz]", 50},
                 {MATCH_WILDCARD, "*", 2},   {MATCH_WILDCARD, "*é*à*", 0},
                 {MATCH_WILDCARD, "?à*", 0}, {MATCH_SUBSTRING, "a", 0}};
    match_fixture_t *self = match_fixture_new(state);
    for (size_t i = 0; i < COUNT(cases); i++) {
        match_query_t query = match_query(cases[i].strategy, cases[i].pattern);
        s_expect_steps(self, &query, cases[i].least);
    }
    /* Whatever word is the last one when the time is over. */
    for (size_t words = 1; words < 70; words++) {
        self->counts[0] = self->counts[1] = words;
        match_build(self, state, 0);
        match_build(self, state, 1);
        match_query_t query = match_query(MATCH_RE, "x[yz]");
        s_expect_steps(self, &query, 0);
    }
    match_fixture_destroy(&self);
}

static void test_costly_patterns(void **state)
{
    static const char *const patterns[] = {
        "(a+)+$", "(a|aa)+$",
        /* the cube of the length: far from the limits of PCRE2 itself */
        "(a|b)*a(a|b)*a(a|b)*[dx]", "(?:a*)*b", "((a*)*)*[bc]$", "(.*)(.*)(.*)(.*)(.*)\\5x"};
    char word[201];
    memset(word, 'a', 200);
    strcpy(word + 197, "cd!");
    const fixture_entry_t entry = {word, "text"};
    dictionary_t dictionary = {.index = fixture_index(state, "x", &entry, 1)};
    scope_t scope = {&dictionary, 1};
    match_result_t result = {0};
    for (size_t i = 0; i < COUNT(patterns); i++) {
        match_query_t query = match_query(MATCH_RE, patterns[i]);
        query.budget_ms = 1;
        match_status_t status = match_run(&scope, &query, &result);
        assert_int_equal(result.count, 0);
        if (status == MATCH_TOO_COSTLY)
            assert_non_null(strstr(result.why, "too many steps on the word aaaa"));
        else
            assert_int_equal(status, MATCH_OK);
        assert_true(i > 2 || status == MATCH_TOO_COSTLY);
    }
    /* Limits that the pattern sets itself are not larger ones. */
    match_query_t query = match_query(MATCH_RE, "(*LIMIT_MATCH=4000000000)(a+)+$");
    assert_int_equal(match_run(&scope, &query, &result), MATCH_TOO_COSTLY);
    query = match_query(MATCH_RE, "(*LIMIT_DEPTH=4000000000)(*NO_JIT)(a+)+$");
    assert_int_equal(match_run(&scope, &query, &result), MATCH_TOO_COSTLY);
    match_result_close(&result);
    index_destroy(&dictionary.index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_late_walks_go_on, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_budget, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_costly_patterns, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
