/* Exports of what a database has: every field reaches the exporter, and what is imported again is the same. */

#include "tests/unit/dict/exporting.h"
#include "tests/unit/dict/fixture.h"

#include "dict/export.h"

static fixture_t s_fixture;

static int s_setup(void **state)
{
    (void)state;
    return fixture_open(&s_fixture);
}

static int s_teardown(void **state)
{
    (void)state;
    return fixture_close(&s_fixture);
}

static int s_export(const char *name, const exporter_format_t *format, const char *file,
                    uint64_t *entries)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", s_fixture.scratch.folder, file);
    export_request_t request = {.name = name, .path = path, .format = format};
    return export_run(s_fixture.db, &request, entries);
}

static char *s_slurp(const char *file)
{
    size_t size;
    return exporting_slurp(scratch_path(&s_fixture.scratch, file), &size);
}

static void test_every_field(void **state)
{
    (void)state;
    uint64_t entries;
    assert_int_equal(fixture_import_text(&s_fixture, "book", "go to move\nplain x\n"), 0);
    assert_int_equal(
        lex_db_simple(
            s_fixture.db,
            "UPDATE entries SET phonetic = 'p', reading = 'r', pos = 'v:1', tags = 'zk', "
            "forms = 'd:gone', aliases = 'walk\nrun', audio = 'u', detail = 'j', collins = 1, "
            "oxford = 2, bnc_rank = 3, modern_rank = 4, frequency = 5, "
            "translation_bytes = 2 WHERE headword = 'go'"),
        LEX_DB_OK);
    assert_int_equal(s_export("book", &exporter_ecdict, "out.csv", &entries), 0);
    assert_int_equal(entries, 2);
    char *data = s_slurp("out.csv");
    assert_string_equal(strchr(data, '\n'), "\ngo,p, move,to,v:1,1,2,zk,3,4,d:gone,j,u\n"
                                            "plain,,x,,,,,,0,0,,,\n");
    free(data);
    assert_int_equal(s_export("book", &exporter_stardict, "out.ifo", &entries), 0);
    data = s_slurp("out.ifo");
    assert_non_null(strstr(data, "bookname=book\nwordcount=2\nsynwordcount=2\n"));
    assert_non_null(strstr(data, "sametypesequence=tm\n"));
    free(data);
}

/* Exported, imported and exported again: the same entries and the same bytes. */
static void s_assert_comes_back(const exporter_format_t *exporter, const format_t *format,
                                const char *name, const char *const *files)
{
    char out[1024];
    char again[1024];
    char *first[3];
    uint64_t entries;
    assert_int_equal(s_export("book", exporter, name, &entries), 0);
    for (size_t i = 0; files[i]; i++)
        first[i] = s_slurp(files[i]);
    const char *path = scratch_path(&s_fixture.scratch, name);
    assert_int_equal(fixture_import(&s_fixture, "copy", format, path), 0);
    assert_string_equal(fixture_entries(&s_fixture, "copy", again),
                        fixture_entries(&s_fixture, "book", out));
    assert_int_equal(
        lex_db_simple(s_fixture.db, "UPDATE dictionaries SET title = 'book' WHERE name = 'copy'"),
        LEX_DB_OK);
    assert_int_equal(s_export("copy", exporter, name, &entries), 0);
    for (size_t i = 0; files[i]; i++) {
        char *second = s_slurp(files[i]);
        assert_string_equal(second, first[i]);
        free(second);
        free(first[i]);
    }
}

static void test_comes_back(void **state)
{
    (void)state;
    static const char book[] = "# lexmq word book 1\n"
                               "A phrase of many words\t  kept \\n\\n  as it is\n"
                               "C                a letter\n"
                               "c++              a \\\\ language\n"
                               "c++              another\n"
                               "\xE4\xB8\xAD\xE5\x9B\xBD           China\n";
    static const char *const stardict[] = {"copy.idx", "copy.ifo", NULL};
    static const char *const dict[] = {"copy.index", NULL};
    static const char *const wordbook[] = {"copy.txt", NULL};
    assert_int_equal(fixture_import_text(&s_fixture, "book", book), 0);
    s_assert_comes_back(&exporter_wordbook, &format_wordbook, "copy.txt", wordbook);
    s_assert_comes_back(&exporter_stardict, &format_stardict, "copy.ifo", stardict);
    s_assert_comes_back(&exporter_dict, &format_dict, "copy.index", dict);
}

static void test_nothing_to_export(void **state)
{
    (void)state;
    uint64_t entries;
    size_t before = exporting_files(&s_fixture.scratch);
    assert_int_equal(s_export("nothing", &exporter_stardict, "none", &entries), -1);
    assert_int_equal(entries, 0);
    assert_int_equal(exporting_files(&s_fixture.scratch), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_nothing_to_export),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
