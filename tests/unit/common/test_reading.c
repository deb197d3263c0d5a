/* One reading in all the ways people type it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/reading.h"

static void s_parses(const char *text, const char *letters, const char *tones)
{
    lex_reading_t reading;
    assert_true(lex_reading_parse(text, strlen(text), &reading));
    assert_int_equal(reading.size, strlen(letters));
    assert_memory_equal(reading.letters, letters, reading.size);
    assert_int_equal(reading.tone_count, strlen(tones));
    assert_memory_equal(reading.tones, tones, reading.tone_count);
}

static void spellings_of_one_reading_meet(void **state)
{
    (void)state;
    s_parses("zhong1 guo2", "zhongguo", "12");
    s_parses("Zhōng guó", "zhongguo", "12");
    s_parses("zhōngguó", "zhongguo", "12");
    s_parses("zho\xCC\x84ng guo\xCC\x81", "zhongguo", "12");
    s_parses("ZHONGGUO", "zhongguo", "");
    s_parses("zhong-guo", "zhongguo", "");
    s_parses("Xi'an", "xian", "");
    s_parses("Xi1 an1", "xian", "11");
    s_parses("nü3 ren2", "nvren", "32");
    s_parses("nu:3 ren2", "nvren", "32");
    s_parses("nv3ren2", "nvren", "32");
    s_parses("nǚrén", "nvren", "32");
    s_parses("Ou1 ya4 · Li3", "ouyali", "143");
    s_parses("yi1 , er4", "yier", "14");
}

/* The neutral tone is written as 5, as 0 or not at all. */
static void the_neutral_tone_is_none(void **state)
{
    (void)state;
    s_parses("ma1 ma5", "mama", "1");
    s_parses("mā ma", "mama", "1");
    s_parses("ma1 ma0", "mama", "1");
    s_parses("hua1 r5", "huar", "1");
}

static void what_is_no_reading_is_refused(void **state)
{
    static const char *const bad[] = {"",   " ",  "12",       "中国",  "1a",
                                      "a!", "a6", "\xCC\x84", "a\xFF", "a中"};
    lex_reading_t reading;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(lex_reading_parse(bad[i], strlen(bad[i]), &reading));
}

static bool s_fits(const char *asked, const char *found)
{
    lex_reading_t one, other;
    assert_true(lex_reading_parse(asked, strlen(asked), &one));
    assert_true(lex_reading_parse(found, strlen(found), &other));
    return lex_reading_matches(&one, &other);
}

static void tones_count_only_when_asked_for(void **state)
{
    (void)state;
    assert_true(s_fits("zhongguo", "zhong1 guo2"));
    assert_true(s_fits("zhong1guo2", "zhong1 guo2"));
    assert_true(s_fits("zhōngguó", "zhong1 guo2"));
    assert_false(s_fits("zhong4guo2", "zhong1 guo2"));
    assert_false(s_fits("zhong1guo", "zhong1 guo2"));
    assert_false(s_fits("zhonggu", "zhong1 guo2"));
}

static void s_marks(const char *text, const char *expected)
{
    char out[256];
    ssize_t size = lex_reading_mark(text, strlen(text), out, sizeof out);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(out, expected, (size_t)size);
    if (size > 0)
        assert_int_equal(lex_reading_mark(text, strlen(text), out, (size_t)size - 1), -1);
}

static void numbers_become_marks(void **state)
{
    (void)state;
    s_marks("Zhong1 guo2", "Zhōng guó");
    s_marks("xiao3 jie5", "xiǎo jie");
    s_marks("lu:4 se4", "lǜ sè");
    s_marks("nu:e4", "nüè");
    s_marks("gui4", "guì");
    s_marks("liu2", "liú");
    s_marks("dou1", "dōu");
    s_marks("Ao4 men2", "Ào mén");
    s_marks("hua1 r5", "huā r");
    s_marks("A Q Zheng4 zhuan4", "A Q Zhèng zhuàn");
    s_marks("san1 C", "sān C");
    s_marks("m2", "m");
    s_marks("xx5", "xx");
    s_marks("", "");
    s_marks("中国 1", "中国 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_reading_meet),
        cmocka_unit_test(the_neutral_tone_is_none),
        cmocka_unit_test(what_is_no_reading_is_refused),
        cmocka_unit_test(tones_count_only_when_asked_for),
        cmocka_unit_test(numbers_become_marks),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
