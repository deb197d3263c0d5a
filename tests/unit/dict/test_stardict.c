/* StarDict dictionaries: the four files, the types of articles, synonyms, and what such a file may lie about. */

#include "tests/unit/dict/scratch_fixture.h"
#include "tests/unit/dict/star.h"

#include "tests/unit/dict/packer.h"
#include <zlib.h>

static reading_t s_reading;
static star_t s_star;

static void s_begin(const char *ifo)
{
    memset(&s_star, 0, sizeof s_star);
    snprintf(s_star.ifo, sizeof s_star.ifo, "%s", ifo);
}

static int s_read(void)
{
    return reading_run(&s_reading, &format_stardict, star_write(&s_star, &s_scratch));
}

#define S_ADD(word, article) star_add(&s_star, word, article, sizeof(article) - 1)

static void test_plain(void **state)
{
    (void)state;
    s_begin(STAR_HEAD "wordcount=3\nidxfilesize=37\nsametypesequence=m\n");
    S_ADD("one", "first\n\n");
    S_ADD("two", "sec\nond");
    star_add_line(&s_star, "also", 0, 4, 5);
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "one=first|two=sec\nond|also=first");
    assert_string_equal(s_reading.title, "Test words");
    assert_int_equal(s_reading.skipped, 0);
}

static void test_any_of_its_files_and_any_packing(void **state)
{
    (void)state;
    static const char *const names[] = {"star.ifo", "star.idx.gz", "star.idx",
                                        "star.syn", "star.dict",   "star.dict.dz"};
    s_begin(STAR_HEAD "sametypesequence=m\n");
    S_ADD("one", "first");
    S_ADD("two", "second");
    star_add_synonym(&s_star, "eins", 0);
    star_write(&s_star, &s_scratch);
    packer_options_t options = {.chunk_size = 4};
    packed_t packed = packer_pack(s_star.text.bytes, s_star.text.size, &options);
    scratch_write(&s_scratch, "star.dict.dz", packed.data, packed.size);
    free(packed.data);
    unlink(scratch_path(&s_scratch, "star.dict"));
    gzFile file = gzopen(scratch_path(&s_scratch, "star.idx.gz"), "wb");
    assert_int_equal(gzwrite(file, s_star.index.bytes, (unsigned)s_star.index.size),
                     s_star.index.size);
    assert_int_equal(gzclose(file), Z_OK);
    unlink(scratch_path(&s_scratch, "star.idx"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(
            reading_run(&s_reading, &format_stardict, scratch_path(&s_scratch, names[i])), 0);
        assert_string_equal(s_reading.entries, "one=first|two=second");
    }
    unlink(scratch_path(&s_scratch, "star.idx.gz"));
    unlink(scratch_path(&s_scratch, "star.dict.dz"));
}

static void test_ifo_as_it_comes(void **state)
{
    (void)state;
    s_begin("\xEF\xBB\xBF\r\n StarDict's dict ifo file \r\n  bookname =  A = B \r\nunknown\r\n"
            "sametypesequence= m\r\nversion = 3.0.0\r\nauthor=x\r\nidxoffsetbits=64");
    star_add_line(&s_star, "one", 0, 8, 2);
    star_put(&s_star.text, "xy", 2);
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "one=xy");
    assert_string_equal(s_reading.title, "A = B");

    s_begin(STAR_HEAD "idxoffsetbits=64\nsametypesequence=m\n"); /* counts only with 3.0.0 */
    S_ADD("one", "xy");
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "one=xy");
}

static void test_ifo_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "it is empty"},
        {"StarDict\nversion=2.4.2\n", "its first line is another"},
        {"StarDict's dict ifo file\nbookname=x\n", "its version is neither"},
        {"StarDict's dict ifo file\nversion=2.4.8\n", "its version is neither"},
        {STAR_HEAD "sametypesequence=m1\n", "no letter"},
        {STAR_HEAD "sametypesequence=mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\n", "too long"},
        {"StarDict's dict ifo file\nversion=3.0.0\nidxoffsetbits=16\n", "neither 32 nor 64"},
        {"StarDict's dict ifo file\nversion=3.0.0\nidxoffsetbits=x\n", "no number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        s_begin(cases[i][0]);
        assert_int_equal(s_read(), -1);
        assert_non_null(strstr(s_reading.error, cases[i][1]));
    }
    char *large = calloc(1, 70000);
    memset(large, '\n', 70000);
    scratch_write(&s_scratch, "star.ifo", large, 70000);
    free(large);
    assert_int_equal(reading_run(&s_reading, &format_stardict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "larger than 64 KiB"));
}

static void test_missing_files(void **state)
{
    (void)state;
    scratch_write(&s_scratch, "alone.ifo", STAR_HEAD, strlen(STAR_HEAD));
    assert_int_equal(reading_run(&s_reading, &format_stardict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "alone.idx.gz: No such file"));
    scratch_write(&s_scratch, "alone.idx", "", 0);
    assert_int_equal(reading_run(&s_reading, &format_stardict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "alone.dict: No such file"));
    assert_int_equal(reading_run(&s_reading, &format_stardict, scratch_path(&s_scratch, "no.ifo")),
                     -1);
    assert_non_null(strstr(s_reading.error, "no.ifo: No such file"));
}

static void test_lying_counts(void **state)
{
    (void)state;
    s_begin(STAR_HEAD "wordcount=99999999999\nidxfilesize=1\nsynwordcount=7\nsametypesequence=m\n");
    S_ADD("one", "first");
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "one=first");
    assert_int_equal(s_reading.skipped, 3);
    assert_string_equal(s_reading.messages[0], "the .ifo's wordcount is not the index's");
    assert_int_equal(s_reading.lines[0], 4);
    assert_string_equal(s_reading.messages[1], "the .ifo's idxfilesize is not the index's");
    assert_string_equal(s_reading.messages[2], "the .ifo's synwordcount is not the synonyms'");
}

static void test_ranges(void **state)
{
    (void)state;
    s_begin("StarDict's dict ifo file\nversion=3.0.0\nidxoffsetbits=64\nsametypesequence=m\n");
    star_put(&s_star.text, "text", 4);
    star_add_line(&s_star, "good", 0, 8, 4);
    star_add_line(&s_star, "behind", 4, 8, 1);
    star_add_line(&s_star, "over", 3, 8, 2);
    star_add_line(&s_star, "far", UINT64_MAX, 8, UINT32_MAX);
    star_add_line(&s_star, "wraps", UINT64_MAX - 1, 8, 4);
    star_add_line(&s_star, "empty", 4, 8, 0);
    star_add_line(&s_star, "last", 2, 8, 2);
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "good=text|last=xt");
    assert_int_equal(s_reading.skipped, 5);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(s_reading.lines[i], i + 2);
        assert_string_equal(s_reading.messages[i], "the entry lies outside of the text file");
    }
    assert_string_equal(s_reading.messages[4], "no explanation");
}

static void test_broken_index(void **state)
{
    (void)state;
    s_begin(STAR_HEAD "sametypesequence=m\n");
    S_ADD("one", "first");
    star_put(&s_star.index, "two\0\0\0", 6);
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "one=first");
    assert_string_equal(s_reading.messages[0], "its last word is cut off");
    assert_int_equal(s_reading.lines[0], 2);

    char *index = malloc(100000);
    memset(index, 'w', 100000);
    scratch_write(&s_scratch, "star.idx", index, 100000);
    assert_int_equal(
        reading_run(&s_reading, &format_stardict, scratch_path(&s_scratch, "star.ifo")), 0);
    assert_string_equal(s_reading.messages[0], "it is damaged: a word does not end");

    gzFile file = gzopen(scratch_path(&s_scratch, "star.idx"), "wb");
    for (int i = 0; i < 100000; i++)
        index[i] = (char)(rand() % 200 + 1); /* so that it packs badly */
    assert_int_equal(gzwrite(file, index, 100000), 100000);
    gzclose(file);
    free(index);
    assert_int_equal(truncate(s_scratch.path, 100), 0);
    assert_int_equal(
        reading_run(&s_reading, &format_stardict, scratch_path(&s_scratch, "star.ifo")), 0);
    assert_string_equal(s_reading.messages[0], "it is cut off or damaged");
}

static void test_words_are_checked(void **state)
{
    (void)state;
    char word[300];
    memset(word, 'w', sizeof word);
    word[256] = '\0';
    s_begin(STAR_HEAD "sametypesequence=m\n");
    S_ADD("", "text");
    S_ADD("a\nb", "text");
    S_ADD("\xFF", "text");
    S_ADD("bad", "\xFF");
    star_add(&s_star, word, "text", 4);
    S_ADD("good", "text");
    assert_int_equal(s_read(), 0);
    assert_string_equal(s_reading.entries, "good=text");
    assert_int_equal(s_reading.skipped, 5);
}

/* The fields of the only entry as "phonetic/text". */
static const char *s_article(const char *types, const void *data, size_t size)
{
    static char out[1024];
    char *error;
    lex_entry_t entry;
    snprintf(s_star.ifo, sizeof s_star.ifo, "%ssametypesequence=%s\n", STAR_HEAD, types);
    s_star.index.size = s_star.text.size = 0;
    star_add(&s_star, "word", data, size);
    reader_t *reader =
        reader_open(&format_stardict, star_write(&s_star, &s_scratch), NULL, NULL, &error);
    assert_non_null(reader);
    if (reader_next(reader, &entry) == 1) {
        lex_span_t phonetic = entry.fields.text[LEX_PHONETIC];
        assert_null(memchr(entry.text, '\0', entry.text_size));
        snprintf(out, sizeof out, "%.*s/%.*s", (int)phonetic.size,
                 phonetic.size ? phonetic.data : "", (int)entry.text_size, entry.text);
    } else {
        snprintf(out, sizeof out, "none");
    }
    reader_close(&reader);
    return out;
}
#define S_ASSERT_ARTICLE(types, data, text)                                                        \
    assert_string_equal(s_article(types, data, sizeof(data) - 1), text)

static void test_types(void **state)
{
    (void)state;
    s_begin("");
    S_ASSERT_ARTICLE("m", "a\r\n\0", "/a");
    S_ASSERT_ARTICLE("tm", "p\0text", "p/text");
    S_ASSERT_ARTICLE("tm", "\0text", "/text");
    S_ASSERT_ARTICLE("mt", "text\0 p\n", "p/text");
    S_ASSERT_ARTICLE("tym", "p\0q\0text", "p; q/text");
    S_ASSERT_ARTICLE("t", "p", "/p");
    S_ASSERT_ARTICLE("tm", "a\nb\0text", "/a\nb\n\ntext"); /* lines are no pronunciation */
    S_ASSERT_ARTICLE("tm", "\xFF\0text", "none");
    S_ASSERT_ARTICLE("l", "caf\xE9\n", "/caf\xC3\xA9");
    S_ASSERT_ARTICLE("l", "caf\xC3\xA9", "/caf\xC3\xA9");
    S_ASSERT_ARTICLE("n", "noun", "/noun");
    S_ASSERT_ARTICLE("mh", "a\0<p>b</p>", "/a\n\nb");
    S_ASSERT_ARTICLE("x", "<k>Word</k>\nb", "/b");
    S_ASSERT_ARTICLE("g", "<b>b</b>", "/b");
    S_ASSERT_ARTICLE("k", "<CK><![CDATA[b]]></CK>", "/b");
    S_ASSERT_ARTICLE("w", "''b''", "/b");
    S_ASSERT_ARTICLE("h", "<br>", "none");
    S_ASSERT_ARTICLE("Wm",
                     "\0\0\0\2ab"
                     "text",
                     "/text");
    S_ASSERT_ARTICLE("mW", "text\0ab", "/text");
    S_ASSERT_ARTICLE("rm", "img:a.png\0text", "/text");
    S_ASSERT_ARTICLE("qZm", "skip\0\0\0\0\1xtext", "/text");
    S_ASSERT_ARTICLE("Wm", "\xFF\xFF\xFF\xFFtext", "none");
    S_ASSERT_ARTICLE("Wm", "\0\0", "none");
    S_ASSERT_ARTICLE("mm", "a\0b", "/a\n\nb");
    S_ASSERT_ARTICLE("mmm", "a", "/a");
}

static void test_typed_articles(void **state)
{
    (void)state;
    s_begin("");
    S_ASSERT_ARTICLE("", "mtext\0", "/text");
    S_ASSERT_ARTICLE("", "mtext", "/text");
    S_ASSERT_ARTICLE("", "tp\0mtext\0hb<br>c\0", "p/text\n\nb\nc");
    S_ASSERT_ARTICLE("", "W\0\0\0\2abmtext\0P\0\0\0\1x", "/text");
    S_ASSERT_ARTICLE("", "W\0\0\1\0abmtext\0", "none");
    S_ASSERT_ARTICLE("", "qskip\0mtext\0Q\0\0\0\0mmore", "/text\n\nmore");
    S_ASSERT_ARTICLE("", "m", "none");
}

static void test_long_phonetic_is_text(void **state)
{
    (void)state;
    char data[1400];
    memset(data, 'p', sizeof data);
    s_begin("");
    data[998] = '\0';
    memcpy(data + 999, "text", 4);
    assert_memory_equal(s_article("tm", data, 1003) + 998, "/text", 6);
    data[998] = 'p';
    data[999] = '\0';
    memcpy(data + 1000, "text", 4);
    assert_memory_equal(s_article("tm", data, 1004), "/ppp", 4);
}

static void test_synonyms(void **state)
{
    (void)state;
    char *error;
    lex_entry_t entry;
    s_begin(STAR_HEAD "synwordcount=9\nsametypesequence=m\n");
    S_ADD("one", "first");
    star_add_line(&s_star, "gone", 99, 4, 1);
    S_ADD("two", "second");
    star_add_synonym(&s_star, "zwei", 2);
    star_add_synonym(&s_star, "eins", 0);
    star_add_synonym(&s_star, "deux", 2);
    star_add_synonym(&s_star, "gone too", 1);
    star_add_synonym(&s_star, "zwei", 2);
    star_add_synonym(&s_star, "one", 0);
    star_add_synonym(&s_star, "a\tb", 0);
    star_add_synonym(&s_star, "none", 3);
    star_add_synonym(&s_star, "far", UINT32_MAX);
    memset(&s_reading, 0, sizeof s_reading);
    reader_t *reader = reader_open(&format_stardict, star_write(&s_star, &s_scratch), reading_warn,
                                   &s_reading, &error);
    assert_int_equal(s_reading.warnings, 0); /* nothing is told of before there is a reader */
    assert_int_equal(reader_next(reader, &entry), 1);
    assert_int_equal(entry.fields.text[LEX_ALIASES].size, 4);
    assert_memory_equal(entry.fields.text[LEX_ALIASES].data, "eins", 4);
    assert_int_equal(reader_next(reader, &entry), 1);
    assert_int_equal(entry.fields.text[LEX_ALIASES].size, 9);
    assert_memory_equal(entry.fields.text[LEX_ALIASES].data, "zwei\ndeux", 9);
    assert_int_equal(reader_next(reader, &entry), 0);
    assert_int_equal(reader_next(reader, &entry), 0);
    assert_int_equal(reader_skipped(reader), 4);
    assert_string_equal(s_reading.messages[0], "a synonym has a control character");
    assert_int_equal(s_reading.lines[0], 7);
    assert_string_equal(s_reading.messages[1], "the entry lies outside of the text file");
    assert_string_equal(s_reading.messages[2], "a synonym stands for an entry that is not there");
    assert_int_equal(s_reading.lines[2], 8);
    assert_int_equal(s_reading.lines[3], 9);
    reader_close(&reader);
}

static void test_many_synonyms(void **state)
{
    (void)state;
    char *error;
    lex_entry_t entry;
    s_begin(STAR_HEAD "sametypesequence=m\n");
    S_ADD("one", "first");
    for (int i = 0; i < 70; i++) {
        char word[32];
        snprintf(word, sizeof word, "synonym %d", i);
        star_add_synonym(&s_star, word, 0);
    }
    star_put(&s_star.synonyms, "cut", 4);
    memset(&s_reading, 0, sizeof s_reading);
    reader_t *reader = reader_open(&format_stardict, star_write(&s_star, &s_scratch), reading_warn,
                                   &s_reading, &error);
    assert_int_equal(reader_next(reader, &entry), 1);
    size_t count = 0;
    size_t offset = 0;
    lex_span_t alias;
    while (lex_span_next(entry.fields.text[LEX_ALIASES], '\n', &offset, &alias))
        count++;
    assert_int_equal(count, 64);
    assert_int_equal(reader_skipped(reader), 7);
    assert_string_equal(s_reading.messages[0],
                        "the synonyms are cut off or damaged: all from here");
    assert_string_equal(s_reading.messages[1], "a synonym beyond the 64 of an entry");
    assert_int_equal(s_reading.lines[1], 65);
    reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_any_of_its_files_and_any_packing),
        cmocka_unit_test(test_ifo_as_it_comes),
        cmocka_unit_test(test_ifo_refused),
        cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_lying_counts),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_broken_index),
        cmocka_unit_test(test_words_are_checked),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_typed_articles),
        cmocka_unit_test(test_long_phonetic_is_text),
        cmocka_unit_test(test_synonyms),
        cmocka_unit_test(test_many_synonyms),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
