/* DICT databases: index, text, and what the database says about itself. */

#include "tests/unit/dict/scratch.h"
#include "tests/unit/dict/scratch_fixture.h"

#include "tests/unit/dict/packer.h"

#define WORDNET         "/usr/share/dictd/wn.index"
#define WORDNET_ENTRIES 147306

static reading_t s_reading;

/* A database under construction. */
typedef struct {
    char index[4096];
    size_t index_size;
    char text[4096];
    size_t text_size;
} s_base_t;

static char *s_number(char *out, uint64_t number)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char reversed[16];
    size_t count = 0;
    do {
        reversed[count++] = digits[number % 64];
        number /= 64;
    } while (number > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    out[count] = '\0';
    return out;
}

static void s_add_line(s_base_t *base, const char *word, uint64_t offset, uint64_t size,
                       const char *rest)
{
    char one[16], two[16];
    base->index_size += (size_t)sprintf(base->index + base->index_size, "%s\t%s\t%s%s\n", word,
                                        s_number(one, offset), s_number(two, size), rest);
}

static void s_add(s_base_t *base, const char *word, const char *text)
{
    s_add_line(base, word, base->text_size, strlen(text), "");
    base->text_size += (size_t)sprintf(base->text + base->text_size, "%s", text);
}

static void s_write_index(const s_base_t *base)
{
    scratch_write(&s_scratch, "base.index", base->index, base->index_size);
}

/* Writes both files, the text plain, and reads them by the index's name. */
static int s_read_base(const s_base_t *base)
{
    scratch_write(&s_scratch, "base.dict", base->text, base->text_size);
    s_write_index(base);
    return reading_run(&s_reading, &format_dict, s_scratch.path);
}

static void test_entries_and_meta(void **state)
{
    (void)state;
    s_base_t base = {0};
    s_add(&base, "00-database-info", "00-database-info\nLong words\n");
    s_add(&base, "00-database-short", "00-database-short\n     Test words \n");
    s_add(&base, "00databaseutf8", "");
    s_add(&base, "apple", "Apple\n    a fruit\n");
    s_add(&base, "pear", "pear, another\n");
    s_add(&base, "pear", "a second sense");
    s_add_line(&base, "z", 0, 16, "\tZ-form");
    assert_int_equal(s_read_base(&base), 0);
    assert_string_equal(s_reading.entries, "Apple=a fruit|pear=pear, another|pear=a second sense|"
                                           "Z-form=00-database-info");
    assert_string_equal(s_reading.title, "Test words");
    assert_int_equal(s_reading.skipped, 0);
}

static void test_packed_text_and_either_name(void **state)
{
    (void)state;
    s_base_t base = {0};
    s_add(&base, "one", "one\nfirst\n");
    s_add(&base, "two", "two\nsecond\n");
    s_write_index(&base);
    for (int i = 0; i < 2; i++) {
        packer_options_t options = {.chunk_size = 8, .no_random_access = i == 1};
        packed_t packed = packer_pack(base.text, base.text_size, &options);
        const char *path = scratch_write(&s_scratch, "base.dict.dz", packed.data, packed.size);
        free(packed.data);
        assert_ptr_equal(format_guess(path), &format_dict);
        assert_int_equal(reading_run(&s_reading, &format_dict, path), 0);
        assert_string_equal(s_reading.entries, "one=first|two=second");
        path = scratch_path(&s_scratch, "base.index");
        assert_int_equal(reading_run(&s_reading, &format_dict, path), 0);
        assert_string_equal(s_reading.entries, "one=first|two=second");
    }
    unlink(scratch_path(&s_scratch, "base.dict.dz"));
    scratch_write(&s_scratch, "base.dict", base.text, base.text_size);
    assert_int_equal(reading_run(&s_reading, &format_dict, s_scratch.path), 0);
    assert_string_equal(s_reading.entries, "one=first|two=second");
}

static void test_encodings(void **state)
{
    (void)state;
    s_base_t base = {0};
    s_add(&base, "caf\xE9", "CAF\xC9\nd\xE9j\xE0 vu\n"); /* ISO-8859-1 */
    s_add(&base, "na\xC3\xAFve", "UTF-8 \xC3\xA9\n");    /* is UTF-8 although nothing says so */
    assert_int_equal(s_read_base(&base), 0);
    assert_string_equal(s_reading.entries,
                        "CAF\xC3\x89=d\xC3\xA9j\xC3\xA0 vu|na\xC3\xAFve=UTF-8 \xC3\xA9");

    s_add(&base, "00-database-utf8", "");
    assert_int_equal(s_read_base(&base), 0);
    assert_string_equal(s_reading.entries, "na\xC3\xAFve=UTF-8 \xC3\xA9");
    assert_int_equal(s_reading.skipped, 1);
    assert_string_equal(s_reading.messages[0], "the headword is not UTF-8");
}

static void test_bounds(void **state)
{
    (void)state;
    s_base_t base = {0};
    s_add(&base, "good", "good\ntext\n");
    s_add_line(&base, "behind", base.text_size, 1, "");
    s_add_line(&base, "over", base.text_size - 1, 2, "");
    s_add_line(&base, "far", UINT64_MAX, 1, "");
    s_add_line(&base, "long", 0, UINT64_MAX, "");
    s_add_line(&base, "wraps", 2, UINT64_MAX, "");
    s_add_line(&base, "empty", base.text_size, 0, "");
    assert_int_equal(s_read_base(&base), 0);
    assert_string_equal(s_reading.entries, "good=text");
    assert_int_equal(s_reading.skipped, 6);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(s_reading.lines[i], i + 2);
        assert_string_equal(s_reading.messages[i], "the entry lies outside of the text file");
    }
    assert_string_equal(s_reading.messages[5], "no explanation");
}

static void test_broken_lines(void **state)
{
    (void)state;
    s_base_t base = {0};
    s_add(&base, "good", "text\n");
    base.index_size +=
        (size_t)sprintf(base.index + base.index_size,
                        "no columns\nword\tA\n\n\tA\tB\nword\tA=\tB\r\nlast\tA\tE\r\n");
    assert_int_equal(s_read_base(&base), 0);
    assert_string_equal(s_reading.entries, "good=text|last=text");
    assert_int_equal(s_reading.skipped, 4);
    assert_string_equal(s_reading.messages[0], "not a line of a DICT index");
}

static void test_long_index_line(void **state)
{
    (void)state;
    size_t size = 40000;
    char *index = malloc(size);
    memset(index, 'w', size);
    memcpy(index + size - 16, "\tA\tB\nshort\tA\tC\n", 16);
    scratch_write(&s_scratch, "base.dict", "xx", 2);
    const char *path = scratch_write(&s_scratch, "base.index", index, size);
    free(index);
    assert_int_equal(reading_run(&s_reading, &format_dict, path), 0);
    assert_string_equal(s_reading.entries, "short=xx");
    assert_string_equal(s_reading.messages[0], "the line is longer than 16 KiB");
}

static void test_long_text(void **state)
{
    (void)state;
    size_t size = FORMAT_TEXT_MAX + 1;
    char *text = malloc(size);
    memset(text, 'x', size);
    scratch_write(&s_scratch, "base.dict", text, size);
    free(text);
    s_base_t base = {0};
    s_add_line(&base, "most", 1, FORMAT_TEXT_MAX, "");
    s_add_line(&base, "more", 0, FORMAT_TEXT_MAX + 1, "");
    s_write_index(&base);
    assert_int_equal(reading_run(&s_reading, &format_dict, s_scratch.path), 0);
    assert_int_equal(s_reading.count, 1);
    assert_int_equal(s_reading.skipped, 1);
    assert_string_equal(s_reading.messages[0], "the text is longer than 8 MiB");
    unlink(scratch_path(&s_scratch, "base.dict"));
}

static void test_missing_files(void **state)
{
    (void)state;
    scratch_write(&s_scratch, "alone.index", "a\tA\tB\n", 6);
    assert_int_equal(reading_run(&s_reading, &format_dict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "alone.dict: No such file"));
    scratch_write(&s_scratch, "other.dict", "x", 1);
    assert_int_equal(reading_run(&s_reading, &format_dict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "other.index: No such file"));
    scratch_write(&s_scratch, "short.dict.dz", "\x1f\x8b\x08\x04", 4);
    scratch_write(&s_scratch, "short.index", "a\tA\tB\n", 6);
    assert_int_equal(reading_run(&s_reading, &format_dict, s_scratch.path), -1);
    assert_non_null(strstr(s_reading.error, "cut off"));
}

static void test_guess(void **state)
{
    (void)state;
    assert_ptr_equal(format_guess("x.index"), &format_dict);
    assert_ptr_equal(format_guess("x.dict"), &format_dict);
    assert_ptr_equal(format_guess("x.txt"), &format_wordbook);
    assert_ptr_equal(format_find("stardict"), &format_stardict);
    assert_ptr_equal(format_guess("x.ifo"), &format_stardict);
    assert_ptr_equal(format_guess("x.idx.gz"), &format_stardict);
    assert_ptr_equal(format_guess("index"), &format_wordbook);
    assert_ptr_equal(format_find("dict"), &format_dict);
    assert_null(format_find("csv"));
}

/* The real thing, where it is installed. */
static void test_wordnet(void **state)
{
    (void)state;
    if (access(WORDNET, R_OK) != 0) {
        print_message("%s is not there: Debian's dict-wn would be read here\n", WORDNET);
        skip();
    }
    reading_t reading;
    assert_int_equal(reading_run(&reading, &format_dict, WORDNET), 0);
    assert_int_equal(reading.count, WORDNET_ENTRIES);
    assert_int_equal(reading.skipped, 0);
    assert_memory_equal(reading.entries,
                        "'hood=n 1: (slang) a neighborhood|'s Gravenhage=n 1: the site of", 64);
    assert_non_null(strstr(reading.title, "WordNet"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_and_meta),
        cmocka_unit_test(test_packed_text_and_either_name),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_broken_lines),
        cmocka_unit_test(test_long_index_line),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_wordnet),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
