/* Text for terminals and programs: cleaning, wrapping, JSON, CSV. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/machine.h"
#include "client/text_clean.h"
#include "client/wrap.h"

static void s_cleans(const char *text, bool lines, const char *expected)
{
    char *clean = text_clean(text, lines);

    assert_string_equal(clean, expected);
    free(clean);
}

static void test_clean(void **state)
{
    (void)state;
    s_cleans("", false, "");
    s_cleans("naïve 猫 \xF0\x9F\x98\x80", false, "naïve 猫 \xF0\x9F\x98\x80");
    /* Escape sequences of 7 and 8 bits, a bell, DEL. */
    s_cleans("\033[2J\033]0;title\a", false, "^[[2J^[]0;title^G");
    s_cleans("\xC2\x9B"
             "2J\x7F",
             false, "<9B>2J^?");
    s_cleans("a\nb\tc\r\nd\re", true, "a\nb    c\nd^Me");
    s_cleans("a\nb\tc\r\nd", false, "a b c d");
    /* Marks that turn the direction go; those that letters need stay. */
    s_cleans("a\u202Eb\u2066c\u2069\u200Fd\u2028\uFEFF", false, "abcd");
    s_cleans("a\u200Db\u00ADc", false, "a\u200Db\u00ADc");
    s_cleans("caf\xE9!\xC3", false, "caf\uFFFD!\uFFFD");
    s_cleans("\t\t\t", true, "            ");
}

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(text_columns("cat"), 3);
    assert_int_equal(text_columns("caf\u00E9"), 4);
    assert_int_equal(text_columns("cafe\u0301"), 4);
    assert_int_equal(text_columns("猫 cat"), 6);
}

static void test_fit(void **state)
{
    (void)state;
    assert_int_equal(text_fit("cat", 0), 0);
    assert_int_equal(text_fit("cat", 2), 2);
    assert_int_equal(text_fit("cat", 9), 3);
    assert_int_equal(text_fit("cafe\u0301s", 4), 6); /* the accent stays with its letter */
    assert_int_equal(text_fit("猫cat", 1), 0);
    assert_int_equal(text_fit("猫cat", 3), 4);
}

static void s_wraps(const char *text, int width, int indent, const char *expected)
{
    char *printed = NULL;
    size_t size;
    FILE *out = open_memstream(&printed, &size);

    wrap_text(out, text, width, indent);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static void test_wrap(void **state)
{
    (void)state;
    s_wraps("", 10, 0, "");
    s_wraps("one two three", 80, 2, "  one two three\n");
    s_wraps("one two three", 8, 0, "one two\nthree\n");
    s_wraps("one two three", 7, 0, "one two\nthree\n");
    s_wraps("one two three", 6, 0, "one\ntwo\nthree\n");
    s_wraps("one  two   three", 6, 1, " one\n two\n three\n");
    s_wraps("abcdefghij", 4, 0, "abcd\nefgh\nij\n");
    s_wraps("a bcdefghij", 4, 0, "a\nbcde\nfghi\nj\n");
    s_wraps("one\n\ntwo three\n", 5, 0, "one\n\ntwo\nthree\n");
    /* No terminal, no wrapping. */
    s_wraps("one two three\nfour", 0, 2, "  one two three\n  four\n");
    s_wraps("a\033b", 0, 0, "a^[b\n");
}

/* Text that was wrapped elsewhere, lines that go on being indented deeper. */
static void test_wrap_again(void **state)
{
    static const char text[] = "n 1: a small house\n     in a wood\n  2: a bird\nv : to sing";
    (void)state;

    s_wraps(text, 40, 0, "n 1: a small house\n     in a wood\n  2: a bird\nv : to sing\n");
    s_wraps("n 1: a small house\n     in a wood\n2: a bird", 16, 0,
            "n 1: a small\n     house in a\n     wood\n2: a bird\n");
    /* A line without others keeps its indentation, which may not eat the page. */
    s_wraps("    one two three", 12, 0, "    one two\n    three\n");
    s_wraps("                              one two", 12, 0, "    one two\n");
    s_wraps("a b\n  \n  c d", 2, 0, "a\nb\n\nc\nd\n");
}

static void test_wrap_wide(void **state)
{
    (void)state;
    /* Four columns are two characters. */
    s_wraps("猫是动物", 4, 0, "猫是\n动物\n");
    s_wraps("猫是动物", 5, 0, "猫是\n动物\n");
    s_wraps("猫cat猫", 5, 0, "猫cat\n猫\n");
    s_wraps("猫category猫", 8, 0, "猫\ncategory\n猫\n");
    /* A full stop does not begin a line. */
    s_wraps("猫是动物。", 8, 0, "猫是动\n物。\n");
    /* A combining accent takes no column and stays with its letter. */
    s_wraps("e\u0301e\u0301e\u0301", 2, 0, "e\u0301e\u0301\ne\u0301\n");
}

static void s_json(const char *text, const char *expected)
{
    char *printed = NULL;
    size_t size;
    FILE *out = open_memstream(&printed, &size);

    json_string(out, text);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static void test_json(void **state)
{
    (void)state;
    s_json(NULL, "null");
    s_json("", "\"\"");
    s_json("caf\u00E9 猫 \xF0\x9F\x98\x80", "\"caf\u00E9 猫 \xF0\x9F\x98\x80\"");
    s_json("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    s_json("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
    s_json("\x01\x1b\x1f\x7f", "\"\\u0001\\u001b\\u001f\\u007f\"");
    s_json("\xC2\x9B\u2028\u2029", "\"\\u009b\\u2028\\u2029\"");
    s_json("a\xFF"
           "b\xE2\x82",
           "\"a\uFFFDb\uFFFD\uFFFD\"");
}

static void s_csv(const char *text, const char *expected)
{
    char *printed = NULL;
    size_t size;
    FILE *out = open_memstream(&printed, &size);

    csv_field(out, text);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
}

static void test_csv(void **state)
{
    (void)state;
    s_csv("", "");
    s_csv("New York", "New York");
    s_csv("a,b", "\"a,b\"");
    s_csv("say \"hi\"", "\"say \"\"hi\"\"\"");
    s_csv("a\nb\r", "\"a\nb\r\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),     cmocka_unit_test(test_columns),
        cmocka_unit_test(test_fit),       cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_wrap_wide), cmocka_unit_test(test_wrap_again),
        cmocka_unit_test(test_json),      cmocka_unit_test(test_csv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
