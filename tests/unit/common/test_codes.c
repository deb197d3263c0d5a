/* docs/protocol.md section 3: the codes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/codes.h"

static void names_and_codes_agree(void **state)
{
    (void)state;
    for (int code = 0; code < LEX_CODE_COUNT; code++) {
        const char *name = lex_code_name((lex_code_t)code);
        assert_non_null(name);
        assert_int_equal(lex_code_parse(name, strlen(name)), code);
    }
    assert_string_equal(lex_code_name(LEX_OK), "ok");
    assert_string_equal(lex_code_name(LEX_BAD_REQUEST), "bad_request");
    assert_string_equal(lex_code_name(LEX_UNAVAILABLE), "unavailable");
}

static void unknown_is_internal(void **state)
{
    (void)state;
    assert_int_equal(lex_code_parse("busyness", 8), LEX_INTERNAL);
    assert_int_equal(lex_code_parse("busyness", 4), LEX_BUSY);
    assert_int_equal(lex_code_parse("bus", 3), LEX_INTERNAL);
    assert_int_equal(lex_code_parse("", 0), LEX_INTERNAL);
    assert_string_equal(lex_code_name((lex_code_t)-1), "internal");
    assert_string_equal(lex_code_name(LEX_CODE_COUNT), "internal");
}

static void only_three_are_transient(void **state)
{
    (void)state;
    for (int code = 0; code < LEX_CODE_COUNT; code++) {
        int wanted = code == LEX_BUSY || code == LEX_TIMEOUT || code == LEX_UNAVAILABLE;
        assert_int_equal(lex_code_is_transient((lex_code_t)code), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_codes_agree),
        cmocka_unit_test(unknown_is_internal),
        cmocka_unit_test(only_three_are_transient),
    };
    return cmocka_run_group_tests_name("codes", tests, NULL, NULL);
}
