/* ECDICT: docs/dictionaries.md, "ECDICT". */

#include "tests/unit/dict/fields.h"
#include "tests/unit/dict/scratch_fixture.h"

#include "dict/csv_rows.h"

#define HEADER                                                                                     \
    "word,phonetic,definition,translation,pos,collins,oxford,tag,bnc,frq,exchange,detail,audio\n"

static reading_t s_reading;
static char s_entry[2048];

static int s_read_bytes(const void *data, size_t size)
{
    const char *path = scratch_write(&s_scratch, "ecdict.csv", data, size);
    return reading_run(&s_reading, &format_ecdict, path);
}

#define READ(text) assert_int_equal(s_read_bytes(text, sizeof(text) - 1), 0)

/* After READ: an entry of the file with its fields. */
static void s_assert_entry(size_t index, const char *expected)
{
    char path[256];
    snprintf(path, sizeof path, "%s/ecdict.csv", s_scratch.folder);
    assert_string_equal(fields_entry(&format_ecdict, path, index, s_entry), expected);
}

static void s_assert_warnings(const char *const *expected, size_t count)
{
    assert_int_equal(s_reading.warnings, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(s_reading.messages[i], expected[i]);
}

static void test_all_columns(void **state)
{
    (void)state;
    READ(HEADER "go,g\xC9\x99u,v. move,v. \xE8\xB5\xB0,n:1/v:99,5,1,zk gk cet4,35,40,"
                "p:went/d:gone/i:going/3:goes,\"{\"\"a\"\":\"\"x\\ny\"\"}\",http://a/b\n");
    s_assert_entry(0, "go: v. \xE8\xB5\xB0\nv. move phonetic=g\xC9\x99u pos=n:1/v:99 "
                      "tags=zk gk cet4 forms=p:went/d:gone/i:going/3:goes audio=http://a/b "
                      "detail={\"a\":\"x\\ny\"} collins=5 oxford=1 bnc_rank=35 modern_rank=40 "
                      "translation_bytes=6");
    assert_int_equal(s_reading.warnings, 0);
}

/* Columns are what the header says; those that it does not know are dropped. */
static void test_header(void **state)
{
    (void)state;
    READ("\xEF\xBB\xBF frq ,sw,\"Translation\",WORD\r\n7,x,T,one\r\n,,U,two\r\n");
    s_assert_entry(0, "one: T modern_rank=7 translation_bytes=1");
    s_assert_entry(1, "two: U translation_bytes=1");
    static const char *const bad[] = {"",
                                      "\n\n",
                                      "word,phonetic\na,b\n",
                                      "definition,pos\na,b\n",
                                      "apple,,x,y\n",
                                      "word,\"definition\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(s_read_bytes(bad[i], strlen(bad[i])), -1);
        assert_non_null(strstr(s_reading.error, "does not name the columns word and"));
    }
    assert_int_equal(reading_run(&s_reading, &format_ecdict, "/nonexistent"), -1);
    assert_int_equal(reading_run(&s_reading, &format_ecdict, s_scratch.folder), -1);
}

static void test_quoting(void **state)
{
    (void)state;
    READ(HEADER "\"a, b\",,,\"say \"\"no\"\"\"\n"
                "lines,,,\"one\ntwo\r\nthree\n\nfive\"\r\n"
                "\r\n\n"
                "loose,,,a \"b\" c\n"
                "\"\"\"odd\",,,\"\"\"\"\n"
                "blanks,,,  kept  \n"
                "last,,,end");
    assert_string_equal(s_reading.entries,
                        "a, b=say \"no\"|lines=one\ntwo\nthree\n\nfive|loose=a \"b\" c|\"odd=\"|"
                        "blanks=  kept  |last=end");
    assert_int_equal(s_reading.warnings, 0);
}

static void test_short_and_long_rows(void **state)
{
    (void)state;
    char row[1024] = HEADER "many,,,text,,,,,,,,,http://x,more,and more";
    for (int i = 0; i < 2 * CSV_COLUMNS_MAX; i++)
        strcat(row, ",x");
    strcat(row, "\nshort,,d\nshorter\n\"shortest\"\n");
    assert_int_equal(s_read_bytes(row, strlen(row)), 0);
    assert_string_equal(s_reading.entries, "many=text|short=d");
    s_assert_entry(0, "many: text audio=http://x translation_bytes=4");
    static const char *const warnings[] = {"no explanation", "no explanation"};
    s_assert_warnings(warnings, 2);
    assert_int_equal(s_reading.lines[0], 4);
}

/* The last column that counts, and one behind it. */
static void test_column_limit(void **state)
{
    (void)state;
    char csv[1024] = "word";
    for (int i = 2; i < CSV_COLUMNS_MAX; i++)
        strcat(csv, ",x");
    strcat(csv, ",translation,definition\nword");
    for (int i = 2; i < CSV_COLUMNS_MAX; i++)
        strcat(csv, ",");
    strcat(csv, ",T,D\n");
    assert_int_equal(s_read_bytes(csv, strlen(csv)), 0);
    s_assert_entry(0, "word: T translation_bytes=1");
}

static void test_escapes(void **state)
{
    (void)state;
    READ(HEADER "w\\\\x,p\\q,d\\\\n,a\\nb\\rc\\\\d\\te\\,,,,,,,,,\n");
    s_assert_entry(0, "w\\x: a\nb\rc\\d\\te\\\nd\\n phonetic=p\\q translation_bytes=11");
}

/* Where the text comes from. */
static void test_translation_and_definition(void **state)
{
    (void)state;
    READ(HEADER "both,,D,T\nfirst,,,T\nsecond,,D,\nblank,,D,  \nneither,,,\nblanks,, , \n,,,T\n");
    s_assert_entry(0, "both: T\nD translation_bytes=1");
    s_assert_entry(1, "first: T translation_bytes=1");
    s_assert_entry(2, "second: D");
    s_assert_entry(3, "blank: D");
    static const char *const warnings[] = {"no explanation", "no explanation", "no headword"};
    s_assert_warnings(warnings, 3);
    assert_int_equal(s_reading.lines[2], 8);
}

static void test_numbers(void **state)
{
    (void)state;
    READ(HEADER "good,,,T,,5,1,,4294967295,0007,,,\n"
                "empty,,,T,, ,,,,0,,,\n"
                "large,,,T,,6,2,,4294967296,99999999999999999999999,,,\n"
                "bad,,,T,,-1,1.0,,1x,x,,,\n");
    s_assert_entry(0, "good: T collins=5 oxford=1 bnc_rank=4294967295 modern_rank=7 "
                      "translation_bytes=1");
    s_assert_entry(1, "empty: T translation_bytes=1");
    s_assert_entry(2, "large: T translation_bytes=1");
    s_assert_entry(3, "bad: T translation_bytes=1");
    static const char *const warnings[] = {"bnc_rank: no number up to 4294967295",
                                           "modern_rank: no number up to 4294967295",
                                           "collins: more than 5",
                                           "oxford: more than 1",
                                           "collins: no number up to 4294967295",
                                           "oxford: no number up to 4294967295",
                                           "bnc_rank: no number up to 4294967295",
                                           "modern_rank: no number up to 4294967295"};
    s_assert_warnings(warnings, 8);
    assert_int_equal(s_reading.dropped, 8);
    assert_int_equal(s_reading.skipped, 0);
    assert_int_equal(s_reading.lines[0], 4);
}

/* Unknown codes and empty values stay, and tags are parted by single blanks. */
static void test_exchange_and_tags(void **state)
{
    (void)state;
    READ(HEADER "w,,,T,,,, zk  gk\tcet4 ,,,f:ws/i:/0:x/1:s3,,\nv,,,T,,,,  ,,,,,\n");
    s_assert_entry(0, "w: T tags=zk gk cet4 forms=f:ws/i:/0:x/1:s3 translation_bytes=1");
    s_assert_entry(1, "v: T translation_bytes=1");
}

/* A field that is wrong goes, its entry stays. */
static void test_bad_fields(void **state)
{
    (void)state;
    char csv[64 << 10] = HEADER;
    char x[LEX_FIELD_MAX + 2];
    memset(x, 'x', sizeof x);
    size_t size = strlen(csv);
    size += (size_t)sprintf(csv + size, "fits,%.1000s,,T,,,,,,,%.16384s,,\n", x, x);
    size += (size_t)sprintf(csv + size, "long,%.1001s,,T,,,,,,,%.16385s,,\n", x, x);
    size += (size_t)sprintf(csv + size, "wrong,\xFF,,T,a\\nb,,,a\x01,,,\x7F,a\\nb\x02,a\\nb\n");
    size += (size_t)sprintf(csv + size, "lines,,,T,,,,,,,,\"a\nb\",\n");
    assert_int_equal(s_read_bytes(csv, size), 0);
    assert_int_equal(s_reading.count, 4);
    static const char *const warnings[] = {"phonetic: longer than 1000 bytes",
                                           "forms: longer than 16384 bytes",
                                           "phonetic: not UTF-8",
                                           "pos: a control character",
                                           "tags: a control character",
                                           "forms: a control character",
                                           "audio: a control character",
                                           "detail: a control character"};
    s_assert_warnings(warnings, 8);
    assert_int_equal(s_reading.dropped, 8);
    s_assert_entry(1, "long: T translation_bytes=1");
    s_assert_entry(2, "wrong: T translation_bytes=1");
    s_assert_entry(3, "lines: T detail=a\nb translation_bytes=1");
}

/* An entry that is passed over is not also said to lack its fields. */
static void test_bad_entries(void **state)
{
    (void)state;
    READ(HEADER "a\\nb,,,T,,x,,,,,,,\nbad\xFF,,,T\ntext,,,\xFF\ngood,,,T\n");
    static const char *const warnings[] = {"the headword has a control character",
                                           "the headword is not UTF-8", "the text is not UTF-8"};
    s_assert_warnings(warnings, 3);
    assert_string_equal(s_reading.entries, "good=T");
}

/* Where such a field ends cannot be known; it ends with its line, which is all that is lost. */
static void test_behind_a_quotation_mark(void **state)
{
    (void)state;
    READ(HEADER "one,,,T\ntwo,,,\"a\"b,\"\nthree,,,T\nfour,,,\"x\ny\" ,\nfive,,,\"T\"\r\n");
    assert_string_equal(s_reading.entries, "one=T|three=T|five=T");
    static const char *const warnings[] = {"something stands behind a closing quotation mark",
                                           "something stands behind a closing quotation mark"};
    s_assert_warnings(warnings, 2);
    assert_int_equal(s_reading.lines[0], 3);
    assert_int_equal(s_reading.lines[1], 5);
}

static void test_open_quotation_mark(void **state)
{
    (void)state;
    READ(HEADER "one,,,T\ntwo,,,\"T\nthree,,,T\n");
    assert_string_equal(s_reading.entries, "one=T");
    static const char *const warnings[] = {"a quotation mark is not closed"};
    s_assert_warnings(warnings, 1);
    assert_int_equal(s_reading.lines[0], 3);
}

/* Neither a line nor a row without an end is held: reading goes on at the line behind the limit. */
static void test_row_limit(void **state)
{
    (void)state;
    const char *path = scratch_path(&s_scratch, "huge.csv");
    FILE *file = fopen(path, "w");
    fputs(HEADER "one,,,T\ntwo,,,\"T\n", file);
    static char line[1 << 16];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    size_t rest = CSV_ROW_MAX - strlen("two,,,\"T\n");
    size_t lines = rest / sizeof line + 1;
    for (size_t i = 0; i < lines; i++)
        fwrite(line, 1, sizeof line, file);
    fputs("three,,,T\n", file);
    for (size_t i = 0; i < lines + 1; i++) /* and one line that is too long */
        fwrite(line, 1, sizeof line - 1, file);
    fputs("\nfour,,,T\n", file);
    fclose(file);
    assert_int_equal(reading_run(&s_reading, &format_ecdict, path), 0);
    assert_string_equal(s_reading.entries, "one=T|three=T|four=T");
    static const char *const warnings[] = {"the row is longer than 17 MiB",
                                           "the row is longer than 17 MiB"};
    s_assert_warnings(warnings, 2);
    assert_int_equal(s_reading.lines[0], 3);
    assert_int_equal(s_reading.lines[1], lines + 5);
    unlink(path);
}

static void test_guess(void **state)
{
    (void)state;
    static const char *const yes[] = {HEADER, "\xEF\xBB\xBF" HEADER "a,b\n",
                                      "\"word\",\"translation\"\r\n", "id,Word,Definition\n"};
    static const char *const no[] = {"word\n", "word,phonetic\n", "",
                                     "apple,n. a word, translation\n",
                                     "word             n. word,translation\n"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x", yes[i], strlen(yes[i]))),
                         &format_ecdict);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x.csv", no[i], strlen(no[i]))),
                         &format_wordbook);
    assert_ptr_equal(format_guess(s_scratch.path), &format_wordbook);
    assert_ptr_equal(format_guess("/nonexistent.csv"), &format_wordbook);
    assert_ptr_equal(format_guess("/dev/null"), &format_wordbook);
    assert_ptr_equal(format_find("ecdict"), &format_ecdict);
    assert_string_equal(format_kind(&format_ecdict), "words");
}

/* The project's own sample, where it is: 53 rows, of which one lacks its beginning. */
static void test_real_sample(void **state)
{
    (void)state;
    char path[512];
    if (!fields_shared("ecdict.mini.csv", path))
        skip();
    assert_ptr_equal(format_guess(path), &format_ecdict);
    assert_int_equal(reading_run(&s_reading, &format_ecdict, path), 0);
    assert_int_equal(s_reading.count, 52);
    assert_int_equal(s_reading.skipped, 1);
    assert_string_equal(s_reading.messages[0], "the headword has a control character");
    assert_memory_equal(fields_entry(&format_ecdict, path, 0, s_entry), "'hood: n. ", 10);
    assert_non_null(strstr(s_entry, " phonetic=h\xCA\x8A"
                                    "d translation_bytes=182"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_columns),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_short_and_long_rows),
        cmocka_unit_test(test_column_limit),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_translation_and_definition),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_exchange_and_tags),
        cmocka_unit_test(test_bad_fields),
        cmocka_unit_test(test_bad_entries),
        cmocka_unit_test(test_behind_a_quotation_mark),
        cmocka_unit_test(test_open_quotation_mark),
        cmocka_unit_test(test_row_limit),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_real_sample),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
