/* Temporary streams: what goes in comes out, from memory and from a file, and nothing is left of
 * them. */

#include "fixture.h"

#include "lookup-svc/spool.h"

#define BYTES (5 * SPOOL_BUFFER + 17)

static unsigned char s_byte(size_t i)
{
    return (unsigned char)(i * 2654435761u >> 13);
}

/* Puts `size` bytes in pieces of odd sizes. */
static spool_t *s_filled(void **state, size_t size)
{
    char *path = fixture_path(state, "index"), *data = malloc(size + 1);
    spool_t *spool = spool_new(path);
    for (size_t i = 0; i < size; i++)
        data[i] = (char)s_byte(i);
    for (size_t done = 0, piece = 1; done < size; done += piece, piece = piece * 3 % 100003) {
        if (piece > size - done)
            piece = size - done;
        assert_int_equal(spool_put(spool, data + done, piece), 0);
    }
    assert_int_equal(spool_size(spool), size);
    free(data);
    free(path);
    return spool;
}

static void s_expect(spool_t *spool, size_t offset, size_t end, size_t piece)
{
    spool_reader_t reader;
    unsigned char *bytes = malloc(piece);
    spool_reader_open(&reader, spool, offset, end);
    while (offset < end) {
        size_t size = piece < end - offset ? piece : end - offset;
        assert_int_equal(spool_reader_left(&reader), end - offset);
        assert_int_equal(spool_reader_read(&reader, bytes, size), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], s_byte(offset + i));
        offset += size;
    }
    assert_int_equal(spool_reader_left(&reader), 0);
    assert_int_equal(spool_reader_read(&reader, bytes, 1), -1);
    spool_reader_close(&reader);
    free(bytes);
}

static void test_small_one_makes_no_file(void **state)
{
    spool_t *spool = spool_new("/proc/nowhere/index"); /* where no file could be made */
    assert_int_equal(spool_put(spool, "some", 4), 0);
    assert_int_equal(spool_put(spool, " bytes", 6), 0);
    spool_reader_t reader;
    char bytes[10];
    spool_reader_open(&reader, spool, 2, 10);
    assert_int_equal(spool_reader_read(&reader, bytes, 8), 0);
    assert_memory_equal(bytes, "me bytes", 8);
    spool_reader_close(&reader);
    spool_destroy(&spool);
    assert_null(spool);
    spool = s_filled(state, SPOOL_BUFFER);
    s_expect(spool, 0, SPOOL_BUFFER, 1000);
    spool_destroy(&spool);
}

static void test_large_one(void **state)
{
    spool_t *spool = s_filled(state, BYTES);
    s_expect(spool, 0, BYTES, 1);
    s_expect(spool, 0, BYTES, BYTES);
    s_expect(spool, 12345, 3 * SPOOL_BUFFER, 4096);
    s_expect(spool, 5 * SPOOL_BUFFER - 3, BYTES, 7); /* over the edge of what is in the file */
    s_expect(spool, 99, 99, 1);
    spool_destroy(&spool);
    assert_int_equal(rmdir(*state), 0); /* it is empty */
    assert_int_equal(mkdir(*state, 0700), 0);
}

static void test_failure_stays(void **state)
{
    (void)state;
    spool_t *spool = spool_new("/proc/nowhere/index");
    char bytes[SPOOL_BUFFER] = {0};
    assert_int_equal(spool_put(spool, bytes, sizeof bytes), 0);
    assert_int_equal(spool_put(spool, bytes, 1), -1);
    assert_int_equal(spool_put(spool, bytes, 1), -1);
    spool_destroy(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_small_one_makes_no_file, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_large_one, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
