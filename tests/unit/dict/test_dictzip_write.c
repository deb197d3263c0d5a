/* The dictzip writer: what it writes is read back, range by range, by our reader, and whole by zlib. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "dict/dictzip.h"
#include "dict/dictzip_write.h"

/* Writes the text in pieces of this size; the caller closes the file. */
static FILE *s_write(const char *text, size_t size, size_t piece)
{
    FILE *file = tmpfile();
    FILE *scratch = tmpfile();
    assert_true(file && scratch);
    dictzip_writer_t *writer = dictzip_writer_new(file, scratch);
    assert_non_null(writer);
    for (size_t at = 0; at < size; at += piece) {
        assert_int_equal(dictzip_writer_size(writer), at);
        assert_int_equal(
            dictzip_writer_add(writer, text + at, size - at < piece ? size - at : piece), 0);
    }
    assert_int_equal(dictzip_writer_finish(writer), 0);
    dictzip_writer_destroy(&writer);
    assert_null(writer);
    dictzip_writer_destroy(&writer);
    fclose(scratch);
    assert_int_equal(fflush(file), 0);
    return file;
}

/* gzip's own reader agrees. */
static void s_assert_gzip(FILE *file, const char *text, size_t size)
{
    char *out = malloc(size + 1);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    gzFile zip = gzdopen(dup(fileno(file)), "rb");
    assert_int_equal(gzread(zip, out, (unsigned)size + 1), size);
    assert_int_equal(gzclose(zip), Z_OK);
    if (size > 0)
        assert_memory_equal(out, text, size);
    free(out);
}

static void s_assert_round_trip(const char *text, size_t size, size_t piece)
{
    char out[64];
    char *error;
    FILE *file = s_write(text, size, piece);
    dictzip_t *zip = dictzip_open(fileno(file), &error);
    assert_null(error);
    assert_non_null(zip);
    assert_int_equal(dictzip_size(zip), size);
    for (size_t at = 0; at < size; at += 9973) {
        size_t part = size - at < sizeof out ? size - at : sizeof out;
        assert_int_equal(dictzip_read(zip, at, part, out), 0);
        assert_memory_equal(out, text + at, part);
    }
    dictzip_close(&zip);
    s_assert_gzip(file, text, size);
    fclose(file);
}

static void test_round_trips(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,
                                   1,
                                   DICTZIP_CHUNK_SIZE - 1,
                                   DICTZIP_CHUNK_SIZE,
                                   DICTZIP_CHUNK_SIZE + 1,
                                   3 * DICTZIP_CHUNK_SIZE,
                                   500000};
    char *text = malloc(500000);
    for (int noise = 0; noise < 2; noise++) { /* text that packs well, and text that does not */
        for (size_t i = 0; i < 500000; i++)
            text[i] = (char)(noise ? rand() : "words and words "[i % 16]);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            s_assert_round_trip(text, sizes[i], i % 2 ? 1000 : 100000);
    }
    free(text);
}

/* No time, no name: the same text gives the same bytes. */
static void test_head(void **state)
{
    (void)state;
    static const unsigned char expected[] = {0x1f, 0x8b, 8,   4, 0, 0, 0, 0,    2,    3, 12,
                                             0,    'R',  'A', 8, 0, 1, 0, 0xcb, 0xe3, 1, 0};
    unsigned char head[sizeof expected];
    FILE *file = s_write("text", 4, 4);
    assert_int_equal(pread(fileno(file), head, sizeof head, 0), sizeof head);
    assert_memory_equal(head, expected, sizeof head);
    fclose(file);
}

static void test_bounds(void **state)
{
    (void)state;
    assert_true(4 + 6 + 2 * DICTZIP_CHUNKS_MAX <= UINT16_MAX);
    FILE *full = fopen("/dev/full", "w");
    FILE *scratch = tmpfile();
    if (!full)
        skip();
    dictzip_writer_t *writer = dictzip_writer_new(full, scratch);
    assert_int_equal(dictzip_writer_add(writer, "text", 4), 0);
    int rc = dictzip_writer_finish(writer);
    assert_true(rc == -1 || fflush(full) != 0); /* what is still in the buffer shows there */
    dictzip_writer_destroy(&writer);
    fclose(scratch);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
