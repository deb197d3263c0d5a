/* Pages: cut anywhere they are the same as one, and go on in other versions of the dictionaries. */

#include "match_fixture.h"

#include "lookup-svc/match_walk.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    match_strategy_t strategy;
    const char *pattern;
    bool by_rank;
    unsigned distance;
} s_queries[] = {
    {MATCH_EXACT, "é", false, 1},        {MATCH_PREFIX, "a", false, 1},
    {MATCH_PREFIX, "é", false, 1},       {MATCH_NPREFIX, "a", false, 1},
    {MATCH_SUFFIX, "é", false, 1},       {MATCH_SUBSTRING, "ba", false, 1},
    {MATCH_SUBSTRING, "é", false, 1},    {MATCH_WORD, "a", false, 1},
    {MATCH_FIRST, "é", false, 1},        {MATCH_LAST, "bà", false, 1},
    {MATCH_WILDCARD, "*b?d*", false, 1}, {MATCH_WILDCARD, "é*à", false, 1},
    {MATCH_RE, "^a.*[bc]$", false, 1},   {MATCH_RE, "b+c", true, 1},
    {MATCH_SOUNDEX, "abd", false, 1},    {MATCH_LEV, "abc", false, 1},
    {MATCH_LEV, "abcd", false, 2},       {MATCH_LEV, "abcd", true, 2},
    {MATCH_TEXT, "water", false, 1},     {MATCH_TEXT, "中国", true, 1},
    {MATCH_PREFIX, "b", true, 1},        {MATCH_SUBSTRING, "à", true, 1},
};

static match_query_t s_query(size_t number)
{
    match_query_t query = match_query(s_queries[number].strategy, s_queries[number].pattern);
    query.by_rank = s_queries[number].by_rank;
    query.distance = s_queries[number].distance;
    if (query.strategy == MATCH_NPREFIX)
        query.count = MATCH_LIMIT_MAX;
    return query;
}

static void test_pages_are_cut_from_one_list(void **state)
{
    static const size_t limits[] = {1, 3, 50};
    match_fixture_t *self = match_fixture_new(state);
    for (size_t i = 0; i < COUNT(s_queries); i++) {
        match_query_t query = s_query(i);
        char *expected = match_all(&self->scope, query);
        assert_true(strlen(expected) > 0);
        for (size_t j = 0; j < COUNT(limits); j++) {
            query.limit = limits[j];
            if (strlen(expected) / query.limit > 4000)
                continue; /* pages of a word each are tried where there are few */
            match_expect(&self->scope, query, expected);
        }
        free(expected);
    }
    match_fixture_destroy(&self);
}

/* Several keys of one fold, which a page may end between. */
static void test_pages_end_within_a_fold(void **state)
{
    static const fixture_entry_t entries[] = {{"resume", ""}, {"resumé", ""}, {"résume", ""},
                                              {"résumé", ""}, {"rèsumé", ""}, {"résumés", ""}};
    dictionary_t dictionaries[2] = {{.id = 1, .name = (char *)"a"}, {.id = 2, .name = (char *)"b"}};
    dictionaries[0].index = fixture_index(state, "a", entries, COUNT(entries));
    dictionaries[1].index = fixture_index(state, "b", entries + 1, COUNT(entries) - 1);
    for (size_t limit = 1; limit < 12; limit++) {
        match_query_t query = match_query(MATCH_EXACT, "resumé");
        query.limit = limit;
        match_expect(&(scope_t){dictionaries, 2}, query,
                     "a:resumé\nb:resumé\na:resume*\na:rèsumé*\na:résume*\na:résumé*\n"
                     "b:rèsumé*\nb:résume*\nb:résumé*\n");
    }
    index_destroy(&dictionaries[0].index);
    index_destroy(&dictionaries[1].index);
}

/* No page is empty but the first of nothing, and the last one says that it is. */
static void test_last_page(void **state)
{
    match_fixture_t *self = match_fixture_new(state);
    match_result_t result = {0};
    for (size_t i = 0; i < COUNT(s_queries); i++) {
        match_query_t query = s_query(i);
        assert_int_equal(match_run(&self->scope, &query, &result), MATCH_OK);
        if (result.cursor_size > 0)
            continue;
        query.limit = result.count;
        assert_int_equal(match_run(&self->scope, &query, &result), MATCH_OK);
        assert_int_equal(result.count, query.limit);
        assert_int_equal(result.cursor_size, 0);
        assert_true(result.complete);
    }
    match_result_close(&result);
    match_fixture_destroy(&self);
}

static void test_nprefix(void **state)
{
    match_fixture_t *self = match_fixture_new(state);
    char *all = match_all(&self->scope, match_query(MATCH_PREFIX, "ab"));
    static const struct {
        uint32_t skip, count;
        size_t limit, given;
    } cases[] = {{0, 5, 2, 5}, {3, 5, 2, 5}, {3, 1, 9, 1}, {7, 0, 4, 4}, {1, 6, 6, 6}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        match_query_t query = match_query(MATCH_NPREFIX, "ab");
        query.skip = cases[i].skip;
        query.count = cases[i].count;
        query.limit = cases[i].limit;
        const char *start = all;
        for (size_t line = 0; line < cases[i].skip; line++)
            start = strchr(start, '\n') + 1;
        const char *end = start;
        for (size_t line = 0; line < cases[i].given; line++)
            end = strchr(end, '\n') + 1;
        char *expected = lex_strndup(start, (size_t)(end - start));
        match_expect(&self->scope, query, expected);
        free(expected);
    }
    match_query_t beyond = match_query(MATCH_NPREFIX, "ab");
    beyond.skip = UINT32_MAX;
    match_expect(&self->scope, beyond, "");
    free(all);
    match_fixture_destroy(&self);
}

/* ---- cursors ---- */

static void s_expect_bad_cursor(const scope_t *scope, match_query_t query, const void *cursor,
                                size_t size)
{
    match_result_t result = {0};
    query.cursor = cursor;
    query.cursor_size = size;
    assert_int_equal(match_run(scope, &query, &result), MATCH_BAD_CURSOR);
    assert_int_equal(result.count, 0);
    match_result_close(&result);
}

static void test_bad_cursors(void **state)
{
    match_fixture_t *self = match_fixture_new(state);
    match_query_t query = match_query(MATCH_SUBSTRING, "ba"), other;
    match_result_t result = {0};
    query.limit = 5;
    assert_int_equal(match_run(&self->scope, &query, &result), MATCH_OK);
    assert_true(result.cursor_size > 0);
    unsigned char cursor[MATCH_CURSOR_MAX + 1] = {0};
    memcpy(cursor, result.cursor, result.cursor_size);
    for (size_t i = 0; i < result.cursor_size; i++) {
        cursor[i] ^= 4;
        s_expect_bad_cursor(&self->scope, query, cursor, result.cursor_size);
        cursor[i] ^= 4;
        s_expect_bad_cursor(&self->scope, query, cursor, i);
    }
    s_expect_bad_cursor(&self->scope, query, cursor, result.cursor_size + 1);
    s_expect_bad_cursor(&self->scope, query, cursor, sizeof cursor);
    other = match_query(MATCH_SUFFIX, "ba");
    s_expect_bad_cursor(&self->scope, other, cursor, result.cursor_size);
    other = match_query(MATCH_SUBSTRING, "bb");
    s_expect_bad_cursor(&self->scope, other, cursor, result.cursor_size);
    other = query;
    other.by_rank = true;
    s_expect_bad_cursor(&self->scope, other, cursor, result.cursor_size);
    other = query;
    other.filter.collins = 1;
    s_expect_bad_cursor(&self->scope, other, cursor, result.cursor_size);
    /* Another limit is another page of the same. */
    other = query;
    other.limit = 9;
    other.cursor = cursor;
    other.cursor_size = result.cursor_size;
    assert_int_equal(match_run(&self->scope, &other, &result), MATCH_OK);
    match_result_close(&result);
    match_fixture_destroy(&self);
}

/* After each page every third word is gone, and the walk goes on behind what was given. */
static void test_dictionaries_change_between_pages(void **state)
{
    static const char *const patterns[] = {"b", "é"};
    for (size_t i = 0; i < COUNT(patterns); i++) {
        match_fixture_t *self = match_fixture_new(state);
        match_query_t query = match_query(MATCH_SUBSTRING, patterns[i]);
        match_result_t result = {0};
        unsigned char cursor[MATCH_CURSOR_MAX];
        query.limit = 100;
        assert_int_equal(match_run(&self->scope, &query, &result), MATCH_OK);
        memcpy(cursor, result.cursor, result.cursor_size);
        query.cursor = cursor;
        query.cursor_size = result.cursor_size;
        char *old = match_all(&self->scope, query), *expected = NULL;
        for (size_t which = 0; which < MATCH_DICTIONARIES; which++) {
            size_t count = 0;
            for (size_t j = 0; j < self->counts[which]; j++)
                if (j % 3 != 0)
                    self->words[which][count++] = self->words[which][j];
            self->counts[which] = count;
            match_build(self, state, which);
        }
        /* Of what would have followed all that is still there must. */
        match_query_t all = match_query(MATCH_SUBSTRING, patterns[i]);
        char *now = match_all(&self->scope, all), *marked = lex_format("\n%s", now);
        size_t size;
        FILE *out = open_memstream(&expected, &size);
        for (const char *line = old; *line; line = strchr(line, '\n') + 1) {
            char *whole = lex_format("\n%.*s\n", (int)(strchr(line, '\n') - line), line);
            if (strstr(marked, whole))
                fprintf(out, "%s", whole + 1);
            free(whole);
        }
        fclose(out);
        assert_true(strlen(expected) < strlen(old) && strlen(expected) > 100);
        match_expect(&self->scope, query, expected);
        free(expected);
        free(marked);
        free(now);
        free(old);
        match_result_close(&result);
        match_fixture_destroy(&self);
    }
}

/* The dictionary that the cursor names is gone: nothing is lost of the other one. */
static void test_dictionary_is_gone(void **state)
{
    match_fixture_t *self = match_fixture_new(state);
    match_query_t query = match_query(MATCH_PREFIX, "a");
    match_result_t result = {0};
    query.limit = 40;
    assert_int_equal(match_run(&self->scope, &query, &result), MATCH_OK);
    size_t of_b = 0;
    for (size_t i = 0; i < result.count; i++)
        of_b += result.matches[i].dictionary == self->dictionaries + 1;
    scope_t rest = {self->dictionaries + 1, 1};
    match_query_t next = query;
    next.cursor = result.cursor;
    next.cursor_size = result.cursor_size;
    char *found = match_all(&rest, next), *all = match_all(&rest, query);
    const char *expected = all;
    for (size_t i = 0; i < of_b; i++)
        expected = strchr(expected, '\n') + 1;
    /* The word at which the page ended may be given once more, from a dictionary that came before. */
    assert_true(strstr(found, expected) == found + strlen(found) - strlen(expected));
    assert_true(strlen(found) < strlen(all));
    free(found);
    free(all);
    match_result_close(&result);
    match_fixture_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages_are_cut_from_one_list, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_pages_end_within_a_fold, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_last_page, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nprefix, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_bad_cursors, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_dictionaries_change_between_pages, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_dictionary_is_gone, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
