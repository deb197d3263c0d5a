/* auth-svc/passwords.h and auth-svc/names.h */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "auth-svc/names.h"
#include "auth-svc/passwords.h"
#include "common/random.h"

#define MEMORY (1 << 20)

static void test_rules(void **state)
{
    (void)state;
    char text[600];
    memset(text, 'a', sizeof text);
    assert_non_null(passwords_problem(text, 7));
    assert_null(passwords_problem(text, 8));
    assert_null(passwords_problem(text, 128));
    assert_non_null(passwords_problem(text, 129));
    /* Characters count, not bytes: 128 of four bytes are 512 bytes. */
    for (int i = 0; i < 129; i++)
        memcpy(text + 4 * i, "\xf0\x9f\x98\x80", 4);
    assert_non_null(passwords_problem(text, 7 * 4));
    assert_null(passwords_problem(text, 128 * 4));
    assert_non_null(passwords_problem(text, 129 * 4));
}

static void test_right_and_wrong(void **state)
{
    (void)state;
    char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];
    passwords_t *self = passwords_new(1, MEMORY);
    assert_non_null(self);
    assert_int_equal(passwords_hash(self, "open sesame", 11, hash), 0);
    assert_memory_equal(hash, "$argon2id$", 10);
    assert_int_equal(passwords_hash(self, "open sesame", 11, other), 0);
    assert_string_not_equal(hash, other);
    assert_int_equal(passwords_verify(self, hash, "open sesame", 11), PASSWORD_RIGHT);
    assert_int_equal(passwords_verify(self, hash, "open sesame!", 12), PASSWORD_WRONG);
    assert_int_equal(passwords_verify(self, hash, "", 0), PASSWORD_WRONG);
    assert_int_equal(passwords_verify(self, NULL, "open sesame", 11), PASSWORD_WRONG);
    assert_false(passwords_is_outdated(self, hash));
    /* Two hashes, four checks, and the one that nobody has. */
    assert_int_equal(lex_histogram_count(passwords_durations(self)), 7);
    assert_true(lex_histogram_sum(passwords_durations(self)) > 0);
    assert_int_equal(passwords_running(self), 0);
    passwords_destroy(&self);
    assert_null(self);

    self = passwords_new(2, MEMORY);
    assert_int_equal(passwords_verify(self, hash, "open sesame", 11), PASSWORD_RIGHT);
    assert_true(passwords_is_outdated(self, hash));
    passwords_destroy(&self);
}

static void test_impossible_costs_are_refused(void **state)
{
    (void)state;
    assert_null(passwords_new(1, 1));
}

static void test_names_meet_under_their_key(void **state)
{
    (void)state;
    name_t plain, wide;
    const char *why = NULL;
    assert_int_equal(names_parse(&plain, "zoë", 4, &why), 0);
    assert_int_equal(names_parse(&wide, "ＺＯＥ\xcc\x88", strlen("ＺＯＥ\xcc\x88"), &why), 0);
    assert_string_equal(plain.key, wide.key);
    assert_memory_equal(plain.hash, wide.hash, NAME_HASH_SIZE);
    assert_string_equal(plain.shown, "zoë");
    assert_int_equal(names_parse(&plain, "zoe", 3, &why), 0);
    assert_memory_not_equal(plain.hash, wide.hash, NAME_HASH_SIZE);
    assert_int_equal(names_parse(&plain, "", 0, &why), -1);
    assert_non_null(why);
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_right_and_wrong),
        cmocka_unit_test(test_impossible_costs_are_refused),
        cmocka_unit_test(test_names_meet_under_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
