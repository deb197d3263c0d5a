/* docs/protocol.md section 2.4: packed records, and every way in which they can be broken. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mdp.h"
#include "common/packet.h"

/* Walks a copy that ends where the data ends, so that AddressSanitizer sees a read past it. Returns
 * the number of records, or -1. */
static int s_walk(const void *data, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, data, size);
    lex_packet_record_t record;
    size_t offset = 0;
    int count = 0, rc;
    while ((rc = lex_packet_next(copy, size, &offset, &record)) == 1) {
        assert_true(record.address_size > 0);
        assert_true(record.address >= copy && record.body >= record.address);
        assert_true(record.body + record.body_size <= copy + size);
        count++;
    }
    free(copy);
    return rc == 0 ? count : -1;
}

static void test_layout(void **state)
{
    (void)state;
    unsigned char out[16];
    size_t size = lex_packet_record_size(2, 3);
    assert_int_equal(size, 11);
    assert_ptr_equal(lex_packet_write(out, MDPW_FINAL, "ab", 2, "xyz", 3), out + size);
    assert_memory_equal(out,
                        "\x04\x02\x03\x00\x00\x00"
                        "abxyz",
                        size);
}

static void test_size_is_little_endian(void **state)
{
    (void)state;
    unsigned char *body = calloc(1, 0x10203);
    size_t size = lex_packet_record_size(1, 0x10203);
    unsigned char *out = malloc(size);
    lex_packet_write(out, MDPW_REQUEST, "a", 1, body, 0x10203);
    assert_memory_equal(out + 2, "\x03\x02\x01\x00", 4);
    assert_int_equal(s_walk(out, size), 1);
    free(body);
    free(out);
}

static void test_round_trip(void **state)
{
    (void)state;
    char address[255];
    memset(address, 'A', sizeof(address));
    unsigned char out[512], *at = out;
    at = lex_packet_write(at, MDPW_REQUEST, "12345678", 8, "first", 5);
    at = lex_packet_write(at, MDPW_PARTIAL, address, 255, "", 0);
    at = lex_packet_write(at, MDPW_FINAL, "x", 1, "third", 5);
    size_t size = (size_t)(at - out), offset = 0;
    lex_packet_record_t record;
    assert_int_equal(lex_packet_next(out, size, &offset, &record), 1);
    assert_int_equal(record.kind, MDPW_REQUEST);
    assert_int_equal(record.address_size, 8);
    assert_memory_equal(record.address, "12345678", 8);
    assert_int_equal(record.body_size, 5);
    assert_memory_equal(record.body, "first", 5);
    assert_int_equal(lex_packet_next(out, size, &offset, &record), 1);
    assert_int_equal(record.kind, MDPW_PARTIAL);
    assert_int_equal(record.address_size, 255);
    assert_int_equal(record.body_size, 0);
    assert_int_equal(lex_packet_next(out, size, &offset, &record), 1);
    assert_int_equal(record.kind, MDPW_FINAL);
    assert_memory_equal(record.body, "third", 5);
    assert_int_equal(lex_packet_next(out, size, &offset, &record), 0);
    assert_int_equal(lex_packet_next(out, size, &offset, &record), 0);
}

static void test_every_cut_is_broken(void **state)
{
    (void)state;
    unsigned char out[64], *first, *end;
    first = lex_packet_write(out, MDPW_REQUEST, "12345678", 8, "first", 5);
    end = lex_packet_write(first, MDPW_REQUEST, "12345678", 8, "second", 6);
    for (unsigned char *cut = out; cut <= end; cut++) {
        int expected = cut == out ? 0 : cut == first ? 1 : cut == end ? 2 : -1;
        assert_int_equal(s_walk(out, (size_t)(cut - out)), expected);
    }
}

static void test_broken_records(void **state)
{
    (void)state;
    /* No address. */
    assert_int_equal(s_walk("\x02\x00\x00\x00\x00\x00", 6), -1);
    /* Unknown kinds. */
    assert_int_equal(s_walk("\x01\x01\x00\x00\x00\x00"
                            "a",
                            7),
                     -1);
    assert_int_equal(s_walk("\x05\x01\x00\x00\x00\x00"
                            "a",
                            7),
                     -1);
    /* Sizes whose sum would wrap around 32 bits. */
    assert_int_equal(s_walk("\x02\x01\xff\xff\xff\xff"
                            "a",
                            7),
                     -1);
    /* An address that leaves no room for the body. */
    assert_int_equal(s_walk("\x02\x02\x01\x00\x00\x00"
                            "ab",
                            8),
                     -1);
    /* A good record before a broken one does not save the frame. */
    assert_int_equal(s_walk("\x02\x01\x00\x00\x00\x00"
                            "a\x02",
                            8),
                     -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),         cmocka_unit_test(test_size_is_little_endian),
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_every_cut_is_broken),
        cmocka_unit_test(test_broken_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
