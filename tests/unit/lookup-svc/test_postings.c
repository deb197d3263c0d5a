/* Inverted lists: the reader, which trusts nothing, and the builder with and without runs. */

#include "fixture.h"

#include "lookup-svc/buffer.h"
#include "lookup-svc/postings.h"
#include "lookup-svc/postings_build.h"

#define LARGE ((size_t)64 << 20)

/* ---- the reader ---- */

/* Reads a whole list as "number*times ". Caller frees. */
static char *s_text(index_list_t list, uint32_t bound)
{
    postings_t postings;
    char *all = lex_strdup("");
    postings_open(&postings, list, bound);
    while (postings_next(&postings)) {
        char *more = lex_format("%s%u*%u ", all, postings.number, postings.times);
        free(all);
        all = more;
    }
    assert_false(postings_next(&postings));
    return all;
}

static void s_expect_list(const void *bytes, size_t size, uint32_t bound, const char *expected)
{
    /* A copy of exactly this size, so that a sanitizer sees a read beyond it. */
    unsigned char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    char *found = s_text((index_list_t){.data = copy, .size = size}, bound);
    assert_string_equal(found, expected);
    free(found);
    free(copy);
}

static void test_reader(void **state)
{
    (void)state;
    /* 0, 1 twice, 129 once, 130 five times */
    static const unsigned char list[] = {4, 1 << 1, 1 << 1 | 1, 0, 0x80, 0x02, 1 << 1 | 1, 3};
    s_expect_list(list, sizeof list, 1000, "0*1 1*2 129*1 130*5 ");
    s_expect_list(list, sizeof list, 130, "0*1 1*2 129*1 "); /* 130 is out of bounds */
    s_expect_list(list, sizeof list, 0, "");
    s_expect_list("\0", 1, 1000, "");
    s_expect_list("", 0, 1000, "");
}

static void test_reader_of_damaged_lists(void **state)
{
    (void)state;
    static const unsigned char list[] = {4, 1 << 1, 1 << 1 | 1, 0, 0x80, 0x02, 1 << 1 | 1, 3};
    static const char *const cut[] = {"",         "",         "0*1 ",           "0*1 ",
                                      "0*1 1*2 ", "0*1 1*2 ", "0*1 1*2 129*1 ", "0*1 1*2 129*1 "};
    for (size_t size = 0; size < sizeof list; size++)
        s_expect_list(list, size, 1000, cut[size]);
    s_expect_list("\x05\x02\x00\x02", 4, 1000, "0*1 ");                 /* a step of 0 */
    s_expect_list("\xff\xff\xff\xff\x0f\x02\x02", 7, 1000, "0*1 1*1 "); /* a count beyond it */
    s_expect_list("\x01\xff\xff\xff\xff\xff\x02", 7, 1000, "");         /* too many bits */
    s_expect_list("\x01\x03\xff\xff\xff\xff\x0f", 7, 1000, "");         /* times overflow */
    s_expect_list("\x02\x02\xfe\xff\xff\xff\x0f", 7, UINT32_MAX, "0*1 2147483647*1 ");
    s_expect_list("\x03\x02\xfe\xff\xff\xff\x0f\xfe\xff\xff\xff\x0f", 12, UINT32_MAX,
                  "0*1 2147483647*1 4294967294*1 ");
}

static void test_seek(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {4, 1 << 1, 1 << 1 | 1, 0, 0x80, 0x02, 1 << 1 | 1, 3};
    index_list_t list = {.data = bytes, .size = sizeof bytes};
    postings_t postings;
    postings_open(&postings, list, 1000);
    assert_int_equal(postings.left, 4);
    assert_true(postings_seek(&postings, 0));
    assert_int_equal(postings.number, 0);
    assert_true(postings_seek(&postings, 2));
    assert_int_equal(postings.number, 129);
    assert_true(postings_seek(&postings, 1)); /* not back */
    assert_int_equal(postings.number, 129);
    assert_true(postings_seek(&postings, 130));
    assert_int_equal(postings.times, 5);
    assert_false(postings_seek(&postings, 131));
    assert_false(postings_next(&postings));
}

/* ---- the builder ---- */

/* Gathers what a builder gives: all terms with their lists, as text and as bytes. */
typedef struct {
    char *text;
    buffer_t bytes;
    char last[POSTINGS_TERM_MAX + 1];
} s_result_t;

static int s_take(void *arg, const char *term, size_t term_size, const void *list, size_t list_size)
{
    s_result_t *self = arg;
    char *items = s_text((index_list_t){.data = list, .size = list_size}, INDEX_ENTRIES_MAX);
    char *more = lex_format("%s%.*s:%s", self->text, (int)term_size, term, items);
    free(items);
    free(self->text);
    self->text = more;
    char terminated[POSTINGS_TERM_MAX + 1] = "";
    memcpy(terminated, term, term_size);
    assert_true(strcmp(self->last, terminated) < 0);
    strcpy(self->last, terminated);
    buffer_add(&self->bytes, term, term_size);
    return buffer_add(&self->bytes, list, list_size);
}

static postings_builder_t *s_new(void **state, size_t budget, bool with_times)
{
    char *path = fixture_path(state, "index");
    postings_builder_t *builder = postings_builder_new(path, budget, with_times);
    free(path);
    return builder;
}

static void s_check_small(postings_builder_t *builder, const char *expected)
{
    static const struct {
        const char *term;
        uint32_t number;
    } added[] = {{"b", 0},      {"a", 0},     {"b", 0},    {"b", 0},   {"a", 1},
                 {"c", 1},      {"a", 2},     {"a", 2},    {"b", 300}, {"c", 70000},
                 {"ab", 70000}, {"c", 70000}, {"a", 70001}};
    s_result_t result = {.text = lex_strdup("")};
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        assert_int_equal(
            postings_builder_add(builder, added[i].term, strlen(added[i].term), added[i].number),
            0);
    assert_int_equal(postings_builder_finish(builder, s_take, &result), 0);
    assert_string_equal(result.text, expected);
    free(result.text);
    buffer_close(&result.bytes);
    postings_builder_destroy(&builder);
    assert_null(builder);
}

static void test_builder(void **state)
{
    static const char times[] = "a:0*1 1*1 2*2 70001*1 ab:70000*1 b:0*3 300*1 c:1*1 70000*2 ";
    static const char plain[] = "a:0*1 1*1 2*1 70001*1 ab:70000*1 b:0*1 300*1 c:1*1 70000*1 ";
    s_check_small(s_new(state, LARGE, true), times);
    s_check_small(s_new(state, LARGE, false), plain);
    s_check_small(s_new(state, 1, true), times); /* each number is a run */
    s_check_small(s_new(state, 1, false), plain);
}

/* Enough for lists of many chunks, for tables that grow and for runs that are merged into one. */
static s_result_t s_build_many(void **state, size_t budget)
{
    postings_builder_t *builder = s_new(state, budget, true);
    s_result_t result = {.text = lex_strdup("")};
    uint64_t random = 88172645463325252u;
    for (uint32_t number = 0; number < 3000; number += 1 + number % 7) {
        for (int i = 0; i < 8; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            /* Some terms are frequent and most are rare. */
            char term[32];
            snprintf(term, sizeof term, "%llu",
                     (unsigned long long)((random >> 8) % (i < 4 ? 5u : 4000u)));
            assert_int_equal(postings_builder_add(builder, term, strlen(term), number), 0);
        }
    }
    assert_int_equal(postings_builder_finish(builder, s_take, &result), 0);
    postings_builder_destroy(&builder);
    return result;
}

static void test_runs_do_not_show(void **state)
{
    static const size_t budgets[] = {1, 20000, 60000};
    s_result_t whole = s_build_many(state, LARGE);
    assert_true(whole.bytes.size > 10000);
    for (size_t i = 0; i < 3; i++) {
        s_result_t parted = s_build_many(state, budgets[i]);
        assert_string_equal(parted.text, whole.text);
        assert_int_equal(parted.bytes.size, whole.bytes.size);
        assert_memory_equal(parted.bytes.data, whole.bytes.data, whole.bytes.size);
        free(parted.text);
        buffer_close(&parted.bytes);
    }
    free(whole.text);
    buffer_close(&whole.bytes);
    assert_int_equal(rmdir(*state), 0); /* no file is left */
    assert_int_equal(mkdir(*state, 0700), 0);
}

static int s_refuse(void *arg, const char *term, size_t term_size, const void *list,
                    size_t list_size)
{
    (void)term, (void)term_size, (void)list, (void)list_size;
    return ++*(int *)arg == 2 ? -1 : 0;
}

static void test_taker_ends_it(void **state)
{
    static const size_t budgets[] = {1, LARGE};
    for (size_t i = 0; i < 2; i++) {
        postings_builder_t *builder = s_new(state, budgets[i], true);
        int calls = 0;
        for (uint32_t number = 0; number < 9; number++)
            assert_int_equal(postings_builder_add(builder, "abcdefghi" + number, 1, number), 0);
        assert_int_equal(postings_builder_finish(builder, s_refuse, &calls), -1);
        assert_int_equal(calls, 2);
        postings_builder_destroy(&builder);
    }
}

static void test_nothing(void **state)
{
    postings_builder_t *builder = s_new(state, LARGE, true);
    int calls = 0;
    assert_int_equal(postings_builder_finish(builder, s_refuse, &calls), 0);
    assert_int_equal(calls, 0);
    postings_builder_destroy(&builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_reader_of_damaged_lists),
        cmocka_unit_test(test_seek),
        cmocka_unit_test_setup_teardown(test_builder, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_runs_do_not_show, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_taker_ends_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nothing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
