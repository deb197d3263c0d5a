/* The command line of lexmq-dict: what it refuses, and what its exit codes say. */

#include "tests/unit/dict/fixture.h"

#include "dict/commands.h"

#define ARGUMENTS_MAX 16

static fixture_t s_fixture;
static char s_out[4096]; /* what the last command printed */

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

/* Runs a command with its words apart, standard output into s_out; returns the exit code. */
static int s_run(const char *first, ...)
{
    char hosts[160];
    snprintf(hosts, sizeof hosts, "--db-hosts=%s", s_fixture.database.hosts);
    char *argv[ARGUMENTS_MAX] = {"lexmq-dict", hosts, "--db-user=root"};
    int argc = 3;
    va_list args;
    va_start(args, first);
    for (const char *word = first; word; word = va_arg(args, const char *))
        argv[argc++] = (char *)word;
    va_end(args);
    fflush(stdout);
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    int code = EXIT_DONE;
    lex_config_t *config = lex_config_new(&commands_program, argc, argv, &code);
    if (config)
        code = commands_run(config);
    lex_config_destroy(&config);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    rewind(file);
    s_out[fread(s_out, 1, sizeof s_out - 1, file)] = '\0';
    fclose(file);
    return code;
}

static void test_usage(void **state)
{
    (void)state;
    char title[FORMAT_TITLE_MAX + 2];
    memset(title, 't', sizeof title);
    title[sizeof title - 1] = '\0';
    assert_int_equal(s_run(NULL), EXIT_USAGE);
    assert_int_equal(s_run("fetch", NULL), EXIT_USAGE);
    assert_int_equal(s_run("--colour", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "--name", "book", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "one", "two", "--name", "book", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "Book", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "", NULL), EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "book", "--format", "csv", NULL),
                     EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "book", "--title", "a\nb", NULL),
                     EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "book", "--title", "\xFF", NULL),
                     EXIT_USAGE);
    assert_int_equal(s_run("import", "book.txt", "--name", "book", "--title", title, NULL),
                     EXIT_USAGE);
    assert_int_equal(s_run("export", NULL), EXIT_USAGE);
    assert_int_equal(s_run("export", "book", NULL), EXIT_USAGE);
    assert_int_equal(s_run("export", "--name", "book", "--format", "csv", NULL), EXIT_USAGE);
    assert_int_equal(s_run("export", "--name", "book", "--format", "stardict", NULL), EXIT_USAGE);
    assert_int_equal(s_run("list", "book", NULL), EXIT_USAGE);
    assert_int_equal(s_run("remove", NULL), EXIT_USAGE);
    assert_int_equal(s_run("remove", "a b", NULL), EXIT_USAGE);
    assert_int_equal(s_run("--help", NULL), EXIT_DONE);
    assert_non_null(strstr(s_out, "remove NAME"));
}

static void test_failures(void **state)
{
    (void)state;
    assert_int_equal(s_run("import", "/nonexistent", "--name", "book", NULL), EXIT_FAILED);
    assert_int_equal(s_run("export", "--name", "book", NULL), EXIT_FAILED);
    assert_int_equal(s_run("remove", "book", NULL), EXIT_FAILED);
    assert_int_equal(s_run("list", "--db-hosts", "unix:/nonexistent", NULL), EXIT_FAILED);
}

/* A dry run says what an import would do, and asks no database. */
static void test_dry_run(void **state)
{
    (void)state;
    char report[256];
    snprintf(report, sizeof report, "%s/report.tsv", s_fixture.scratch.folder);
    const char *path =
        scratch_write(&s_fixture.scratch, "x.txt", "be/9 -> is,was\nlonely ->\n", 25);
    assert_int_equal(s_run("import", path, "--name", "book", "--dry-run", "--report", report,
                           "--db-hosts", "unix:/nonexistent", NULL),
                     EXIT_DONE);
    assert_memory_equal(s_out,
                        "book: 1 entries would be imported, 1 lines passed over, "
                        "0 fields left out, ",
                        75);
    assert_non_null(strstr(s_out,
                           "\nformat lemma of lemmas, 7 bytes of text, 1 entries with fields, "
                           "title book\n         1  no form\n"));
    assert_int_equal(access(report, R_OK), 0);
    assert_int_equal(s_run("import", path, "--name", "book", "--dry-run", "--format", "dict", NULL),
                     EXIT_FAILED);
    assert_int_equal(s_run("import", path, "--name", "book", "--dry-run", "--report",
                           "/nonexistent/report", NULL),
                     EXIT_FAILED);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM dictionaries"), 0);
}

static void test_a_life(void **state)
{
    (void)state;
    const char *path = scratch_write(&s_fixture.scratch, "x.index", "one 1\nlonely\ntwo 2\n", 19);
    assert_int_equal(s_run("import", path, "--name", "book", "--format", "wordbook", "--title",
                           "A Book", "--position=5", NULL),
                     EXIT_DONE);
    assert_memory_equal(s_out, "book: 2 entries, 1 lines passed over, ", 38);
    assert_int_equal(s_run("list", NULL), EXIT_DONE);
    assert_non_null(strstr(s_out, "POSITION  NAME"));
    assert_non_null(strstr(s_out, "       5  book "));
    assert_non_null(strstr(s_out, "  A Book\n"));
    assert_int_equal(s_run("export", "--name", "book", NULL), EXIT_DONE);
    assert_string_equal(s_out, "# lexmq word book 1\none              1\ntwo              2\n");
    char output[256];
    snprintf(output, sizeof output, "%s/out", s_fixture.scratch.folder);
    assert_int_equal(s_run("export", "--name", "book", "--output", output, NULL), EXIT_DONE);
    assert_string_equal(s_out, "book: 2 entries\n");
    assert_int_equal(s_run("export", "--name", "book", "--format", "ecdict", NULL), EXIT_DONE);
    assert_string_equal(strchr(s_out, '\n'), "\none,,1,,,,,,0,0,,,\ntwo,,2,,,,,,0,0,,,\n");
    snprintf(output, sizeof output, "%s/out.ifo", s_fixture.scratch.folder);
    assert_int_equal(s_run("export", "--name", "book", "--output", output, NULL), EXIT_DONE);
    assert_int_equal(access(output, R_OK), 0);
    assert_int_equal(s_run("import", output, "--name", "copy", NULL), EXIT_DONE);
    assert_memory_equal(s_out, "copy: 2 entries, 0 lines passed over, ", 38);
    assert_int_equal(s_run("remove", "copy", NULL), EXIT_DONE);
    assert_int_equal(s_run("remove", "book", NULL), EXIT_DONE);
    assert_int_equal(s_run("list", NULL), EXIT_DONE);
    assert_null(strstr(s_out, "A Book"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_a_life),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
