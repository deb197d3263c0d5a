/* What an import says of what it passes over, and what a dry run says without a database. */

#include "tests/unit/dict/fixture.h"
#include "tests/unit/dict/scratch_fixture.h"

#define BOOK                                                                                       \
    "word,phonetic,translation,bnc\n"                                                              \
    "one,w,T,1\n"                                                                                  \
    "two,\xFF,TT,x\n"                                                                              \
    ",,T,\n"                                                                                       \
    "three,,T,x\n"

static void s_slurp(const char *path, char out[1024])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, 1023, file)] = '\0';
    fclose(file);
}

/* A dry run of a file in the scratch folder; the summary goes into `summary`. */
static int s_check(const char *path, const char *report_path, import_result_t *result,
                   char summary[1024])
{
    import_request_t request = {
        .path = path, .name = "book", .format = format_guess(path), .position = -1};
    progress_t *progress = progress_new(stderr, "book");
    report_t *report = report_new(path, report_path, progress);
    assert_non_null(report);
    int rc = import_run(NULL, &request, progress, report, result);
    FILE *file = tmpfile();
    report_print(report, file);
    rewind(file);
    summary[fread(summary, 1, 1023, file)] = '\0';
    fclose(file);
    report_destroy(&report);
    report_destroy(&report);
    progress_destroy(&progress);
    return rc;
}

static void test_dry_run(void **state)
{
    (void)state;
    import_result_t result;
    char summary[1024];
    char tsv[1024];
    char report[192];
    snprintf(report, sizeof report, "%s/report.tsv", s_scratch.folder);
    const char *path = scratch_write(&s_scratch, "book.csv", BOOK, strlen(BOOK));
    assert_int_equal(s_check(path, report, &result, summary), 0);
    assert_int_equal(result.version, 0);
    assert_int_equal(result.entries, 3);
    assert_int_equal(result.with_fields, 3);
    assert_int_equal(result.text_bytes, 4);
    assert_int_equal(result.skipped, 1);
    assert_int_equal(result.dropped, 3);
    assert_string_equal(result.title, "book");
    assert_string_equal(summary, "         2  bnc_rank: no number up to 4294967295\n"
                                 "         1  phonetic: not UTF-8\n"
                                 "         1  no headword\n");
    s_slurp(report, tsv);
    assert_string_equal(tsv, "3\tbnc_rank\tno number up to 4294967295\n"
                             "3\tphonetic\tnot UTF-8\n"
                             "4\tentry\tno headword\n"
                             "5\tbnc_rank\tno number up to 4294967295\n");
}

/* A file that is refused, or breaks off, or has nothing good. */
static void test_failed_dry_run(void **state)
{
    (void)state;
    import_result_t result;
    char summary[1024];
    const char *path = scratch_write(&s_scratch, "book.txt", "lonely\nalone\n", 13);
    assert_int_equal(s_check(path, NULL, &result, summary), -1);
    assert_int_equal(result.skipped, 2);
    assert_string_equal(summary, "         2  no explanation\n");
    assert_int_equal(s_check("/nonexistent", NULL, &result, summary), -1);
    assert_string_equal(summary, "");
    assert_int_equal(s_check(s_scratch.folder, NULL, &result, summary), -1);
}

static void test_several_files(void **state)
{
    (void)state;
    import_result_t result;
    char summary[1024];
    char tsv[1024];
    char report[192];
    char folder[128];
    snprintf(report, sizeof report, "%s/report.tsv", s_scratch.folder);
    snprintf(folder, sizeof folder, "%s/lists", s_scratch.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    scratch_write(&s_scratch, "lists/noun.exc", "mice mouse\nlonely\n", 18);
    scratch_write(&s_scratch, "lists/adv.exc", "alone\n", 6);
    assert_int_equal(s_check(folder, report, &result, summary), 0);
    s_slurp(report, tsv);
    assert_string_equal(tsv, "noun.exc:2\tentry\tno lemma behind the form\n"
                             "adv.exc:1\tentry\tno lemma behind the form\n");
    assert_string_equal(summary, "         2  no lemma behind the form\n");
}

static void test_report_that_cannot_be_written(void **state)
{
    (void)state;
    import_result_t result;
    char summary[1024];
    progress_t *progress = progress_new(stderr, "book");
    assert_null(report_new("x", "/nonexistent/report", progress));
    progress_destroy(&progress);
    const char *path = scratch_write(&s_scratch, "book.csv", BOOK, strlen(BOOK));
    assert_int_equal(s_check(path, "/dev/full", &result, summary), -1);
}

static void s_take(report_t *report, uint64_t line, const char *field, const char *message)
{
    report_take(report, &(reader_warning_t){.line = line, .field = field, .message = message});
}

/* What is beyond the first is counted; reasons beyond the table are counted together. */
static void test_many(void **state)
{
    (void)state;
    char messages[REPORT_REASONS_MAX + 2][16];
    char line[256];
    FILE *log = tmpfile();
    int saved = dup(STDERR_FILENO);
    dup2(fileno(log), STDERR_FILENO);
    progress_t *progress = progress_new(stderr, "book");
    report_t *report = report_new("book", NULL, progress);
    for (unsigned i = 0; i < REPORT_REASONS_MAX + 2; i++) {
        snprintf(messages[i], sizeof messages[i], "reason %u", i);
        s_take(report, i, i % 2 ? lex_text_field_name(LEX_POS) : NULL, messages[i]);
    }
    s_take(report, 100, NULL, "reason 0");
    assert_int_equal(report_finish(report), 0);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(log);
    int lines = 0, fields = 0, more_lines = 0, more_fields = 0;
    while (fgets(line, sizeof line, log)) {
        lines += strstr(line, "import: book line 0: reason 0, passed over") != NULL;
        fields += strstr(line, "import: book line 1: pos: reason 1, left out") != NULL;
        more_lines += strstr(line, "24 more lines were passed over") != NULL;
        more_fields += strstr(line, "23 more fields were left out") != NULL;
    }
    assert_int_equal(lines, 1);
    assert_int_equal(fields, 1);
    assert_int_equal(more_lines, 1);
    assert_int_equal(more_fields, 1);
    rewind(log);
    report_print(report, log);
    fflush(log);
    rewind(log);
    assert_non_null(fgets(line, sizeof line, log));
    assert_string_equal(line, "         2  reason 0\n");
    assert_non_null(fgets(line, sizeof line, log));
    assert_string_equal(line, "         1  pos: reason 1\n");
    for (int i = 2; i <= REPORT_REASONS_MAX; i++)
        assert_non_null(fgets(line, sizeof line, log));
    assert_string_equal(line, "         2  for other reasons\n");
    fclose(log);
    report_destroy(&report);
    progress_destroy(&progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dry_run),       cmocka_unit_test(test_failed_dry_run),
        cmocka_unit_test(test_several_files), cmocka_unit_test(test_report_that_cannot_be_written),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
