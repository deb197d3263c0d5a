/* Names of fields, ranks and lists in fields. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/entry.h"

static lex_span_t s_span(const char *text)
{
    return (lex_span_t){text, strlen(text)};
}

/* Every field has a name, and no two the same: they are columns and keys. */
static void names_are_there_and_differ(void **state)
{
    const char *names[LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS];
    (void)state;
    for (int i = 0; i < LEX_TEXT_FIELDS; i++)
        names[i] = lex_text_field_name((lex_text_field_t)i);
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++)
        names[LEX_TEXT_FIELDS + i] = lex_number_field_name((lex_number_field_t)i);
    for (int i = 0; i < LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS; i++) {
        assert_non_null(names[i]);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(names[i], names[j]);
    }
}

static void emptiness(void **state)
{
    lex_fields_t fields = {0};
    (void)state;
    assert_true(lex_fields_are_empty(&fields));
    fields.number[LEX_COLLINS] = 1;
    assert_false(lex_fields_are_empty(&fields));
    fields = (lex_fields_t){.text = {[LEX_TAGS] = s_span("gre")}};
    assert_false(lex_fields_are_empty(&fields));
}

static void the_modern_rank_goes_first(void **state)
{
    lex_fields_t fields = {0};
    (void)state;
    assert_int_equal(lex_fields_rank(&fields), 0);
    fields.number[LEX_BNC_RANK] = 7;
    assert_int_equal(lex_fields_rank(&fields), 7);
    fields.number[LEX_MODERN_RANK] = 9;
    assert_int_equal(lex_fields_rank(&fields), 9);
}

static void s_expect_items(const char *list, char separator, const char *const *items, size_t count)
{
    size_t offset = 0;
    lex_span_t item;
    for (size_t i = 0; i < count; i++) {
        assert_true(lex_span_next(s_span(list), separator, &offset, &item));
        assert_int_equal(item.size, strlen(items[i]));
        assert_memory_equal(item.data, items[i], item.size);
    }
    assert_false(lex_span_next(s_span(list), separator, &offset, &item));
}

static void lists_are_cut_and_empty_items_passed_over(void **state)
{
    static const char *const items[] = {"p:went", "d:gone"};
    (void)state;
    s_expect_items("p:went/d:gone", '/', items, 2);
    s_expect_items("//p:went//d:gone/", '/', items, 2);
    s_expect_items("", '/', NULL, 0);
    s_expect_items("///", '/', NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_there_and_differ),
        cmocka_unit_test(emptiness),
        cmocka_unit_test(the_modern_rank_goes_first),
        cmocka_unit_test(lists_are_cut_and_empty_items_passed_over),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
