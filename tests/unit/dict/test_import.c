/* Importing, replacing, exporting and removing dictionaries in a real database. */

#include "tests/unit/dict/fixture.h"

#include "dict/export.h"
#include "dict/remove.h"

#define WORDNET         "/usr/share/dictd/wn.index"
#define WORDNET_ENTRIES 147306

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

static void s_assert_entries(const char *name, const char *expected)
{
    char entries[1024];
    assert_string_equal(fixture_entries(&s_fixture, name, entries), expected);
}

static void s_remove(const char *name)
{
    assert_int_equal(remove_run(s_fixture.db, name), 0);
    fixture_assert_tidy(&s_fixture);
}

static void test_import_and_replace(void **state)
{
    (void)state;
    assert_int_equal(
        fixture_import_text(&s_fixture, "book", "one              1\none              2\n"), 0);
    s_assert_entries("book", "one=1|one=2");
    assert_int_equal(fixture_number(&s_fixture, "SELECT entries FROM active WHERE name = 'book'"),
                     2);
    assert_int_equal(
        fixture_number(&s_fixture, "SELECT text_bytes FROM active WHERE name = 'book'"), 2);
    uint64_t before = fixture_number(&s_fixture, "SELECT version FROM active");
    assert_int_equal(fixture_import_text(&s_fixture, "book", "two              12345\n"), 0);
    s_assert_entries("book", "two=12345");
    assert_true(fixture_number(&s_fixture, "SELECT version FROM active") > before);
    assert_int_equal(fixture_number(&s_fixture, "SELECT text_bytes FROM active"), 5);
    fixture_assert_tidy(&s_fixture);
    s_remove("book");
}

/* Words that a folding collation would hold for the same. */
static void test_words_are_bytes(void **state)
{
    (void)state;
    assert_int_equal(
        fixture_import_text(&s_fixture, "book",
                            "Polish           1\npolish           2\nresume           3\n"
                            "r\xC3\xA9sum\xC3\xA9           4\n\xF0\x9F\x90\xB1 x y z 1 2 3 4 5 6"
                            " \xE7\x8C\xAB\n"),
        0);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(DISTINCT headword) FROM entries"), 5);
    assert_int_equal(
        fixture_number(&s_fixture, "SELECT text FROM entries WHERE headword = 'polish'"), 2);
    s_remove("book");
}

static void test_refused_file_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(fixture_import_text(&s_fixture, "new", "lonely\n\n"), -1);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM dictionaries"), 0);
    assert_int_equal(fixture_import_text(&s_fixture, "book", "one              1\n"), 0);
    assert_int_equal(fixture_import_text(&s_fixture, "book", ""), -1);
    assert_int_equal(fixture_import(&s_fixture, "book", &format_wordbook, "/nonexistent"), -1);
    s_assert_entries("book", "one=1");
    fixture_assert_tidy(&s_fixture);
    s_remove("book");
}

static int s_take_title(void *arg, const lex_row_t *row)
{
    snprintf(arg, 512, "%s", lex_row_bytes(row, 0, NULL));
    return 0;
}

static void s_assert_title(const char *name, const char *expected, uint64_t position)
{
    char title[512] = "";
    assert_int_equal(
        lex_db_query(s_fixture.db, s_take_title, title,
                     "SELECT CONCAT(title, ' at ', position) FROM active WHERE name = ?",
                     LEX_TEXT(name, strlen(name))),
        LEX_DB_OK);
    char text[512];
    snprintf(text, sizeof text, "%s at %" PRIu64, expected, position);
    assert_string_equal(title, text);
}

static void s_import_titled(const char *name, const char *title, int64_t position)
{
    const char *path = scratch_write(&s_fixture.scratch, "book.txt", "one 1\n", 6);
    import_request_t request = {.path = path,
                                .name = name,
                                .format = &format_wordbook,
                                .title = title,
                                .position = position};
    assert_int_equal(fixture_import_request(&s_fixture, &request, NULL), 0);
}

static void test_title_and_position(void **state)
{
    (void)state;
    s_import_titled("first", NULL, -1);
    s_assert_title("first", "first", 1);
    s_import_titled("second", "The Second", -1);
    s_assert_title("second", "The Second", 2);
    s_import_titled("second", NULL, -1);
    s_assert_title("second", "The Second", 2);
    s_import_titled("second", "Again", 0);
    s_assert_title("second", "Again", 0);
    s_import_titled("third", NULL, 7);
    s_assert_title("third", "third", 7);
    scratch_write(&s_fixture.scratch, "base.dict", "00-database-short\n  A Base\ntext", 31);
    const char *path = scratch_write(&s_fixture.scratch, "base.index",
                                     "00-database-short\tA\tb\nword\tb\tE\n", 31);
    assert_int_equal(fixture_import(&s_fixture, "base", &format_dict, path), 0);
    s_assert_title("base", "A Base", 8);
    s_assert_entries("base", "word=text");
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM versions WHERE source = "
                                                "'base.index' AND format = 'dict'"),
                     1);
    s_remove("first");
    s_remove("second");
    s_remove("third");
    s_remove("base");
}

/* Twenty lines are reported one by one, then their number. */
static void test_warnings_are_counted(void **state)
{
    (void)state;
    char book[1024] = "good 1\n";
    for (int i = 0; i < 50; i++)
        strcat(book, "lonely\n");
    FILE *log = tmpfile();
    int saved = dup(STDERR_FILENO);
    dup2(fileno(log), STDERR_FILENO);
    int rc = fixture_import_text(&s_fixture, "book", book);
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(rc, 0);
    rewind(log);
    char line[1024];
    int lines = 0;
    int counts = 0;
    while (fgets(line, sizeof line, log)) {
        lines += strstr(line, "no explanation, passed over") != NULL;
        counts += strstr(line, "30 more lines were passed over") != NULL;
    }
    fclose(log);
    assert_int_equal(lines, REPORT_SHOWN);
    assert_int_equal(counts, 1);
    s_remove("book");
}

/* Statements of every size: rows by number, by bytes, and an entry larger than a statement should be. */
static void test_batches(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 300000, 3 << 20, 10, FORMAT_TEXT_MAX, 700000, 700000, 10};
    static const size_t count = sizeof sizes / sizeof sizes[0];
    const char *path = scratch_path(&s_fixture.scratch, "large.txt");
    FILE *file = fopen(path, "w");
    char *text = malloc(FORMAT_TEXT_MAX);
    memset(text, 'x', FORMAT_TEXT_MAX);
    fprintf(file, "# lexmq word book 1\n");
    for (size_t i = 0; i < count; i++)
        fprintf(file, "word%zu\t%.*s\n", i, (int)sizes[i], text);
    for (size_t i = 0; i < 4625; i++) /* 4000, 500, 100, 20, 5 and, with those above, some more */
        fprintf(file, "word%zu\tt\n", i);
    fclose(file);
    free(text);
    assert_int_equal(fixture_import(&s_fixture, "book", &format_wordbook, path), 0);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM entries"), count + 4625);
    assert_int_equal(fixture_number(&s_fixture, "SELECT MAX(ordinal) FROM entries"), count + 4624);
    uint64_t bytes = 4625;
    for (size_t i = 0; i < count; i++)
        bytes += sizes[i];
    assert_int_equal(fixture_number(&s_fixture, "SELECT SUM(LENGTH(text)) FROM entries"), bytes);
    assert_int_equal(fixture_number(&s_fixture, "SELECT text_bytes FROM active"), bytes);
    s_remove("book");
}

/* Fields, kind and title of other formats than word books arrive. */
static void test_fields_and_kind(void **state)
{
    (void)state;
    static const char csv[] = "word,translation,definition,frq\nword,T,D,7\nplain,,D,\n";
    static const char cedict[] = "#! title=Words\n\xE7\xB6\xA0 \xE7\xBB\xBF [lu:4] /green/\n";
    static const char lemmas[] = "be/9 -> is,was\n";
    assert_int_equal(fixture_import(&s_fixture, "csv", &format_ecdict,
                                    scratch_write(&s_fixture.scratch, "x", csv, sizeof csv - 1)),
                     0);
    assert_int_equal(
        fixture_import(&s_fixture, "cedict", &format_cedict,
                       scratch_write(&s_fixture.scratch, "x", cedict, sizeof cedict - 1)),
        0);
    assert_int_equal(
        fixture_import(&s_fixture, "lemmas", &format_lemma,
                       scratch_write(&s_fixture.scratch, "x", lemmas, sizeof lemmas - 1)),
        0);
    s_assert_entries("csv", "word=T\nD|plain=D");
    assert_int_equal(fixture_number(&s_fixture,
                                    "SELECT COUNT(*) FROM entries WHERE headword = 'word' AND "
                                    "modern_rank = 7 AND translation_bytes = 1 AND tags IS NULL"),
                     1);
    assert_int_equal(fixture_number(&s_fixture,
                                    "SELECT COUNT(*) FROM entries WHERE reading = 'lu:4' AND "
                                    "phonetic = 'l\xC7\x9C' AND aliases = '\xE7\xB6\xA0'"),
                     1);
    assert_int_equal(fixture_number(&s_fixture,
                                    "SELECT COUNT(*) FROM entries WHERE headword = 'be' AND "
                                    "forms = 'f:is,was' AND frequency = 9"),
                     1);
    s_assert_title("cedict", "Words", 2);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM active WHERE kind = 'lemmas' "
                                                "AND name = 'lemmas'"),
                     1);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM active WHERE kind = 'words'"),
                     2);
    s_remove("csv");
    s_remove("cedict");
    s_remove("lemmas");
}

/* An import whose report is not whole leaves everything as it is. */
static void test_report_is_not_whole(void **state)
{
    (void)state;
    assert_int_equal(fixture_import_text(&s_fixture, "book", "old              1\n"), 0);
    import_request_t request = {
        .path = scratch_write(&s_fixture.scratch, "book.txt", "new 1\nlonely\n", 13),
        .name = "book",
        .format = &format_wordbook,
        .position = -1};
    import_result_t result;
    progress_t *progress = progress_new(stderr, "book");
    report_t *report = report_new(request.path, "/dev/full", progress);
    assert_int_equal(import_run(s_fixture.db, &request, progress, report, &result), -1);
    report_destroy(&report);
    progress_destroy(&progress);
    s_assert_entries("book", "old=1");
    fixture_assert_tidy(&s_fixture);
    s_remove("book");
}

static char *s_slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *data = malloc(64 << 10);
    *size = fread(data, 1, 64 << 10, file);
    fclose(file);
    return data;
}

static int s_export(const char *name, const char *path, uint64_t *entries)
{
    export_request_t request = {.name = name, .path = path, .format = &exporter_wordbook};
    return export_run(s_fixture.db, &request, entries);
}

static void test_export_round_trip(void **state)
{
    (void)state;
    static const char book[] = "# lexmq word book 1\n"
                               "plain            n. plain\n"
                               "back\\slash       a\\\\b\\nc\\r\n"
                               "a phrase beyond sixteen\t  kept \n"
                               "plain            again\n";
    assert_int_equal(fixture_import_text(&s_fixture, "book", book), 0);
    char path[256];
    uint64_t entries;
    snprintf(path, sizeof path, "%s/out.txt", s_fixture.scratch.folder);
    assert_int_equal(s_export("book", path, &entries), 0);
    assert_int_equal(entries, 4);
    size_t size;
    char *data = s_slurp(path, &size);
    assert_int_equal(size, sizeof book - 1);
    assert_memory_equal(data, book, size);
    free(data);

    char link[256];
    snprintf(link, sizeof link, "%s/link", s_fixture.scratch.folder);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(s_export("book", link, &entries), 0);
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(s_export("book", "/dev/null", &entries), 0);
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));

    assert_int_equal(s_export("nothing", path, &entries), -1);
    free(s_slurp(path, &size));
    assert_int_equal(size, sizeof book - 1); /* a failed export leaves the file that is there */
    assert_int_equal(s_export("book", "/nonexistent/out", &entries), -1);
    s_remove("book");
}

static void test_remove(void **state)
{
    (void)state;
    assert_int_equal(remove_run(s_fixture.db, "nothing"), -1);
    made_up_t many = {.rows = 12000};
    assert_int_equal(fixture_import_made_up(&s_fixture, "many", &many), 0);
    assert_int_equal(fixture_import_text(&s_fixture, "book", "one 1\n"), 0);
    s_remove("many");
    s_assert_entries("book", "one=1");
    s_remove("book");
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM entries"), 0);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(catalog_name_is_good("a"));
    assert_true(catalog_name_is_good("word-net_3"));
    assert_true(
        catalog_name_is_good("0123456789012345678901234567890123456789012345678901234567890123"));
    assert_false(
        catalog_name_is_good("01234567890123456789012345678901234567890123456789012345678901234"));
    assert_false(catalog_name_is_good(""));
    assert_false(catalog_name_is_good("Upper"));
    assert_false(catalog_name_is_good("a b"));
    assert_false(catalog_name_is_good("a\n"));
    assert_false(catalog_name_is_good("caf\xC3\xA9"));
}

static void test_wordnet(void **state)
{
    (void)state;
    if (access(WORDNET, R_OK) != 0) {
        print_message("%s is not there: Debian's dict-wn would be imported here\n", WORDNET);
        skip();
    }
    import_request_t request = {
        .path = WORDNET, .name = "wn", .format = &format_dict, .position = -1};
    import_result_t result;
    assert_int_equal(fixture_import_request(&s_fixture, &request, &result), 0);
    assert_int_equal(result.entries, WORDNET_ENTRIES);
    print_message("dict-wn: %" PRIu64 " rows in %" PRId64 " ms, %.0f rows/s\n", result.entries,
                  result.elapsed_ms,
                  (double)result.entries * 1000 / (double)(result.elapsed_ms + 1));
    assert_int_equal(
        fixture_number(&s_fixture, "SELECT COUNT(*) FROM entries WHERE headword = 'Zyrian'"), 1);
    s_remove("wn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_and_replace),
        cmocka_unit_test(test_words_are_bytes),
        cmocka_unit_test(test_refused_file_changes_nothing),
        cmocka_unit_test(test_title_and_position),
        cmocka_unit_test(test_warnings_are_counted),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_fields_and_kind),
        cmocka_unit_test(test_report_is_not_whole),
        cmocka_unit_test(test_export_round_trip),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_wordnet),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
