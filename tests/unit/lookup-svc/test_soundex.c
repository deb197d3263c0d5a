/* Codes of words: letter and digits, compared with what the rules give by hand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lookup-svc/soundex.h"

static void s_expect(const char *word, char letter, unsigned digits)
{
    unsigned code = soundex_code(word, strlen(word));
    unsigned number = code / 49 % 7 * 100 + code / 7 % 7 * 10 + code % 7;
    assert_int_equal('a' + code / 343 - 1, letter);
    assert_int_equal(number, digits);
}

static void codes(void **state)
{
    (void)state;
    s_expect("robert", 'r', 163);
    s_expect("rupert", 'r', 163);
    s_expect("rubin", 'r', 150);
    s_expect("tymczak", 't', 522);
    s_expect("honeyman", 'h', 555);
    s_expect("a", 'a', 0);
    s_expect("zzzz", 'z', 0);
}

/* The first letter's own class counts as the one before. */
static void neighbours_of_one_class_count_once(void **state)
{
    (void)state;
    s_expect("pfister", 'p', 236);
    s_expect("jackson", 'j', 250);
    s_expect("lloyd", 'l', 300);
    s_expect("ashcraft", 'a', 226); /* h parts s and c */
}

static void anything_but_letters_is_passed_over(void **state)
{
    (void)state;
    s_expect("jack kerouac", 'j', 262);
    s_expect("1-hitter", 'h', 360);
    s_expect("o'brien", 'o', 165);
    assert_int_equal(soundex_code("", 0), 0);
    assert_int_equal(soundex_code("1530", 4), 0);
    assert_int_equal(soundex_code("中国", 6), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),
        cmocka_unit_test(neighbours_of_one_class_count_once),
        cmocka_unit_test(anything_but_letters_is_passed_over),
    };
    return cmocka_run_group_tests_name("soundex", tests, NULL, NULL);
}
