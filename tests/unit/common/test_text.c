#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <utf8proc.h>

#include "common/text.h"

typedef ssize_t(s_form_fn)(const char *text, size_t size, char *out, size_t max);

static void s_is(s_form_fn *form, const char *text, const char *wanted)
{
    char out[LEX_KEY_MAX + 1];
    ssize_t size = form(text, strlen(text), out, LEX_KEY_MAX);

    assert_true(size >= 0);
    out[size] = '\0';
    assert_string_equal(out, wanted);
    /* Exactly enough room will do, one byte less will not. */
    assert_int_equal(form(text, strlen(text), out, (size_t)size), size);
    if (size > 0)
        assert_int_equal(form(text, strlen(text), out, (size_t)size - 1), -1);
}

static void well_formed(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "abcdefgh\xC3\xA9zzzzzzzzz",
                                       "\x7F",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE2\x82",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xFE",
                                      "abcdefghijkl\xC3",
                                      "\xF0\x9F\x98"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(lex_text_is_utf8(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(lex_text_is_utf8(bad[i], strlen(bad[i])));
    assert_true(lex_text_is_utf8("a\0b", 3));
}

static void characters(void **state)
{
    const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    static const int wanted[] = {'a', 0xE9, 0x20AC, 0x1F600, -1, -1};
    size_t offset = 0;

    (void)state;
    assert_int_equal(lex_text_length(text, sizeof text - 1), 4);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(lex_text_next(text, sizeof text - 1, &offset), wanted[i]);
    assert_int_equal(offset, sizeof text - 1);
}

static void controls(void **state)
{
    (void)state;
    assert_false(lex_text_has_control("plain é text", 13));
    assert_false(lex_text_has_control("\xC2\xA0", 2));
    assert_true(lex_text_has_control("a\tb", 3));
    assert_true(lex_text_has_control("a\0b", 3));
    assert_true(lex_text_has_control("\x7F", 1));
    assert_true(lex_text_has_control("\xC2\x80", 2));
    assert_true(lex_text_has_control("\xC2\x9F", 2));
}

static void keys(void **state)
{
    (void)state;
    s_is(lex_text_key, "", "");
    s_is(lex_text_key, " \t\n ", "");
    s_is(lex_text_key, "Hello", "hello");
    s_is(lex_text_key, "  New \t\r\n York ", "new york");
    s_is(lex_text_key, "CAF\xC3\x89", "caf\xC3\xA9");
    s_is(lex_text_key, "cafe\xCC\x81", "caf\xC3\xA9");
    s_is(lex_text_key, "Straße", "strasse");
    s_is(lex_text_key, "ﬁn", "fin");
    s_is(lex_text_key, "ＡＢＣ", "abc");
    s_is(lex_text_key, "İ", "i\xCC\x87");
    s_is(lex_text_key, "ΣΊΣΥΦΟΣ", "σίσυφοσ");
    s_is(lex_text_key,
         "\xC2\xA0\xE3\x80\x80"
         "a\xE2\x80\x83\xE2\x80\xA8\xC2\x85"
         "b\xE1\x9A\x80",
         "a b");
    s_is(lex_text_key, "co\xC2\xADop\xE2\x80\x8B\xEF\xBB\xBF", "coop");
    s_is(lex_text_key, "\xE2\x80\x8B", "");
    s_is(lex_text_key, "가", "가");
}

static void folds(void **state)
{
    (void)state;
    s_is(lex_text_fold, "", "");
    s_is(lex_text_fold, "plain words", "plain words");
    s_is(lex_text_fold, "café", "cafe");
    s_is(lex_text_fold, "søren łódź", "soren lodz");
    s_is(lex_text_fold, "æsir œuvre þórr ðað", "aesir oeuvre thorr dad");
    s_is(lex_text_fold, "đħŧı", "dhti");
    s_is(lex_text_fold, "don’t", "don't");
    s_is(lex_text_fold, "ångström việt", "angstrom viet");
    s_is(lex_text_fold, "ёлка", "елка");
    s_is(lex_text_fold, "가", "가");
    s_is(lex_text_fold, "a \xCC\x88 b", "a b");
    s_is(lex_text_fold, "\xCC\x88", "");
}

static void strips(void **state)
{
    (void)state;
    s_is(lex_text_strip, "", "");
    s_is(lex_text_strip, "ice-cream", "icecream");
    s_is(lex_text_strip, "ice cream", "icecream");
    s_is(lex_text_strip, "don’t", "dont");
    s_is(lex_text_strip, "a.d. 2000", "ad2000");
    s_is(lex_text_strip, "vis-à-vis", "visavis");
    s_is(lex_text_strip, "中国·人", "中国人");
    s_is(lex_text_strip, "+ - !", "");
}

static void spellings(void **state)
{
    (void)state;
    s_is(lex_text_spelling, "", "");
    s_is(lex_text_spelling, "  New \t York ", "New York");
    s_is(lex_text_spelling, "Cafe\xCC\x81", "Caf\xC3\xA9");
    s_is(lex_text_spelling, "ＡＢ\xE3\x80\x80ﬁ", "ＡＢ ﬁ");
}

static void han_characters(void **state)
{
    (void)state;
    assert_true(lex_text_is_han(0x4E2D) && lex_text_is_han(0x3400) && lex_text_is_han(0x20000));
    assert_false(lex_text_is_han('a') || lex_text_is_han(0x3042) || lex_text_is_han(0xAC00));
}

static void refuses_what_is_too_long_or_no_text(void **state)
{
    char out[LEX_KEY_MAX], large[3 * 400 + 1], *very_large = calloc(1, 100000);

    (void)state;
    assert_int_equal(lex_text_key("\xC3", 1, out, sizeof out), -1);
    assert_int_equal(lex_text_fold("\xC3", 1, out, sizeof out), -1);
    memset(large, 'x', sizeof large);
    assert_int_equal(lex_text_key(large, LEX_KEY_MAX, out, sizeof out), LEX_KEY_MAX);
    assert_int_equal(lex_text_key(large, LEX_KEY_MAX + 1, out, sizeof out), -1);
    assert_int_equal(lex_text_fold(large, LEX_KEY_MAX + 1, out, sizeof out), -1);
    /* U+FDFA is 18 characters under NFKC: the longest key that a word can have. */
    for (size_t i = 0; i < 400; i++)
        memcpy(large + 3 * i, "\xEF\xB7\xBA", 3);
    assert_int_equal(lex_text_key(large, 255, out, sizeof out), -1);
    assert_int_equal(lex_text_key(large, 1200, out, sizeof out), -1);
    assert_true(lex_text_key(large, 30, out, sizeof out) == 330);
    /* Marks without end, after a letter that keeps it from being ASCII. */
    for (size_t i = 0; i + 1 < 100000; i += 2)
        memcpy(very_large + i, i % 4 ? "\xCC\xA7" : "\xCC\x81", 2);
    assert_int_equal(lex_text_key(very_large, 100000, out, sizeof out), -1);
    assert_int_equal(lex_text_fold(very_large, 100000, out, sizeof out), -1);
    free(very_large);
}

/* A key is its own key, a folded key its own fold and its own key, and canonically equal words have
 * the same key. */
static void s_is_stable(const char *text, size_t size)
{
    char key[LEX_KEY_MAX], again[LEX_KEY_MAX], fold[LEX_KEY_MAX];
    ssize_t key_size = lex_text_key(text, size, key, sizeof key);

    assert_true(key_size >= 0);
    assert_int_equal(lex_text_key(key, (size_t)key_size, again, sizeof again), key_size);
    assert_memory_equal(again, key, (size_t)key_size);
    ssize_t fold_size = lex_text_fold(key, (size_t)key_size, fold, sizeof fold);
    assert_true(fold_size >= 0);
    assert_int_equal(lex_text_fold(fold, (size_t)fold_size, again, sizeof again), fold_size);
    assert_memory_equal(again, fold, (size_t)fold_size);
    assert_int_equal(lex_text_key(fold, (size_t)fold_size, again, sizeof again), fold_size);
    assert_memory_equal(again, fold, (size_t)fold_size);

    utf8proc_uint8_t *other = NULL;
    utf8proc_ssize_t other_size =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &other,
                     UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    assert_true(other_size >= 0);
    assert_int_equal(lex_text_key((char *)other, (size_t)other_size, again, sizeof again),
                     key_size);
    assert_memory_equal(again, key, (size_t)key_size);
    free(other);
}

static void every_code_point_is_stable(void **state)
{
    (void)state;
    for (int32_t code = 1; code <= 0x10FFFF; code++) {
        utf8proc_uint8_t text[8] = "";
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t size = (size_t)utf8proc_encode_char(code, text);
        s_is_stable((char *)text, size);
        text[size] = 'A';
        s_is_stable((char *)text, size + 1);
    }
}

/* Code points that have something to do with another: those that a decomposition or a casefold
 * touches, and marks. */
static size_t s_gather(int32_t *list, size_t max)
{
    size_t count = 0;

    for (int32_t code = 1; code <= 0x2FFFF && count < max; code++) {
        const utf8proc_property_t *property = utf8proc_get_property(code);
        if (property->combining_class || property->decomp_seqindex != UINT16_MAX ||
            property->casefold_seqindex != UINT16_MAX || property->comb_index != UINT16_MAX)
            list[count++] = code;
    }
    return count;
}

static void random_sequences_are_stable(void **state)
{
    static int32_t list[40000];
    size_t count = s_gather(list, 40000);
    unsigned seed = 7;

    (void)state;
    assert_true(count > 5000);
    for (int round = 0; round < 200000; round++) {
        utf8proc_uint8_t text[32];
        size_t size = 0;
        for (int i = 0; i < 5; i++) {
            /* U+0345 most of all: it is a mark before the casefold and a letter after it. */
            int32_t code = rand_r(&seed) % 8 == 0 ? 0x345 : list[(size_t)rand_r(&seed) % count];
            size += (size_t)utf8proc_encode_char(code, text + size);
        }
        s_is_stable((char *)text, size);
    }
}

static void s_name(const char *name, const char *shown_wanted, const char *key_wanted)
{
    char shown[LEX_NAME_SIZE], key[LEX_NAME_SIZE];
    const char *why = NULL;

    assert_int_equal(lex_text_name(name, strlen(name), shown, key, &why), 0);
    assert_string_equal(shown, shown_wanted);
    assert_string_equal(key, key_wanted);
    assert_null(why);
}

static void s_no_name(const char *name, size_t size, const char *wanted)
{
    char shown[LEX_NAME_SIZE], key[LEX_NAME_SIZE];
    const char *why = NULL;

    assert_int_equal(lex_text_name(name, size, shown, key, &why), -1);
    assert_non_null(why);
    assert_non_null(strstr(why, wanted));
}
#define NO_NAME(literal, wanted) s_no_name(literal, sizeof literal - 1, wanted)

static void names(void **state)
{
    (void)state;
    s_name("Ann", "Ann", "ann");
    s_name("Ann Mary Lee", "Ann Mary Lee", "ann mary lee");
    s_name("Rene\xCC\x81", "Ren\xC3\xA9", "ren\xC3\xA9");
    s_name("Strauß", "Strauß", "strauss");
    s_name("Ａnn", "Ａnn", "ann");
    s_name("абв", "абв", "абв");
    s_name("12345678901234567890123456789012", "12345678901234567890123456789012",
           "12345678901234567890123456789012");
    /* 32 characters of four bytes are the most that a token can carry. */
    char wide[129] = "";
    for (int i = 0; i < 32; i++)
        strcat(wide, "\xF0\x90\xA4\x80");
    s_name(wide, wide, wide);
}

static void names_that_will_not_do(void **state)
{
    char large[5000];

    (void)state;
    NO_NAME("", "empty");
    NO_NAME("123456789012345678901234567890123", "longer than 32");
    memset(large, 'x', sizeof large);
    s_no_name(large, sizeof large, "longer than 32");
    NO_NAME("a\xC3", "UTF-8");
    NO_NAME(" a", "spaces only between");
    NO_NAME("a ", "spaces only between");
    NO_NAME(" ", "spaces only between");
    NO_NAME("a  b", "spaces only between");
    NO_NAME("a\xC2\xA0"
            "b",
            "no other white space");
    NO_NAME("a\xE2\x80\xA8"
            "b",
            "no other white space");
    NO_NAME("a\tb", "control");
    NO_NAME("a\0b", "control");
    NO_NAME("a\xC2\x85"
            "b",
            "control");
    NO_NAME("a\xE2\x80\x8D"
            "b",
            "invisible");
    NO_NAME("\xE2\x80\xAE"
            "abc",
            "invisible");
    NO_NAME("a\xEE\x80\x80", "not assigned");
    NO_NAME("a\xCD\xB8", "not assigned");
    NO_NAME("a\xEF\xBF\xBF", "not assigned");
    NO_NAME("\xE3\x85\xA4", "no visible");      /* a Hangul filler is a letter that shows nothing */
    NO_NAME("\xC2\xA8", "spaces only between"); /* NFKC: a space and a mark */
    /* Eight times U+FDFA is 144 characters under NFKC. */
    NO_NAME("ﷺﷺﷺﷺﷺﷺﷺﷺ", "longer than 32");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed),
        cmocka_unit_test(characters),
        cmocka_unit_test(controls),
        cmocka_unit_test(keys),
        cmocka_unit_test(folds),
        cmocka_unit_test(strips),
        cmocka_unit_test(spellings),
        cmocka_unit_test(han_characters),
        cmocka_unit_test(refuses_what_is_too_long_or_no_text),
        cmocka_unit_test(every_code_point_is_stable),
        cmocka_unit_test(random_sequences_are_stable),
        cmocka_unit_test(names),
        cmocka_unit_test(names_that_will_not_do),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
