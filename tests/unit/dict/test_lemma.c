/* Dictionaries of lemmas: docs/dictionaries.md, "Lemma file" and "WordNet's exceptions". */

#include "tests/unit/dict/fields.h"
#include "tests/unit/dict/scratch_fixture.h"

#include <sys/stat.h>

#define WORDNET        "/usr/share/wordnet"
#define WORDNET_LEMMAS 6053 /* of 5,952 lines */
#define SHARED_GROUPS  84487

static reading_t s_reading;
static char s_entry[2048];

static int s_read_bytes(const format_t *format, const void *data, size_t size)
{
    const char *path = scratch_write(&s_scratch, "lemmas", data, size);
    return reading_run(&s_reading, format, path);
}

#define READ(format, text) assert_int_equal(s_read_bytes(format, text, sizeof(text) - 1), 0)

/* After READ: an entry of the file with its fields. */
static void s_assert_entry(const format_t *format, size_t index, const char *expected)
{
    char path[256];
    snprintf(path, sizeof path, "%s/lemmas", s_scratch.folder);
    assert_string_equal(fields_entry(format, path, index, s_entry), expected);
}

static void s_assert_warnings(const char *const *expected, size_t count)
{
    assert_int_equal(s_reading.warnings, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(s_reading.messages[i], expected[i]);
}

static void test_groups(void **state)
{
    (void)state;
    READ(&format_lemma, "\xEF\xBB\xBF; a comment -> x\r\n"
                        "be/4109826 -> is,was,'s\r\n"
                        "pied-\xC3\xA0-terre -> pieds-\xC3\xA0-terre\n"
                        "\n  \n"
                        " hot dog / 7  ->  hot dogs , , hotdogs ,\n"
                        "x->y");
    s_assert_entry(&format_lemma, 0, "be: is, was, 's forms=f:is,was,'s frequency=4109826");
    s_assert_entry(&format_lemma, 1,
                   "pied-\xC3\xA0-terre: pieds-\xC3\xA0-terre forms=f:pieds-\xC3\xA0-terre");
    s_assert_entry(&format_lemma, 2,
                   "hot dog: hot dogs, hotdogs forms=f:hot dogs,hotdogs frequency=7");
    s_assert_entry(&format_lemma, 3, "x: y forms=f:y");
    assert_int_equal(s_reading.count, 4);
    assert_int_equal(s_reading.warnings, 0);
    assert_string_equal(s_reading.title, "");
}

static void test_slashes_and_counts(void **state)
{
    (void)state;
    READ(&format_lemma, "and/or -> x\n"
                        "and/or/12 -> y\n"
                        "a/4294967295 -> as\n"
                        "b/4294967296 -> bs\n"
                        "c/0 -> c/s,cs\n"
                        "d/ -> ds\n");
    s_assert_entry(&format_lemma, 0, "and/or: x forms=f:x");
    s_assert_entry(&format_lemma, 1, "and/or: y forms=f:y frequency=12");
    s_assert_entry(&format_lemma, 2, "a: as forms=f:as frequency=4294967295");
    s_assert_entry(&format_lemma, 3, "b: bs forms=f:bs");
    s_assert_entry(&format_lemma, 4, "c: cs forms=f:cs");
    s_assert_entry(&format_lemma, 5, "d/: ds forms=f:ds");
    static const char *const warnings[] = {"frequency: no number up to 4294967295",
                                           "forms: a form with a slash"};
    s_assert_warnings(warnings, 2);
    assert_int_equal(s_reading.lines[1], 5);
}

static void test_bad_groups(void **state)
{
    (void)state;
    READ(&format_lemma, "no arrow\n"
                        " -> form\n"
                        "/5 -> form\n"
                        "lonely/3 ->\n"
                        "alone -> , ,\n"
                        "cut -> a/b\n"
                        "bad\xFF -> x\n"
                        "good -> x\xFF\n"
                        "good -> y\x01\n"
                        "good -> z\n");
    assert_int_equal(s_reading.count, 2);
    static const char *const warnings[] = {"not a line of a lemma file",
                                           "not a line of a lemma file",
                                           "not a line of a lemma file",
                                           "no form",
                                           "no form",
                                           "forms: a form with a slash",
                                           "no form",
                                           "the headword is not UTF-8",
                                           "the text is not UTF-8",
                                           "forms: a control character"};
    s_assert_warnings(warnings, 10);
    s_assert_entry(&format_lemma, 1, "good: z forms=f:z");
}

static void test_long_groups(void **state)
{
    (void)state;
    size_t size = 80 << 10;
    char *file = malloc(3 * size);
    size_t length = (size_t)sprintf(file, "most -> ");
    while (length < 65536 - 2)
        length += (size_t)sprintf(file + length, "a,");
    length += (size_t)sprintf(file + length, "\nmore -> ");
    memset(file + length, 'x', size);
    length += size;
    length += (size_t)sprintf(file + length, "\nlast -> lasts\n");
    assert_int_equal(s_read_bytes(&format_lemma, file, length), 0);
    free(file);
    assert_int_equal(s_reading.count, 2);
    static const char *const warnings[] = {"forms: longer than 16384 bytes",
                                           "the line is longer than 64 KiB"};
    s_assert_warnings(warnings, 2);
}

static void test_exceptions(void **state)
{
    (void)state;
    READ(&format_exc, "mice mouse\r\n"
                      "axes  ax\taxis \n"
                      "\n"
                      "aides-de-camp aide-de-camp\n"
                      "attorneys_general attorney_general\n"
                      " _ x\n"
                      "best good well");
    s_assert_entry(&format_exc, 0, "mouse: mice forms=f:mice");
    s_assert_entry(&format_exc, 1, "ax: axes forms=f:axes");
    s_assert_entry(&format_exc, 2, "axis: axes forms=f:axes");
    s_assert_entry(&format_exc, 4, "attorney general: attorneys general forms=f:attorneys general");
    s_assert_entry(&format_exc, 6, "well: best forms=f:best");
    assert_int_equal(s_reading.count, 7);
    static const char *const warnings[] = {"no explanation"};
    s_assert_warnings(warnings, 1);
    assert_int_equal(s_reading.lines[0], 6);
}

static void test_bad_exceptions(void **state)
{
    (void)state;
    char file[1024];
    char word[300];
    memset(word, 'w', sizeof word);
    int size =
        snprintf(file, sizeof file,
                 "lonely\nalone  \na/b c\na,b c\nx %.256s y\nx\x01 y\nx\xFF y\nx y/z\n", word);
    assert_int_equal(s_read_bytes(&format_exc, file, (size_t)size), 0);
    static const char *const warnings[] = {"no lemma behind the form",
                                           "no lemma behind the form",
                                           "the form has a slash or a comma",
                                           "the form has a slash or a comma",
                                           "the headword is longer than 255 bytes",
                                           "forms: a control character",
                                           "the text is not UTF-8"};
    s_assert_warnings(warnings, 7);
    assert_string_equal(s_reading.entries, "y=x|y=x\x01|y/z=x");
}

/* Those files of a folder that are there, each with lines of its own. */
static void test_folder(void **state)
{
    (void)state;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/wordnet", s_scratch.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_ptr_equal(format_guess(folder), &format_exc);
    assert_int_equal(reading_run(&s_reading, &format_exc, folder), -1);
    assert_non_null(strstr(s_reading.error, "there is no noun.exc"));
    scratch_write(&s_scratch, "wordnet/adv.exc", "best well\nlonely\n", 17);
    scratch_write(&s_scratch, "wordnet/noun.exc", "mice mouse\n", 11);
    scratch_write(&s_scratch, "wordnet/verb.exc", "", 0);
    scratch_write(&s_scratch, "wordnet/other.exc", "no no\n", 6);
    assert_int_equal(reading_run(&s_reading, &format_exc, folder), 0);
    assert_string_equal(s_reading.entries, "mouse=mice|well=best");
    assert_int_equal(s_reading.warnings, 1);
    assert_int_equal(s_reading.lines[0], 2);
    assert_string_equal(s_reading.parts[0], "adv.exc");
    assert_int_equal(mkdir(scratch_path(&s_scratch, "wordnet/adj.exc"), 0700), 0);
    assert_int_equal(reading_run(&s_reading, &format_exc, folder), -1);
    assert_non_null(strstr(s_reading.error, "adj.exc: Is a directory"));
    assert_int_equal(reading_run(&s_reading, &format_exc, "/nonexistent.exc"), -1);
}

static void test_guess(void **state)
{
    (void)state;
    static const char lemmas[] = "; a list\n;\nbe/4 -> is,was\r\n\r\n'hood -> 'hoods\r\n";
    static const char *const no[] = {"; a comment\n", "be -> is\nword             n. word\n",
                                     "a word           stands -> here\n"};
    assert_ptr_equal(format_guess("x.exc"), &format_exc);
    assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x.txt", lemmas, sizeof lemmas - 1)),
                     &format_lemma);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_ptr_equal(format_guess(scratch_write(&s_scratch, "x.txt", no[i], strlen(no[i]))),
                         &format_wordbook);
    assert_ptr_equal(format_guess("dict/lexmq-wordbook.txt"), &format_wordbook);
    assert_string_equal(format_kind(&format_lemma), "lemmas");
    assert_string_equal(format_kind(&format_exc), "lemmas");
}

/* The real things, where they are installed. */
static void test_real_exceptions(void **state)
{
    (void)state;
    if (access(WORDNET "/noun.exc", R_OK) != 0) {
        print_message("%s is not there: Debian's wordnet-base would be read here\n", WORDNET);
        skip();
    }
    assert_int_equal(reading_run(&s_reading, &format_exc, WORDNET), 0);
    assert_int_equal(s_reading.count, WORDNET_LEMMAS);
    assert_int_equal(s_reading.warnings, 0);
    assert_memory_equal(s_reading.entries, "aardwolf=aardwolves|abacus=abaci|", 33);
}

static void test_real_groups(void **state)
{
    (void)state;
    char path[512];
    if (!fields_shared("lemma.en.txt", path))
        skip();
    assert_ptr_equal(format_guess(path), &format_lemma);
    assert_int_equal(reading_run(&s_reading, &format_lemma, path), 0);
    assert_int_equal(s_reading.count, SHARED_GROUPS);
    assert_int_equal(s_reading.warnings, 0);
    assert_string_equal(fields_entry(&format_lemma, path, 2, s_entry),
                        "it: its, they forms=f:its,they frequency=1213224");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),          cmocka_unit_test(test_slashes_and_counts),
        cmocka_unit_test(test_bad_groups),      cmocka_unit_test(test_long_groups),
        cmocka_unit_test(test_exceptions),      cmocka_unit_test(test_bad_exceptions),
        cmocka_unit_test(test_folder),          cmocka_unit_test(test_guess),
        cmocka_unit_test(test_real_exceptions), cmocka_unit_test(test_real_groups),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
