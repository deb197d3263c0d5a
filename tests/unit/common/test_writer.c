#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/harden.h"
#include "common/writer.h"

static const unsigned char ID[16] = "0123456789abcdef";

static void s_holds(const lex_writer_t *writer, const char *bytes, size_t size)
{
    assert_int_equal(writer->buffer.size, size);
    assert_memory_equal(writer->buffer.data, bytes, size);
}
#define HOLDS(writer, literal) s_holds(writer, literal, sizeof literal - 1)

static void writes_each_type(void **state)
{
    lex_writer_t writer;

    (void)state;
    lex_writer_init(&writer);
    lex_write_array(&writer, 8);
    lex_write_text(&writer, "abc");
    lex_write_str(&writer, "x\0y", 3);
    lex_write_bin(&writer, "\xFF", 1);
    lex_write_bin(&writer, NULL, 0);
    lex_write_uint(&writer, 127);
    lex_write_uint(&writer, 128);
    lex_write_uint(&writer, UINT64_MAX);
    lex_write_bool(&writer, true);
    HOLDS(&writer, "\x98\xA3"
                   "abc\xA3x\0y\xC4\x01\xFF\xC4\x00\x7F\xCC\x80"
                   "\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xC3");
    lex_writer_close(&writer);
}

static void puts_pairs(void **state)
{
    lex_writer_t writer;

    (void)state;
    lex_writer_init(&writer);
    lex_write_map(&writer, 5);
    lex_put_text(&writer, "a", "x");
    lex_put_str(&writer, "b", "yz", 1);
    lex_put_bin(&writer, "c", "\x01", 1);
    lex_put_uint(&writer, "d", 9);
    lex_put_bool(&writer, "e", false);
    HOLDS(&writer, "\x85\xA1"
                   "a\xA1x\xA1"
                   "b\xA1y\xA1"
                   "c\xC4\x01\x01\xA1"
                   "d\x09\xA1"
                   "e\xC2");
    lex_writer_close(&writer);
}

static void writes_requests(void **state)
{
    lex_writer_t writer;

    (void)state;
    lex_writer_init(&writer);
    lex_write_request(&writer, ID, "login", NULL, 0, 1);
    lex_put_text(&writer, "name", "x");
    HOLDS(&writer, "\x84\xA1v\x01\xA2id\xC4\x10"
                   "0123456789abcdef\xA2op\xA5login\xA4name\xA1x");
    lex_write_request(&writer, ID, "logout", "T", 1, 0);
    HOLDS(&writer, "\x84\xA1v\x01\xA2id\xC4\x10"
                   "0123456789abcdef\xA2op\xA6logout\xA3tok\xC4\x01T");
    lex_writer_close(&writer);
}

static void writes_replies(void **state)
{
    lex_writer_t writer;

    (void)state;
    lex_writer_init(&writer);
    lex_write_ok(&writer, ID, 1);
    lex_put_uint(&writer, "n", 1);
    HOLDS(&writer, "\x83\xA2id\xC4\x10"
                   "0123456789abcdef\xA2ok\xC3\xA1n\x01");
    lex_write_error(&writer, ID, LEX_BUSY, "full", 200);
    HOLDS(&writer, "\x83\xA2id\xC4\x10"
                   "0123456789abcdef\xA2ok\xC2\xA3"
                   "err\x83\xA4"
                   "code\xA4"
                   "busy\xA3msg\xA4"
                   "full\xA8retry_ms\xCC\xC8");
    lex_write_error(&writer, NULL, LEX_TIMEOUT, NULL, 0);
    HOLDS(&writer, "\x82\xA2ok\xC2\xA3"
                   "err\x82\xA4"
                   "code\xA7timeout\xA3msg\xA0");
    lex_writer_close(&writer);
}

static void grows_and_keeps_its_memory(void **state)
{
    lex_writer_t writer;
    size_t size = 3 << 20;
    char *large = calloc(1, size);

    (void)state;
    lex_writer_init(&writer);
    for (int round = 0; round < 3; round++) {
        lex_writer_clear(&writer);
        assert_int_equal(writer.buffer.size, 0);
        lex_write_bool(&writer, true);
        lex_write_bin(&writer, large, size);
        assert_int_equal(writer.buffer.size, 1 + 5 + size);
        assert_memory_equal(writer.buffer.data + 6, large, size);
    }
    const char *memory = writer.buffer.data;
    lex_writer_clear(&writer);
    lex_write_bool(&writer, true);
    assert_ptr_equal(writer.buffer.data, memory);
    lex_writer_close(&writer);
    lex_writer_close(&writer);
    free(large);
}

/* Freed memory is read, which only a memory tool minds; past the links that the allocator writes into it. */
static unsigned char *volatile s_left;

static void what_it_grows_out_of_is_wiped(void **state)
{
    (void)state;
    char text[400];
    lex_writer_t writer;
    if (lex_harden_is_instrumented())
        skip();
    memset(text, 'p', sizeof text);
    lex_writer_init(&writer);
    lex_write_str(&writer, text, sizeof text);
    s_left = (unsigned char *)writer.buffer.data;
    lex_write_str(&writer, text, sizeof text);
    assert_ptr_not_equal(s_left, writer.buffer.data);
    for (size_t i = 32; i < sizeof text; i++)
        assert_int_not_equal(s_left[i], 'p');
    assert_memory_equal(writer.buffer.data + 3, text, sizeof text);
    s_left = (unsigned char *)writer.buffer.data;
    void *behind = malloc(64); /* so that it does not melt into the rest of the heap */
    lex_writer_close(&writer);
    for (size_t i = 32; i < 2 * sizeof text; i++)
        assert_int_not_equal(s_left[i], 'p');
    free(behind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_each_type),
        cmocka_unit_test(puts_pairs),
        cmocka_unit_test(writes_requests),
        cmocka_unit_test(writes_replies),
        cmocka_unit_test(grows_and_keeps_its_memory),
        cmocka_unit_test(what_it_grows_out_of_is_wiped),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
