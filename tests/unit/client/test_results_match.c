/* The call `match`: what is asked, what replies are taken, and which pages can be followed. */

#include "tests/unit/client/calls.h"
#include "tests/unit/client/spoil.h"

/* ---- replies ---- */

static void s_write_match(lex_writer_t *writer, const char *word, const char *rule,
                          bool with_numbers)
{
    lex_write_map(writer, 1 + (rule ? 2 : 0) + (with_numbers ? 3 : 0));
    lex_put_text(writer, "word", word);
    if (rule) {
        lex_put_text(writer, "dict", "d");
        lex_put_text(writer, "rule", rule);
    }
    if (with_numbers) {
        lex_put_uint(writer, "distance", 0);
        lex_put_uint(writer, "rank", UINT32_MAX);
        lex_put_text(writer, SPOIL_LATER, "unknown");
    }
}

static void s_write_matches(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 4);
    lex_write_text(writer, "matches");
    lex_write_array(writer, 3);
    s_write_match(writer, "café", "lev", true);
    s_write_match(writer, "cage", "near", false);
    s_write_match(writer, "cake", NULL, false);
    lex_put_bin(writer, "cursor", "a\0b", 3);
    lex_put_bool(writer, "complete", true);
    lex_put_text(writer, SPOIL_LATER, "unknown");
}

static lexmq_status_t s_match(lexmq_t *lexmq, bool check)
{
    const lexmq_match_query_t query = {.strategy = "lev", .pattern = "cafe"};
    lexmq_matches_t *matches;
    lexmq_status_t status = lexmq_match(lexmq, &query, &matches);

    if (check) {
        assert_true(matches->count == 3 && matches->complete);
        assert_string_equal(matches->list[0].word, "café");
        assert_string_equal(matches->list[0].dict, "d");
        assert_string_equal(matches->list[0].rule, "lev");
        assert_int_equal(matches->list[0].distance, 0);
        assert_true(matches->list[0].rank == UINT32_MAX);
        assert_int_equal(matches->list[1].distance, -1);
        assert_int_equal(matches->list[1].rank, 0);
        assert_string_equal(matches->list[1].rule, "near");
        assert_string_equal(matches->list[2].word, "cake");
        assert_string_equal(matches->list[2].dict, "d"); /* as the match before */
        assert_string_equal(matches->list[2].rule, "near");
        assert_int_equal(matches->cursor_size, 3);
        assert_memory_equal(matches->cursor, "a\0b", 3);
    } else if (status != LEXMQ_OK) {
        assert_null(matches);
    }
    lexmq_matches_destroy(&matches);
    assert_null(matches);
    return status;
}

static void test_replies(void **state)
{
    static const char *const optional[] = {"distance", "rank", NULL};
    (void)state;

    spoil_try_with(s_match, s_write_matches, optional);
}

/* ---- requests ---- */

static bool s_text_is(const lex_body_t *body, const char *key, const char *expected)
{
    const char *text;
    size_t size;

    return lex_body_str(body, key, &text, &size) && size == strlen(expected) &&
           memcmp(text, expected, size) == 0;
}

static bool s_number_is(const lex_body_t *body, const char *key, uint64_t expected)
{
    uint64_t number;

    return lex_body_uint(body, key, &number) && number == expected;
}

static bool s_is_full(const lex_body_t *body)
{
    const msgpack_object *tags = lex_body_find(body, "tags");
    const unsigned char *cursor;
    size_t size;

    return s_text_is(body, "strategy", "nprefix") && s_text_is(body, "pattern", "ab") &&
           s_text_is(body, "dict", "d") && s_number_is(body, "limit", 7) &&
           s_number_is(body, "distance", 2) && s_number_is(body, "skip", 3) &&
           s_number_is(body, "count", 5) && s_number_is(body, "collins", 4) &&
           s_number_is(body, "max_rank", 9000) && s_text_is(body, "sort", "rank") &&
           lex_body_bin(body, "cursor", &cursor, &size) && size == 2 &&
           memcmp(cursor, "\0c", 2) == 0 && tags && tags->type == MSGPACK_OBJECT_ARRAY &&
           tags->via.array.size == 2 && tags->via.array.ptr[1].via.str.size == 5 &&
           lex_body_root(body)->via.map.size == 4 + 12;
}

static bool s_is_usual(const lex_body_t *body)
{
    return s_text_is(body, "strategy", "prefix") && s_text_is(body, "pattern", "ab") &&
           lex_body_root(body)->via.map.size == 4 + 2;
}

/* The first request has all arguments there are, the second only those it must have. */
static void s_check_request(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    lex_writer_t writer;

    if (!s_text_is(request, "op", "match") || strcmp(gateway->service, "lookup") != 0 ||
        !(nth == 1 ? s_is_full(request) : s_is_usual(request))) {
        fake_error(gateway, LEX_BAD_REQUEST, "this is not what was to be asked", 0);
        return;
    }
    lex_writer_init(&writer);
    s_write_matches(&writer, gateway->id);
    fake_writer(gateway, &writer);
}

static void test_requests(void **state)
{
    static const char *const tags[] = {"cet4", "toefl"};
    const lexmq_match_query_t full = {.strategy = "nprefix",
                                      .pattern = "ab",
                                      .dict = "d",
                                      .limit = 7,
                                      .distance = 2,
                                      .skip = 3,
                                      .count = 5,
                                      .tags = tags,
                                      .tag_count = 2,
                                      .collins = 4,
                                      .max_rank = 9000,
                                      .by_rank = true,
                                      .cursor = "\0c",
                                      .cursor_size = 2};
    const lexmq_match_query_t usual = {.strategy = "prefix", .pattern = "ab", .cursor = ""};
    lexmq_matches_t *matches;
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_check_request);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    assert_int_equal(lexmq_match(lexmq, &full, &matches), LEXMQ_OK);
    lexmq_matches_destroy(&matches);
    assert_int_equal(lexmq_match(lexmq, &usual, &matches), LEXMQ_OK);
    lexmq_matches_destroy(&matches);
    assert_true(lexmq_set_token(lexmq, NULL, 0));
    assert_int_equal(lexmq_match(lexmq, &usual, &matches), LEXMQ_UNAUTHORIZED);
    assert_null(matches);
    lexmq_destroy(&lexmq);
    assert_int_equal(gateway.requests, 2);
    fake_gateway_stop(&gateway);
}

/* What no server would take is not sent. */
static void test_refused(void **state)
{
    static const char *const nine[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    static const char *const strange[] = {"a", "\xFF"};
    static unsigned char cursor[LEXMQ_CURSOR_MAX + 1];
    char word[LEXMQ_WORD_MAX + 2] = "";
    memset(word, 'x', LEXMQ_WORD_MAX + 1);
    const lexmq_match_query_t queries[] = {
        {.strategy = "prefix", .pattern = ""},
        {.strategy = "prefix", .pattern = word},
        {.strategy = "prefix", .pattern = "\xC3"},
        {.strategy = "\xC3", .pattern = "a"},
        {.strategy = "prefix", .pattern = "a", .dict = "\xC3"},
        {.strategy = "prefix", .pattern = "a", .limit = LEXMQ_MATCHES_MAX + 1},
        {.strategy = "lev", .pattern = "a", .distance = 3},
        {.strategy = "prefix", .pattern = "a", .tags = nine, .tag_count = 9},
        {.strategy = "prefix", .pattern = "a", .tags = strange, .tag_count = 2},
        {.strategy = "prefix", .pattern = "a", .cursor = cursor, .cursor_size = sizeof cursor},
    };
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, calls_answer);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        lexmq_matches_t *matches;
        if (lexmq_match(lexmq, &queries[i], &matches) != LEXMQ_BAD_REQUEST)
            fail_msg("query %zu was sent", i);
        assert_null(matches);
        assert_string_not_equal(lexmq_error_message(lexmq), "");
    }
    lexmq_destroy(&lexmq);
    assert_int_equal(gateway.requests, 0);
    fake_gateway_stop(&gateway);
}

/* ---- pages ---- */

typedef struct {
    bool filled; /* it has a match */
    size_t cursor_size;
    bool complete;
    lexmq_status_t expected;
} s_page_t;

/* Cursors are all zeros; the one that was asked with has two bytes. */
static const s_page_t s_pages[] = {
    {true, 3, true, LEXMQ_OK},
    {true, 0, true, LEXMQ_OK},
    {false, 0, true, LEXMQ_OK},
    {true, 3, false, LEXMQ_OK},
    {false, 3, false, LEXMQ_OK},
    {true, LEXMQ_CURSOR_MAX, true, LEXMQ_OK},
    /* An order that cannot be gone on with. */
    {true, 0, false, LEXMQ_OK},
    {false, 0, false, LEXMQ_OK},
    /* Nothing is found, but there is to be more; or the search stands still. */
    {false, 3, true, LEXMQ_SERVER_ERROR},
    {false, 2, false, LEXMQ_SERVER_ERROR},
    {true, LEXMQ_CURSOR_MAX + 1, true, LEXMQ_SERVER_ERROR},
};

static void s_give_page(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    static const unsigned char zeros[LEXMQ_CURSOR_MAX + 1];
    const s_page_t *page = &s_pages[nth - 1];
    lex_writer_t writer;
    (void)request;

    lex_writer_init(&writer);
    lex_write_ok(&writer, gateway->id, 3);
    lex_write_text(&writer, "matches");
    lex_write_array(&writer, page->filled ? 1 : 0);
    if (page->filled)
        s_write_match(&writer, "cat", "lev", false);
    lex_put_bin(&writer, "cursor", zeros, page->cursor_size);
    lex_put_bool(&writer, "complete", page->complete);
    fake_writer(gateway, &writer);
}

static void test_pages(void **state)
{
    const lexmq_match_query_t query = {
        .strategy = "prefix", .pattern = "c", .cursor = "\0\0", .cursor_size = 2};
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_give_page);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    for (size_t i = 0; i < sizeof s_pages / sizeof s_pages[0]; i++) {
        lexmq_matches_t *matches;
        lexmq_status_t status = lexmq_match(lexmq, &query, &matches);
        if (status != s_pages[i].expected)
            fail_msg("page %zu had the outcome %d", i, status);
        if (matches) {
            assert_int_equal(matches->cursor_size, s_pages[i].cursor_size);
            assert_true(matches->complete == s_pages[i].complete);
        }
        lexmq_matches_destroy(&matches);
    }
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

/* ---- matches that cannot be ---- */

static void s_write_large(lex_writer_t *writer, const unsigned char *id, const char *key)
{
    lex_write_ok(writer, id, 3);
    lex_write_text(writer, "matches");
    lex_write_array(writer, 1);
    lex_write_map(writer, 4);
    lex_put_text(writer, "word", "cat");
    lex_put_text(writer, "dict", "d");
    lex_put_text(writer, "rule", "lev");
    lex_put_uint(writer, key, (strcmp(key, "rank") == 0 ? UINT32_MAX : INT32_MAX) + UINT64_C(1));
    lex_put_bin(writer, "cursor", "", 0);
    lex_put_bool(writer, "complete", true);
}

/* The first match has none before it to take dictionary and rule from. */
static void s_write_rootless(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 3);
    lex_write_text(writer, "matches");
    lex_write_array(writer, 1);
    s_write_match(writer, "cat", NULL, false);
    lex_put_bin(writer, "cursor", "", 0);
    lex_put_bool(writer, "complete", true);
}

static void s_give_large(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    lex_writer_t writer;
    (void)request;

    lex_writer_init(&writer);
    if (nth == 3)
        s_write_rootless(&writer, gateway->id);
    else
        s_write_large(&writer, gateway->id, nth == 1 ? "rank" : "distance");
    fake_writer(gateway, &writer);
}

static void test_impossible_matches(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_give_large);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(s_match(lexmq, false), LEXMQ_SERVER_ERROR);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_impossible_matches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
