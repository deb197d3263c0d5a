/* Articles of DICT databases: what becomes the headword, what the text. */

#include "tests/unit/dict/scratch.h"

#include "dict/article.h"
#include "dict/dict_line.h"

static char s_text[512];

static lex_entry_t s_clean(const char *word, bool final, bool all_characters, const char *text)
{
    lex_entry_t entry;
    strcpy(s_text, text);
    article_clean(word, strlen(word), final, all_characters, s_text, strlen(s_text), &entry);
    return entry;
}

static void s_assert_entry(lex_entry_t entry, const char *headword, const char *text)
{
    assert_int_equal(entry.headword_size, strlen(headword));
    assert_memory_equal(entry.headword, headword, entry.headword_size);
    assert_int_equal(entry.text_size, strlen(text));
    assert_memory_equal(entry.text, text, entry.text_size);
}

static void test_first_line_is_the_headword(void **state)
{
    (void)state;
    s_assert_entry(
        s_clean("zyrian", false, true, "Zyrian\n    n 1: the\n         language\n\n    2: x\n\n"),
        "Zyrian", "n 1: the\n     language\n\n2: x");
    s_assert_entry(s_clean("word", false, false, "word\n\n  <field> text\n"), "word",
                   "<field> text");
    s_assert_entry(s_clean("word", false, false, " WORD \r\ntext\n  more"), "WORD", "text\n  more");
    s_assert_entry(s_clean("word", false, false, "word\n  a\n  b\n  \n"), "word", "a\nb");
    s_assert_entry(s_clean("caf\xC3\xA9", false, false, "CAF\xC3\x89\nx"), "CAF\xC3\x89", "x");
}

static void test_punctuation(void **state)
{
    (void)state;
    s_assert_entry(s_clean("c", false, false, "C++\nlanguage"), "C++", "language");
    s_assert_entry(s_clean("c", false, true, "C++\nlanguage"), "c", "C++\nlanguage");
    s_assert_entry(s_clean("dont", false, false, "don't\nverb"), "don't", "verb");
    s_assert_entry(s_clean("a b", false, false, "ab\ntext"), "a b", "ab\ntext");
    s_assert_entry(s_clean("+", false, false, "-\ntext"), "+", "-\ntext");
}

static void s_assert_said(lex_entry_t entry, const char *headword, const char *phonetic,
                          const char *text)
{
    lex_span_t said = entry.fields.text[LEX_PHONETIC];
    s_assert_entry(entry, headword, text);
    assert_int_equal(said.size, strlen(phonetic));
    assert_true(said.size == 0 || memcmp(said.data, phonetic, said.size) == 0);
}

/* FreeDict's manner. */
static void test_first_line_says_more(void **state)
{
    (void)state;
    s_assert_said(s_clean("word", false, false, "Word /w3:d/\n  noun\n"), "Word", "w3:d", "noun");
    s_assert_said(s_clean("word", false, false, "word /w3:d/ \r\nnoun\n"), "word", "w3:d", "noun");
    s_assert_said(s_clean("a pekee", false, false, "-a pekee /a p/ <adj>\n\nonly"), "-a pekee",
                  "a p", "<adj>\n\nonly");
    s_assert_said(s_clean("word", false, false, "word <n, m>\nnoun"), "word", "", "<n, m>\nnoun");
    s_assert_said(s_clean("word", false, false, "word <n> /x/\nnoun"), "word", "", "<n> /x/\nnoun");
    s_assert_said(s_clean("word", false, false, "word /a/b/ c/ d\nx"), "word", "a/b", "c/ d\nx");
    s_assert_said(s_clean("word", true, false, "WORD /a/\nx"), "word", "a", "x");
    /* A mark (U+094D) that the index lost. */
    s_assert_said(s_clean("\xE0\xA4\x85\xE0\xA4\x95\xE0\xA4\xB7", false, false,
                          "\xE0\xA4\x85\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7 <n>\nHeer"),
                  "\xE0\xA4\x85\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7", "", "<n>\nHeer");
    static const char *const others[] = {
        "words /w/\nx", "(word /w/\nx",  "[a] word /w/\nx", "word /w\nx", "word //\nx",
        "word /w/x\nx", "word x /w/\nx", "word /w/",        "/w/\nx",     "word/w/\nx"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        s_assert_said(s_clean("word", false, false, others[i]), "word", "", others[i]);
}

/* FOLDOC's manner. */
static void test_listed_headwords(void **state)
{
    (void)state;
    static const char listed[] = "Independent Verification\nIV&V \n\n   <testing> text";
    s_assert_entry(s_clean("iv&v", false, true, listed), "IV&V", listed);
    s_assert_entry(s_clean("iv&v", true, true, listed), "iv&v", listed);
    s_assert_entry(s_clean("ivv", false, true, listed), "ivv", listed);
    s_assert_entry(s_clean("b", false, true, "A\nB"), "b", "A\nB");
    s_assert_entry(s_clean("b", false, true, "A\nB\nC"), "b", "A\nB\nC");
    s_assert_entry(s_clean("b", false, true, "A\n\nB\n\nC"), "b", "A\n\nB\n\nC");
}

static void test_text_stays(void **state)
{
    (void)state;
    s_assert_entry(s_clean("word", false, false, "word\n"), "word", "word");
    s_assert_entry(s_clean("word", false, false, "   text\n"), "word", "   text");
    s_assert_entry(s_clean("word", false, false, ""), "word", "");
    s_assert_entry(s_clean("word", false, false, "\n\n"), "word", "");
    s_assert_entry(s_clean("wo\xFF", false, false, "wo\xFE\ntext"), "wo\xFF", "wo\xFE\ntext");
}

static void test_given_form_stays(void **state)
{
    (void)state;
    s_assert_entry(s_clean("Wort", true, false, "wort\ntext"), "Wort", "text");
    s_assert_entry(s_clean("Wort", true, false, "Worte\ntext"), "Wort", "Worte\ntext");
}

static void test_meta_line(void **state)
{
    (void)state;
    static const char text[] = "00-database-short\n\n     WordNet (r) 3.0 (2006) \n more\n";
    size_t size;
    const char *line = article_meta_line(text, sizeof text - 1, &size);
    assert_int_equal(size, 22);
    assert_memory_equal(line, "WordNet (r) 3.0 (2006)", 22);
    article_meta_line("00-database-short\n \n", 20, &size);
    assert_int_equal(size, 0);
    article_meta_line("", 0, &size);
    assert_int_equal(size, 0);
}

static void test_latin1(void **state)
{
    (void)state;
    char out[16];
    assert_int_equal(article_from_latin1("a\xE9\xFF\x80", 4, out), 7);
    assert_memory_equal(out, "a\xC3\xA9\xC3\xBF\xC2\x80", 7);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t number;
    } good[] = {{"A", 0},
                {"B", 1},
                {"Ed", 285},
                {"G9", 445},
                {"/", 63},
                {"AAAAAAAAAAAAAAAAB", 1},
                {"P//////////", UINT64_MAX}};
    uint64_t number;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(dict_number_parse(good[i].text, strlen(good[i].text), &number));
        assert_int_equal(number, good[i].number);
    }
    static const char *const bad[] = {
        "", "=", "A=", "A A", "-", "Q//////////", "BAAAAAAAAAAA", "////////////////", "\xC3\xA9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(dict_number_parse(bad[i], strlen(bad[i]), &number));
}

static void test_index_lines(void **state)
{
    (void)state;
    dict_line_t line;
    assert_true(dict_line_parse("a word\tB\tEd", 11, &line));
    assert_int_equal(line.word_size, 6);
    assert_int_equal(line.offset, 1);
    assert_int_equal(line.size, 285);
    assert_null(line.shown);
    assert_true(dict_line_parse("a word\tB\tEd\tA Word\tmore", 23, &line));
    assert_int_equal(line.shown_size, 6);
    assert_memory_equal(line.shown, "A Word", 6);
    static const char *const bad[] = {"",       "word",      "word\tA", "word\tA\t",
                                      "\tA\tB", "word\t\tA", "word A B"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(dict_line_parse(bad[i], strlen(bad[i]), &line));
}

static void test_meta_headwords(void **state)
{
    (void)state;
    dict_line_t line;
    size_t size;
    assert_true(dict_line_parse("00-database-short\tA\tB", 21, &line));
    assert_memory_equal(dict_line_meta(&line, &size), "short", 5);
    assert_int_equal(size, 5);
    assert_true(dict_line_parse("00databaseutf8\tA\tB", 18, &line));
    assert_memory_equal(dict_line_meta(&line, &size), "utf8", 4);
    assert_true(dict_line_parse("00-data\tA\tB", 11, &line));
    assert_null(dict_line_meta(&line, &size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_line_is_the_headword),
        cmocka_unit_test(test_punctuation),
        cmocka_unit_test(test_first_line_says_more),
        cmocka_unit_test(test_listed_headwords),
        cmocka_unit_test(test_text_stays),
        cmocka_unit_test(test_given_form_stays),
        cmocka_unit_test(test_meta_line),
        cmocka_unit_test(test_latin1),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_index_lines),
        cmocka_unit_test(test_meta_headwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
