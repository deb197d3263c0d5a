/* Exporters: what they write, byte by byte where that is little, and that it reads back as the same. */

#include "tests/unit/dict/exporting.h"
#include "tests/unit/dict/scratch_fixture.h"

#include <sys/stat.h>

static reading_t s_reading;

static void s_assert_file(const char *name, const void *data, size_t size)
{
    size_t got;
    char *file = exporting_slurp(scratch_path(&s_scratch, name), &got);
    assert_int_equal(got, size);
    assert_memory_equal(file, data, size);
    free(file);
}
#define S_ASSERT_FILE(name, text) s_assert_file(name, text, sizeof(text) - 1)

/* Entries as an exporter writes and a reader reads them: "headword/text/phonetic/aliases|…". */
static const char *s_round_trip(const exporter_format_t *exporter, const format_t *format,
                                const char *name, const lex_entry_t *entries, size_t count)
{
    static char out[4096];
    char *error;
    lex_entry_t entry;
    size_t size = 0;
    assert_int_equal(exporting_run(exporter, scratch_path(&s_scratch, name), entries, count), 0);
    reader_t *reader =
        reader_open(format, scratch_path(&s_scratch, name), reading_warn, &s_reading, &error);
    assert_non_null(reader);
    memset(&s_reading, 0, sizeof s_reading);
    out[0] = '\0';
    while (reader_next(reader, &entry) == 1) {
        lex_span_t phonetic = entry.fields.text[LEX_PHONETIC];
        lex_span_t aliases = entry.fields.text[LEX_ALIASES];
        size += (size_t)snprintf(out + size, sizeof out - size, "%s%.*s/%.*s/%.*s/%.*s",
                                 size ? "|" : "", (int)entry.headword_size, entry.headword,
                                 (int)entry.text_size, entry.text, (int)phonetic.size,
                                 phonetic.size ? phonetic.data : "", (int)aliases.size,
                                 aliases.size ? aliases.data : "");
        assert_true(size < sizeof out);
    }
    assert_int_equal(reader_skipped(reader), 0);
    assert_string_equal(reader_title(reader), EXPORTING_TITLE);
    reader_close(&reader);
    return out;
}

static void test_stardict_bytes(void **state)
{
    (void)state;
    lex_entry_t entries[] = {exporting_entry("two", "same", "", ""),
                             exporting_entry("one", "same", "", ""),
                             exporting_entry("One", "first", "", "")};
    assert_int_equal(exporting_run(&exporter_stardict, scratch_path(&s_scratch, "s"), entries, 3),
                     0);
    S_ASSERT_FILE("s.ifo", "StarDict's dict ifo file\nversion=2.4.2\nbookname=Test words\n"
                           "wordcount=3\nidxfilesize=36\nsametypesequence=m\n");
    /* "One" before "one", whose text is written first and shared with "two". */
    S_ASSERT_FILE("s.idx", "One\0\0\0\0\0\0\0\0\5one\0\0\0\0\5\0\0\0\4two\0\0\0\0\5\0\0\0\4");
    assert_int_equal(access(scratch_path(&s_scratch, "s.syn"), F_OK), -1);
}

static void test_stardict_round_trip(void **state)
{
    (void)state;
    lex_entry_t entries[] = {
        exporting_entry("b", "  text\n\n  of lines", "", "beta\nB-word"),
        exporting_entry("a_", "x", "\xCA\x8C", ""),
        exporting_entry("aB", "\xE4\xB8\xAD", "", "Alpha"),
        exporting_entry("a", "second", "e\xC9\xAA", "beta"),
        exporting_entry("a", "first", "", ""),
    };
    assert_string_equal(s_round_trip(&exporter_stardict, &format_stardict, "r.ifo", entries, 5),
                        "a/second/e\xC9\xAA/beta|a/first//|a_/x/\xCA\x8C/|aB/\xE4\xB8\xAD//Alpha|"
                        "b/  text\n\n  of lines//B-word\nbeta");
    S_ASSERT_FILE("r.syn", "Alpha\0\0\0\0\3B-word\0\0\0\0\4beta\0\0\0\0\0beta\0\0\0\0\4");
    struct stat status;
    assert_int_equal(stat(scratch_path(&s_scratch, "r.dict.dz"), &status), 0);

    /* An export without aliases takes the synonyms of the one before away. */
    assert_string_equal(s_round_trip(&exporter_stardict, &format_stardict, "r.ifo", entries + 4, 1),
                        "a/first//");
    assert_int_equal(access(scratch_path(&s_scratch, "r.syn"), F_OK), -1);
}

static void test_stardict_phonetic_that_does_not_fit(void **state)
{
    (void)state;
    lex_entry_t entries[] = {exporting_entry("a", "text", "two\nlines", "")};
    assert_string_equal(s_round_trip(&exporter_stardict, &format_stardict, "p.ifo", entries, 1),
                        "a/text//");
}

static void test_dict_bytes(void **state)
{
    (void)state;
    lex_entry_t entries[] = {exporting_entry("Ice-Cream", "cold", "", ""),
                             exporting_entry("C++", "a language", "", ""),
                             exporting_entry("a b", "x", "", ""), exporting_entry("a", "y", "", ""),
                             exporting_entry(" \xC3\x89", "z", "", "")};
    assert_int_equal(
        exporting_run(&exporter_dict, scratch_path(&s_scratch, "d.dict.dz"), entries, 5), 0);
    S_ASSERT_FILE("d.index", "00-database-allchars\tA\tW\n"
                             "00-database-info\tW\tt\n"
                             "00-database-short\tBD\ti\n"
                             "00-database-utf8\tBl\tS\n"
                             "a\tB3\tE\n"
                             "a b\tB7\tG\n"
                             "c++\tCB\tP\tC++\n"
                             "ice-cream\tCQ\tP\tIce-Cream\n"
                             "\xC3\xA9\tCf\tG\t \xC3\x89\n");
}

static void test_dict_round_trip(void **state)
{
    (void)state;
    lex_entry_t entries[] = {
        exporting_entry("b", "  all\n    lines\n\n  stand off", "", ""),
        exporting_entry("B", "b\nagain", "", ""),
        exporting_entry("c", "\nlate", "", ""),
        exporting_entry("d", "d", "", ""),
        exporting_entry("a b ", "one\n  two", "", ""),
        exporting_entry("a", "second", "", ""),
        exporting_entry("A", "\xE4\xB8\xAD", "", ""),
        exporting_entry("a", "third", "", ""),
    };
    assert_string_equal(s_round_trip(&exporter_dict, &format_dict, "r.index", entries, 8),
                        "a/second//|A/\xE4\xB8\xAD//|a/third//|a b /one\n  two//|"
                        "b/  all\n    lines\n\n  stand off//|B/b\nagain//|c/\nlate//|d/d//");
}

static void test_dict_phonetics(void **state)
{
    (void)state;
    lex_entry_t entries[] = {
        exporting_entry("A", "x\ny", "\xC9\x91:", ""),
        exporting_entry("b", "  stands off", "b/i", ""), exporting_entry("c d", "z", "k d", ""),
        exporting_entry("e", "e /f/ g\nz", "", ""), exporting_entry("f /g/ h", "z", "i", "")};
    assert_string_equal(s_round_trip(&exporter_dict, &format_dict, "p.index", entries, 5),
                        "A/x\ny/\xC9\x91:/|b/  stands off//|c d/z/k d/|e/e /f/ g\nz//|f /g/ h/z//");
}

/* No article says such a text: the indentation goes, not the line. */
static void test_dict_indented_headword(void **state)
{
    (void)state;
    lex_entry_t entries[] = {exporting_entry("Z+", " Z+\n\n ff", "", "")};
    assert_string_equal(s_round_trip(&exporter_dict, &format_dict, "i.index", entries, 1),
                        "Z+/Z+\n\nff//");
}

static void test_dict_keeps_some_names(void **state)
{
    (void)state;
    lex_entry_t entries[] = {exporting_entry("00-database-short", "mine", "", ""),
                             exporting_entry("a", "b", "", "")};
    assert_string_equal(s_round_trip(&exporter_dict, &format_dict, "k.index", entries, 2), "a/b//");
}

static void test_ecdict_bytes(void **state)
{
    (void)state;
    lex_entry_t plain = exporting_entry("a, \"b\"", "line\nback\\slash\r", "", "");
    lex_entry_t han = exporting_entry("c", "n. \xE4\xB8\xAD", "", "");
    lex_entry_t full = exporting_entry("go", "\xE8\xB5\xB0\nto move", "g\xC9\x99\xCA\x8A", "");
    lex_entry_t last = exporting_entry("d", "all of it", "", "");
    static const char *const fields[LEX_TEXT_FIELDS] = {[LEX_POS] = "v:100",
                                                        [LEX_TAGS] = "zk gk",
                                                        [LEX_FORMS] = "p:went/d:gone",
                                                        [LEX_AUDIO] = "http://x",
                                                        [LEX_DETAIL] = "{\"a\": 1}"};
    for (int i = LEX_POS; i < LEX_TEXT_FIELDS; i++) {
        if (fields[i])
            full.fields.text[i] = (lex_span_t){fields[i], strlen(fields[i])};
    }
    full.fields.number[LEX_COLLINS] = 5;
    full.fields.number[LEX_OXFORD] = 1;
    full.fields.number[LEX_BNC_RANK] = 44;
    full.fields.number[LEX_MODERN_RANK] = 4294967295u;
    full.fields.number[LEX_TRANSLATION_BYTES] = 3;
    last.fields.number[LEX_TRANSLATION_BYTES] = 9;
    lex_entry_t entries[] = {plain, han, full, last};
    assert_int_equal(exporting_run(&exporter_ecdict, scratch_path(&s_scratch, "e.csv"), entries, 4),
                     0);
    S_ASSERT_FILE(
        "e.csv",
        "word,phonetic,definition,translation,pos,collins,oxford,tag,bnc,frq,exchange,detail,"
        "audio\n"
        "\"a, \"\"b\"\"\",,line\\nback\\\\slash\\r,,,,,,0,0,,,\n"
        "c,,,n. \xE4\xB8\xAD,,,,,0,0,,,\n"
        "go,g\xC9\x99\xCA\x8A,to move,\xE8\xB5\xB0,v:100,5,1,zk gk,44,4294967295,p:went/d:gone,"
        "\"{\"\"a\"\": 1}\",http://x\n"
        "d,,,all of it,,,,,0,0,,,\n");
}

static void test_nothing_is_left_of_what_fails(void **state)
{
    (void)state;
    static const exporter_format_t *const formats[] = {&exporter_wordbook, &exporter_ecdict,
                                                       &exporter_dict, &exporter_stardict};
    lex_entry_t entry = exporting_entry("a", "b", "", "c");
    size_t before = exporting_files(&s_scratch);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char *error;
        exporter_t *exporter =
            exporter_open(formats[i], scratch_path(&s_scratch, "f"), EXPORTING_TITLE, &error);
        assert_int_equal(exporter_add(exporter, &entry), 0);
        assert_true(exporting_files(&s_scratch) > before);
        exporter_close(&exporter);
        assert_int_equal(exporting_files(&s_scratch), before);
        assert_int_equal(exporting_run(formats[i], "/nonexistent/f", &entry, 1), -1);
    }
    /* Renaming fails where a folder stands in the way. */
    assert_int_equal(mkdir(scratch_path(&s_scratch, "g.idx"), 0700), 0);
    assert_int_equal(exporting_run(&exporter_stardict, scratch_path(&s_scratch, "g"), &entry, 1),
                     -1);
    assert_int_equal(exporting_files(&s_scratch), before + 1);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    lex_entry_t entry = exporting_entry("a", "b", "", "");
    assert_int_equal(exporting_run(&exporter_ecdict, "/dev/full", &entry, 1), -1);
    assert_int_equal(exporting_run(&exporter_wordbook, "/dev/full", &entry, 1), -1);
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "n.dict.dz" : "n.ifo";
        assert_int_equal(symlink("/dev/full", scratch_path(&s_scratch, name)), 0);
        size_t before = exporting_files(&s_scratch);
        assert_int_equal(
            exporting_run(&exporter_stardict, scratch_path(&s_scratch, "n"), &entry, 1), -1);
        assert_int_equal(exporting_files(&s_scratch), before);
        unlink(scratch_path(&s_scratch, name));
    }
}

static void test_names(void **state)
{
    (void)state;
    char *error;
    assert_ptr_equal(exporter_find("ecdict"), &exporter_ecdict);
    assert_null(exporter_find("csv"));
    assert_ptr_equal(exporter_guess("x.csv"), &exporter_ecdict);
    assert_ptr_equal(exporter_guess("x.ifo"), &exporter_stardict);
    assert_ptr_equal(exporter_guess("x.index"), &exporter_dict);
    assert_ptr_equal(exporter_guess("x.dict.dz"), &exporter_dict);
    assert_ptr_equal(exporter_guess("x.txt"), &exporter_wordbook);
    assert_ptr_equal(exporter_guess(NULL), &exporter_wordbook);
    assert_true(exporter_needs_stem(&exporter_dict));
    assert_false(exporter_needs_stem(&exporter_ecdict));
    assert_null(exporter_open(&exporter_dict, NULL, "t", &error));
    assert_string_equal(error, "dict has several files");
    free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stardict_bytes),
        cmocka_unit_test(test_stardict_round_trip),
        cmocka_unit_test(test_stardict_phonetic_that_does_not_fit),
        cmocka_unit_test(test_dict_bytes),
        cmocka_unit_test(test_dict_round_trip),
        cmocka_unit_test(test_dict_phonetics),
        cmocka_unit_test(test_dict_indented_headword),
        cmocka_unit_test(test_dict_keeps_some_names),
        cmocka_unit_test(test_ecdict_bytes),
        cmocka_unit_test(test_nothing_is_left_of_what_fails),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
