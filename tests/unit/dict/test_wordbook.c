/* Word books: docs/dictionaries.md, "Word book". */

#include "tests/unit/dict/scratch.h"
#include "tests/unit/dict/scratch_fixture.h"

#include "dict/wordbook_line.h"

static reading_t s_reading;

static int s_read_bytes(const void *data, size_t size)
{
    const char *path = scratch_write(&s_scratch, "book.txt", data, size);
    return reading_run(&s_reading, &format_wordbook, path);
}

#define READ(text) assert_int_equal(s_read_bytes(text, sizeof(text) - 1), 0)

static void test_columns(void **state)
{
    (void)state;
    READ("abandon          v. to leave\n"
         "hot dog          n. a sausage in a roll\n" /* a phrase stays whole */
         "characterization n. the describing\n"      /* exactly 16 */
         "internationalization n. making ready\n"    /* longer: first run of blanks */
         "indef            indef art one\n"
         "frame            n.frame\n");
    assert_string_equal(s_reading.entries,
                        "abandon=v. to leave|hot dog=n. a sausage in a roll|"
                        "characterization=n. the describing|internationalization=n. making ready|"
                        "indef=indef art one|frame=n.frame");
    assert_int_equal(s_reading.skipped, 0);
}

static void test_first_run_of_blanks(void **state)
{
    (void)state;
    READ("cat n. an animal\n"
         "dog\tn. another\n"
         "cow \t  n. a third one\n"
         "abandon\tv. to go away\n"     /* byte 16 is a space, but the word is not padded */
         "two  words        and more\n" /* byte 16 and byte 17 are both spaces */
         "short            \t x\n");
    assert_string_equal(s_reading.entries,
                        "cat=n. an animal|dog=n. another|cow=n. a third one|"
                        "abandon=v. to go away|two=words        and more|short=x");
}

static void test_line_ends_and_mark(void **state)
{
    (void)state;
    READ("\xEF\xBB\xBF"
         "one              1\r\n\r\n   \ntwo              2\r\r\nthree            3");
    assert_string_equal(s_reading.entries, "one=1|two=2|three=3");
    assert_int_equal(s_reading.skipped, 0);
}

static void test_senses_and_order(void **state)
{
    (void)state;
    READ("zoo              n. 1\nbank             n. money\nant              n. 2\n"
         "bank             n. river\n");
    assert_string_equal(s_reading.entries, "zoo=n. 1|bank=n. money|ant=n. 2|bank=n. river");
}

static void test_text_as_it_is(void **state)
{
    (void)state;
    READ("path             C:\\new\\table \\\\ x \n# lexmq word book 1\n");
    assert_string_equal(s_reading.entries, "path=C:\\new\\table \\\\ x |#=lexmq word book 1");
}

static void test_bad_lines(void **state)
{
    (void)state;
    char book[4096];
    char word[300];
    memset(word, 'w', sizeof word);
    int size = snprintf(book, sizeof book,
                        "good             1\n"
                        "lonely\n"
                        "alone            \n"
                        "   no word\n"
                        "%.256s too long\n"
                        "bad\xC0\xAF            x\n"
                        "bad              \xED\xA0\x80\n"
                        "es\x1B"
                        "c           x\n"
                        "%.255s fits\n"
                        "good             2\n",
                        word, word);
    assert_int_equal(s_read_bytes(book, (size_t)size), 0);
    assert_int_equal(s_reading.count, 3);
    assert_int_equal(s_reading.skipped, 7);
    assert_int_equal(s_reading.warnings, 7);
    static const char *const messages[] = {"no explanation",
                                           "no explanation",
                                           "no headword",
                                           "the headword is longer than 255 bytes",
                                           "the headword is not UTF-8",
                                           "the text is not UTF-8",
                                           "the headword has a control character"};
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(s_reading.lines[i], i + 2);
        assert_string_equal(s_reading.messages[i], messages[i]);
    }
}

static void test_line_limit(void **state)
{
    (void)state;
    size_t size = WORDBOOK_LINE_MAX + 1;
    char *book = malloc(2 * size + 64);
    memset(book, 'x', 2 * size);
    memcpy(book, "fits             ", 17);
    book[size - 1] = '\n'; /* WORDBOOK_LINE_MAX bytes */
    memcpy(book + size, "one more         ", 17);
    book[2 * size] = '\n';
    memcpy(book + 2 * size + 1, "last             1", 18);
    assert_int_equal(s_read_bytes(book, 2 * size + 19), 0);
    free(book);
    assert_int_equal(s_reading.count, 2);
    assert_int_equal(s_reading.skipped, 1);
    assert_int_equal(s_reading.lines[0], 2);
    assert_string_equal(s_reading.messages[0], "the line is longer than 1 MiB");
    assert_string_equal(s_reading.entries, "last=1");
}

static void test_unreadable(void **state)
{
    (void)state;
    assert_int_equal(reading_run(&s_reading, &format_wordbook, s_scratch.folder), -1);
    assert_non_null(strstr(s_reading.error, "directory"));
    assert_int_equal(reading_run(&s_reading, &format_wordbook, "/nonexistent/book"), -1);
    READ("");
    assert_int_equal(s_reading.count, 0);
}

static void test_marked_book(void **state)
{
    (void)state;
    READ("\xEF\xBB\xBF" WORDBOOK_MARK "\r\n"
         "plain            a\\nb\\\\n\\rc\\td\\\n"
         "a phrase beyond sixteen columns\t  kept \n"
         "tab\ta\tb\n");
    assert_string_equal(s_reading.entries, "plain=a\nb\\n\rc\\td\\|"
                                           "a phrase beyond sixteen columns=  kept |tab=a\tb");
}

static void s_assert_comes_back(const char *headword, const char *text)
{
    lex_entry_t entry = lex_entry_plain(headword, strlen(headword), text, strlen(text));
    wordbook_line_t line = {0};
    wordbook_compose(&line, &entry);
    assert_int_equal(line.data[line.size - 1], '\n');
    assert_null(memchr(line.data, '\n', line.size - 1));
    char *book = malloc(line.size + sizeof(WORDBOOK_MARK));
    memcpy(book, WORDBOOK_MARK "\n", sizeof(WORDBOOK_MARK));
    memcpy(book + sizeof(WORDBOOK_MARK), line.data, line.size);
    assert_int_equal(s_read_bytes(book, sizeof(WORDBOOK_MARK) + line.size), 0);
    free(book);
    free(line.data);
    char expected[512];
    snprintf(expected, sizeof expected, "%s=%s", headword, text);
    assert_string_equal(s_reading.entries, expected);
}

static void test_whatever_is_written_comes_back(void **state)
{
    (void)state;
    static const char *const headwords[] = {"a",
                                            "hot dog",
                                            "sixteen letters!",
                                            "seventeen letters",
                                            "one two three four five",
                                            "x ",
                                            " x",
                                            "#",
                                            "\\n",
                                            "internationalization",
                                            "\xE4\xBD\xA0\xE5\xA5\xBD",
                                            WORDBOOK_MARK,
                                            "fifteen words x",
                                            "fourteen words",
                                            "a b c d e f g h i",
                                            "back\\slash"};
    static const char *const texts[] = {"plain",        " indented", "\ttab",  "a\nb\n",
                                        "x\r",          "\\",        "\\n",    "ends \\",
                                        "two  blanks ", "a\tb",      "\n\n x", "\xE8\xAF\x8D"};
    for (size_t i = 0; i < sizeof headwords / sizeof headwords[0]; i++) {
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++)
            s_assert_comes_back(headwords[i], texts[j]);
    }
}

static void test_columns_where_possible(void **state)
{
    (void)state;
    wordbook_line_t line = {0};
    lex_entry_t entry = lex_entry_plain("hot dog", 7, "n. food", 7);
    wordbook_compose(&line, &entry);
    assert_memory_equal(line.data, "hot dog          n. food\n", line.size);
    entry = lex_entry_plain("a phrase beyond sixteen", 23, "n. x", 4);
    wordbook_compose(&line, &entry);
    assert_memory_equal(line.data, "a phrase beyond sixteen\tn. x\n", line.size);
    free(line.data);
}

/* Our own book: sorted, bilingual, and every line as it would be written again. */
static void test_own_book(void **state)
{
    (void)state;
    static const char *const phrases[] = {"as a matter of fact", "operating system", "public key",
                                          "internationalization", "once in a blue moon"};
    char before[LEX_WORD_MAX + 1] = "";
    size_t found = 0;
    uint64_t count = 0;
    char *error;
    lex_entry_t entry;
    reader_t *reader = reader_open(&format_wordbook, "dict/lexmq-wordbook.txt", NULL, NULL, &error);
    assert_non_null(reader);
    while (reader_next(reader, &entry) == 1) {
        char word[LEX_WORD_MAX + 1];
        snprintf(word, sizeof word, "%.*s", (int)entry.headword_size, entry.headword);
        assert_true(strcmp(before, word) <= 0);
        strcpy(before, word);
        assert_true(lex_text_length(entry.text, entry.text_size) < entry.text_size); /* Chinese */
        assert_true(entry.text[0] >= 'a' && entry.text[0] <= 'z');
        assert_non_null(memchr(entry.text, '.', 5)); /* part of speech */
        for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
            found += strcmp(phrases[i], word) == 0;
        count++;
    }
    assert_true(count >= 320);
    assert_int_equal(reader_skipped(reader), 0);
    assert_int_equal(found, sizeof phrases / sizeof phrases[0]);
    reader_close(&reader);
}

/* Found by fuzzing: fields kept whatever the caller's entry had before. */
static void test_entries_have_no_fields(void **state)
{
    (void)state;
    char *error;
    lex_entry_t entry;
    memset(&entry, 0x5A, sizeof entry);
    const char *path = scratch_write(&s_scratch, "fields.txt", "one text\n", 9);
    reader_t *reader = reader_open(&format_wordbook, path, NULL, NULL, &error);
    assert_non_null(reader);
    assert_int_equal(reader_next(reader, &entry), 1);
    assert_true(lex_fields_are_empty(&entry.fields));
    reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_first_run_of_blanks),
        cmocka_unit_test(test_line_ends_and_mark),
        cmocka_unit_test(test_senses_and_order),
        cmocka_unit_test(test_text_as_it_is),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_line_limit),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_marked_book),
        cmocka_unit_test(test_whatever_is_written_comes_back),
        cmocka_unit_test(test_columns_where_possible),
        cmocka_unit_test(test_own_book),
        cmocka_unit_test(test_entries_have_no_fields),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
