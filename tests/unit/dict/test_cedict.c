/* CC-CEDICT: docs/dictionaries.md, "CC-CEDICT". */

#include "tests/unit/dict/fields.h"
#include "tests/unit/dict/scratch_fixture.h"

#include "dict/cedict_line.h"

static reading_t s_reading;
static char s_entry[2048];

static int s_read_bytes(const void *data, size_t size)
{
    const char *path = scratch_write(&s_scratch, "cedict", data, size);
    return reading_run(&s_reading, &format_cedict, path);
}

#define READ(text) assert_int_equal(s_read_bytes(text, sizeof(text) - 1), 0)

/* A file of one line, as its only entry. */
static void s_assert_line(const char *line, const char *expected)
{
    const char *path = scratch_write(&s_scratch, "cedict", line, strlen(line));
    assert_int_equal(reading_run(&s_reading, &format_cedict, path), 0);
    assert_int_equal(s_reading.count, 1);
    assert_int_equal(s_reading.warnings, 0);
    assert_string_equal(fields_entry(&format_cedict, path, 0, s_entry), expected);
}

static void test_both_editions(void **state)
{
    (void)state;
    static const char expected[] =
        "中国: China; Middle Kingdom\nalso pr. [zhong1 guo5] phonetic=Zhōng guó "
        "reading=Zhong1 guo2 aliases=中國";
    s_assert_line("中國 中国 [Zhong1 guo2] /China; Middle Kingdom/also pr. [zhong1 guo5]/\n",
                  expected);
    s_assert_line("中國 中国 [[Zhong1guo2]] /China; Middle Kingdom/also pr. [zhong1 guo5]/\r\n",
                  expected);
    READ("# CC-CEDICT\n#! version=2\n\n好 好 [hao3] /good/\n好吃 好吃 [[hao3chi1]] /tasty/\n");
    assert_string_equal(s_reading.entries, "好=good|好吃=tasty");
    assert_string_equal(s_reading.title, "CC-CEDICT");
    assert_int_equal(s_reading.warnings, 0);
}

static void s_assert_reading(const char *pinyin, const char *expected)
{
    char out[256];
    size_t size = cedict_reading((lex_span_t){pinyin, strlen(pinyin)}, out);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(out, expected, size);
}

static void test_readings(void **state)
{
    (void)state;
    s_assert_reading("zhong1 guo2", "zhong1 guo2");
    s_assert_reading("zhong1guo2 ren2", "zhong1 guo2 ren2");
    s_assert_reading("  lu:4  shi1 ", "lu:4 shi1");
    s_assert_reading("lü4shi1", "lu:4 shi1");
    s_assert_reading("Nü3er2", "Nu:3 er2");
    s_assert_reading("Ü1ü2", "U:1 u:2");
    s_assert_reading("yi1xia4r5", "yi1 xia4 r5");
    s_assert_reading("xx5xx5", "xx5 xx5");
    s_assert_reading("yi1 bu4 zuo4 , er4 bu4 xiu1", "yi1 bu4 zuo4 , er4 bu4 xiu1");
    s_assert_reading("yi1bu4zuo4,er4bu4xiu1", "yi1 bu4 zuo4 , er4 bu4 xiu1");
    s_assert_reading("yi1bu4zuo4, er4bu4xiu1", "yi1 bu4 zuo4 , er4 bu4 xiu1");
    s_assert_reading("A1 · B2", "A1 · B2");
    s_assert_reading("A1·B2", "A1 · B2");
    s_assert_reading("san1 C", "san1 C");
    s_assert_reading("110", "110"); /* a number is no tone */
    s_assert_reading("", "");
    s_assert_reading(",·,", ", · ,");
}

static void test_marks(void **state)
{
    (void)state;
    s_assert_line("綠 绿 [lu:4] /green/\n", "绿: green phonetic=lǜ reading=lu:4 aliases=綠");
    s_assert_line("一下兒 一下儿 [yi1 xia4 r5] /once/",
                  "一下儿: once phonetic=yī xià r reading=yi1 xia4 r5 aliases=一下兒");
    s_assert_line("々 々 [xx5] /a mark/\n", "々: a mark reading=xx5");
    s_assert_line("嗎，好 吗，好 [ma5 , hao3] /made up/\n",
                  "吗，好: made up phonetic=ma, hǎo reading=ma5 , hao3 aliases=嗎，好");
    s_assert_line("字 字 [] /no pinyin/\n", "字: no pinyin");
}

static void test_senses(void **state)
{
    (void)state;
    s_assert_line(
        "書 书 [shu1] /book/letter; document/CL:本[ben3],冊|册[ce4]/see 書記|书记[shu1 ji5]/\n",
        "书: book\nletter; document\nCL:本[ben3],冊|册[ce4]\nsee 書記|书记[shu1 ji5] "
        "phonetic=shū reading=shu1 aliases=書");
    s_assert_line("T恤 T恤 [T xu4] / T-shirt//  /shirt",
                  "T恤: T-shirt\nshirt phonetic=T xù reading=T xu4");
    s_assert_line("A B C a b c [yi1] /three words each/\n",
                  "a b c: three words each phonetic=yī reading=yi1 aliases=A B C");
    s_assert_line("A B a b [yi1]  /two words each/\n",
                  "a b: two words each phonetic=yī reading=yi1 aliases=A B");
}

static void test_bad_lines(void **state)
{
    (void)state;
    READ("好 [hao3] /one headword/\n"
         "好 好 好 [hao3] /three/\n"
         "好 好 /no pinyin/\n"
         "好 好 /first/ [hao3] /late/\n"
         "好 好 [hao3 /not closed/\n"
         "好 好 [[hao3] /not closed/\n"
         "好 好 [hao3] good\n"
         "好 好 [hao3]\n"
         "好 好 [hao3] //\n"
         "\xFF 好 [hao3] /a bad alias/\n"
         "好 \xFF [hao3] /a bad headword/\n"
         "好\x01 好 [h\x01o3] /control/\n"
         "[hao3] /none/\n"
         "/\n"
         "好 好 [hao3] /good/");
    static const char *const messages[] = {"not two headwords",
                                           "not two headwords",
                                           "no pinyin in brackets",
                                           "no pinyin in brackets",
                                           "the bracket is not closed",
                                           "the bracket is not closed",
                                           "no slash behind the pinyin",
                                           "no slash behind the pinyin",
                                           "no explanation",
                                           "aliases: not UTF-8",
                                           "the headword is not UTF-8",
                                           "phonetic: a control character",
                                           "reading: a control character",
                                           "aliases: a control character",
                                           "no pinyin in brackets",
                                           "no pinyin in brackets"};
    static const size_t lines[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 12, 13, 14};
    assert_int_equal(s_reading.warnings, sizeof lines / sizeof lines[0]);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_string_equal(s_reading.messages[i], messages[i]);
        assert_int_equal(s_reading.lines[i], lines[i]);
    }
    assert_int_equal(s_reading.count, 3);
}

/* Pinyin beyond its bound costs the fields, not the entry; a line beyond its own is gone. */
static void test_bounds(void **state)
{
    (void)state;
    size_t size = (1 << 20) + 64;
    char *file = malloc(2 * size);
    char syllables[2048] = "";
    for (int i = 0; i < 252; i++)
        strcat(syllables, "ba1 ");
    size_t length = (size_t)sprintf(file, "好 好 [%.1000s] /fits/\n好 好 [%.1004s] /too long/\n",
                                    syllables, syllables);
    memset(file + length, 'x', size);
    length += size;
    length += (size_t)sprintf(file + length, "\n好 好 [hao3] /last/\n");
    assert_int_equal(s_read_bytes(file, length), 0);
    free(file);
    assert_string_equal(s_reading.entries, "好=fits|好=too long|好=last");
    assert_int_equal(s_reading.warnings, 2);
    assert_string_equal(s_reading.messages[0], "reading: longer than 1000 bytes");
    assert_string_equal(s_reading.messages[1], "the line is longer than 1 MiB");
}

static void test_title(void **state)
{
    (void)state;
    READ("\xEF\xBB\xBF#! title = no\n# title=no\n#!title=  My Words \n#! title=\n#! "
         "title=\x01\n#\n#!\n");
    assert_string_equal(s_reading.title, "My Words");
    assert_int_equal(s_reading.warnings, 0);
}

static void test_guess(void **state)
{
    (void)state;
    static const char yes[] =
        "\xEF\xBB\xBF# CC-CEDICT\r\n#! version=1\r\n\r\n好 好 [hao3] /good/\r\n";
    static const char *const no[] = {"# CC-CEDICT\n",
                                     "好 好 [hao3] /good/\nword             n. word\n",
                                     "# lexmq word book 1\nword             n. word\n"};
    assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x.u8", yes, sizeof yes - 1)),
                     &format_cedict);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x.u8", no[i], strlen(no[i]))),
                         &format_wordbook);
    /* A line that the sample cuts off does not count. */
    char file[8192 + 64];
    int size = sprintf(file, "好 好 [hao3] /good/\n#");
    memset(file + size, '-', 8190 - (size_t)size);
    sprintf(file + 8190, "\n好吃 好吃 [hao3 chi1] /tasty/\n");
    assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x", file, strlen(file))),
                     &format_cedict);
    assert_string_equal(format_kind(&format_cedict), "words");
}

static void test_unreadable(void **state)
{
    (void)state;
    assert_int_equal(reading_run(&s_reading, &format_cedict, "/nonexistent"), -1);
    assert_int_equal(reading_run(&s_reading, &format_cedict, s_scratch.folder), -1);
    assert_non_null(strstr(s_reading.error, "directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_editions), cmocka_unit_test(test_readings),
        cmocka_unit_test(test_marks),         cmocka_unit_test(test_senses),
        cmocka_unit_test(test_bad_lines),     cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_title),         cmocka_unit_test(test_guess),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
