/* Other people's programs on what we export: sdcv on StarDict, dictd on DICT. */

#include "tests/unit/dict/exporting.h"

#include <sys/stat.h>

#define DICTD "/usr/sbin/dictd"
#define SDCV  "/usr/bin/sdcv"

static scratch_t s_scratch;

static int s_setup(void **state)
{
    (void)state;
    scratch_open(&s_scratch);
    assert_int_equal(chmod(s_scratch.folder, 0755),
                     0);                 /* started by root, dictd takes another account */
    setenv("HOME", s_scratch.folder, 1); /* sdcv looks for settings there */
    setenv("LC_ALL", "C.UTF-8", 1);
    return 0;
}

static int s_teardown(void **state)
{
    (void)state;
    scratch_close(&s_scratch);
    return 0;
}

/* Enough of them, sorted otherwise than they come, that both programs have to search. */
static size_t s_entries(lex_entry_t *entries, char (*words)[16])
{
    static const char *const real[][3] = {
        {"Zebra", "a striped horse\n\nof Africa", "stripes"},
        {"C++", "a language", "C plus plus\nsee plus plus"},
        {"C", "an older language", ""},
        {"\xC3\xA9t\xC3\xA9", "summer \xE5\xA4\x8F", "ete"},
        {"ice cream", "it melts", "gelato"},
    };
    size_t count = 0;
    for (; count < sizeof real / sizeof real[0]; count++)
        entries[count] = exporting_entry(real[count][0], real[count][1], "", real[count][2]);
    for (int i = 0; i < 500; i++, count++) {
        snprintf(words[i], sizeof words[i], "%s%03d", i % 2 ? "Word" : "word", 499 - i);
        entries[count] = exporting_entry(words[i], "one of many", "", "");
    }
    return count;
}

static void s_export(const exporter_format_t *format, const char *name)
{
    static lex_entry_t entries[600];
    static char words[600][16];
    size_t count = s_entries(entries, words);
    assert_int_equal(exporting_run(format, scratch_path(&s_scratch, name), entries, count), 0);
}

/* What a command prints, in a buffer that the next call writes to. */
static const char *s_run(const char *command)
{
    static char out[1 << 16];
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    out[fread(out, 1, sizeof out - 1, pipe)] = '\0';
    assert_int_equal(pclose(pipe), 0);
    return out;
}

static void s_assert_found(const char *word, const char *headword, const char *text)
{
    char command[512];
    char expected[512];
    snprintf(command, sizeof command,
             SDCV " --data-dir %s --only-data-dir --non-interactive --exact-search --utf8-output "
                  "--utf8-input -- '%s'",
             s_scratch.folder, word);
    snprintf(expected, sizeof expected, "-->%s\n-->%s\n\n%s\n\n", EXPORTING_TITLE, headword, text);
    const char *out = s_run(command);
    assert_non_null(strstr(out, "Found 1 items"));
    assert_string_equal(strstr(out, "-->"), expected);
}

static void test_sdcv(void **state)
{
    (void)state;
    if (access(SDCV, X_OK) != 0)
        skip();
    s_export(&exporter_stardict, "star");
    s_assert_found("Zebra", "Zebra", "a striped horse\n\nof Africa");
    s_assert_found("C++", "C++", "a language");
    s_assert_found("C", "C", "an older language");
    s_assert_found("gelato", "ice cream", "it melts");
    s_assert_found("ete", "\xC3\xA9t\xC3\xA9", "summer \xE5\xA4\x8F");
    s_assert_found("\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9", "summer \xE5\xA4\x8F");
    s_assert_found("C plus plus", "C++", "a language");
    s_assert_found("word001", "word001", "one of many");
    s_assert_found("Word498", "Word498", "one of many");
}

/* What dictd answers a command, from the line behind its echo to its last status. */
static const char *s_ask(const char *command)
{
    char line[512];
    snprintf(line, sizeof line,
             "printf '%s\\r\\nQUIT\\r\\n' | " DICTD
             " -c %s/dictd.conf --locale C.UTF-8 --inetd --stdin2stdout 2>&1 | tr -d '\\r' | "
             "sed -e '1,2d' -e '/^# QUIT/,$d' -e 's/ \\[d.m.c.*//'",
             command, s_scratch.folder);
    return s_run(line);
}

static void test_dictd(void **state)
{
    (void)state;
    char settings[512];
    if (access(DICTD, X_OK) != 0)
        skip();
    s_export(&exporter_dict, "base");
    snprintf(settings, sizeof settings,
             "access { allow * }\ndatabase base { data \"%s/base.dict.dz\"\n index "
             "\"%s/base.index\" }\n",
             s_scratch.folder, s_scratch.folder);
    scratch_write(&s_scratch, "dictd.conf", settings, strlen(settings));
    assert_string_equal(s_ask("SHOW DB"),
                        "110 1 databases present\nbase \"Test words\"\n.\n250 ok\n");
    assert_string_equal(s_ask("DEFINE base zebra"),
                        "150 1 definitions retrieved\n151 \"Zebra\" base \"Test words\"\n"
                        "Zebra\na striped horse\n\nof Africa\n.\n250 ok\n");
    assert_string_equal(s_ask("DEFINE base C"),
                        "150 1 definitions retrieved\n151 \"C\" base \"Test words\"\n"
                        "C\nan older language\n.\n250 ok\n");
    assert_string_equal(
        s_ask("DEFINE base \xC3\x89T\xC3\x89"),
        "150 1 definitions retrieved\n151 \"\xC3\xA9t\xC3\xA9\" base \"Test words\"\n"
        "\xC3\xA9t\xC3\xA9\nsummer \xE5\xA4\x8F\n.\n250 ok\n");
    assert_string_equal(s_ask("DEFINE base nothing"), "552 no match\n");
    static const char *const matches[][3] = {
        {"exact", "c++", "C++"},
        {"prefix", "zeb", "Zebra"},
        {"suffix", "cream", "ice cream"},
        {"substring", "ebr", "Zebra"},
        {"re", "^z", "Zebra"},
        {"regexp", "bra$", "Zebra"},
        {"soundex", "zebru", "Zebra"},
        {"lev", "zebrb", "Zebra"},
        {"word", "cream", "ice cream"},
        {"first", "ice", "ice cream"},
        {"last", "cream", "ice cream"},
        {"nprefix", "0#1#zeb", "Zebra"},
        {"exact", "word498", "Word498"},
        {"exact", "WORD001", "word001"},
    };
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
        char command[128];
        char expected[128];
        snprintf(command, sizeof command, "MATCH base %s %s", matches[i][0], matches[i][1]);
        snprintf(expected, sizeof expected, "152 1 matches found\nbase \"%s\"\n.\n250 ok\n",
                 matches[i][2]);
        assert_string_equal(s_ask(command), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sdcv),
        cmocka_unit_test(test_dictd),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
