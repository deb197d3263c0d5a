/* docs/protocol.md section 3: what a body must be, and what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/body.h"
#include "common/scan.h"
#include "common/writer.h"
#include "tests/unit/common/body_fixture.h"

static void s_refuses(lex_body_t *body, const char *data, size_t size, const char *error)
{
    unsigned char *copy;

    assert_int_equal(body_parse_copy(body, data, size, &copy), -1);
    assert_string_equal(lex_body_error(body), error);
    assert_int_equal(lex_body_root(body)->type, MSGPACK_OBJECT_MAP);
    assert_int_equal(lex_body_root(body)->via.map.size, 0);
    lex_body_peek_id(copy, size);
    free(copy);
}
#define REFUSES(body, literal, error) s_refuses(body, literal, sizeof literal - 1, error)

static void s_accepts(lex_body_t *body, const void *data, size_t size)
{
    unsigned char *copy;

    assert_int_equal(body_parse_copy(body, data, size, &copy), 0);
    assert_string_equal(lex_body_error(body), "");
    free(copy);
}
#define ACCEPTS(body, literal) s_accepts(body, literal, sizeof literal - 1)

static void reads_a_request(void **state)
{
    lex_body_t *body = *state;
    lex_writer_t writer;
    const char *text;
    const unsigned char *data;
    size_t size;
    uint64_t number = 7;
    bool flag = true;

    lex_writer_init(&writer);
    lex_write_request(&writer, ID, "define", "token", 5, 3);
    lex_write_text(&writer, "words");
    lex_write_array(&writer, 2);
    lex_write_text(&writer, "café");
    lex_write_text(&writer, "");
    lex_put_bool(&writer, "record", false);
    lex_put_uint(&writer, "limit", UINT64_MAX);

    assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), 0);
    assert_memory_equal(lex_body_id(body), ID, 16);
    assert_ptr_equal(lex_body_peek_id(writer.buffer.data, writer.buffer.size), lex_body_id(body));
    assert_true(lex_body_str(body, "op", &text, &size));
    assert_memory_equal(text, "define", size);
    assert_true(text > writer.buffer.data && text < writer.buffer.data + writer.buffer.size);
    assert_true(lex_body_bin(body, "tok", &data, &size));
    assert_int_equal(size, 5);
    assert_true(lex_body_bool(body, "record", &flag));
    assert_false(flag);
    assert_true(lex_body_uint(body, "limit", &number));
    assert_true(number == UINT64_MAX);
    const msgpack_object *words = lex_body_find(body, "words");
    assert_int_equal(words->type, MSGPACK_OBJECT_ARRAY);
    assert_int_equal(words->via.array.size, 2);
    assert_int_equal(words->via.array.ptr[1].via.str.size, 0);
    lex_writer_close(&writer);
}

static void typed_fields_leave_the_rest_alone(void **state)
{
    lex_body_t *body = *state;
    const char *text = "untouched";
    size_t size = 9;
    uint64_t number = 7;
    bool flag = true;

    /* {n: -1, s: "x", u: 1} */
    const char data[] = "\x83\xA1n\xFF\xA1s\xA1x\xA1u\x01";
    assert_int_equal(lex_body_parse(body, data, sizeof data - 1), 0);
    assert_false(lex_body_uint(body, "n", &number));
    assert_false(lex_body_uint(body, "s", &number));
    assert_false(lex_body_str(body, "u", &text, &size));
    assert_false(lex_body_str(body, "missing", &text, &size));
    assert_false(lex_body_bool(body, "u", &flag));
    assert_false(lex_map_uint(NULL, "u", &number));
    assert_false(lex_map_uint(lex_body_find(body, "u"), "u", &number));
    assert_int_equal(number, 7);
    assert_string_equal(text, "untouched");
    assert_null(lex_body_id(body));
}

static void accepts_every_allowed_type(void **state)
{
    lex_body_t *body = *state;

    ACCEPTS(body, "\x80");
    ACCEPTS(body, "\xDE\x00\x00");
    ACCEPTS(body, "\xDF\x00\x00\x00\x00");
    ACCEPTS(body, "\x81\xA0\xC0");
    ACCEPTS(body, "\x81\xD9\x01"
                  "a\xC3");
    ACCEPTS(body, "\x81\xDA\x00\x01"
                  "a\xC2");
    ACCEPTS(body, "\x81\xDB\x00\x00\x00\x01"
                  "a\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    ACCEPTS(body, "\x81\xA1"
                  "a\xD3\x80\x00\x00\x00\x00\x00\x00\x00");
    ACCEPTS(body, "\x81\xA1"
                  "a\xC6\x00\x00\x00\x02\xFF\xFE");
    ACCEPTS(body, "\x81\xA1"
                  "a\xDD\x00\x00\x00\x02\x01\xE0");
    ACCEPTS(body, "\x81\xA1"
                  "a\xDC\x00\x00");
    ACCEPTS(body, "\x82\xA1"
                  "a\x80\xA1"
                  "b\x90");
}

static void refuses_what_is_no_map(void **state)
{
    lex_body_t *body = *state;

    s_refuses(body, "", 0, "the body is not a map");
    REFUSES(body, "\x01", "the body is not a map");
    REFUSES(body, "\x90", "the body is not a map");
    REFUSES(body, "\xDE\x00", "the body is not a map");
    REFUSES(body, "\x80\xC0", "bytes after the map");
    REFUSES(body, "\x81\x01\x01", "a key is not a str");
    REFUSES(body, "\x81\xC4\x01z\x01", "a key is not a str");
}

static void refuses_types(void **state)
{
    lex_body_t *body = *state;

    REFUSES(body, "\x81\xA1z\xC1", "the message is cut short");
    REFUSES(body, "\x81\xA1z\xCA\x00\x00\x00\x00", "a float is not allowed");
    REFUSES(body, "\x81\xA1z\xCB\x00\x00\x00\x00\x00\x00\x00\x00", "a float is not allowed");
    REFUSES(body, "\x81\xA1z\xD4\x01\x00", "an ext type is not allowed");
    REFUSES(body, "\x81\xA1z\xD8\x01", "an ext type is not allowed");
    REFUSES(body, "\x81\xA1z\xC7\x01\x01\x00", "an ext type is not allowed");
    REFUSES(body, "\x81\xA1z\x91\xC9\x00\x00\x00\x00\x01", "an ext type is not allowed");
}

static void refuses_counts_beyond_the_message(void **state)
{
    lex_body_t *body = *state;

    REFUSES(body, "\xDF\xFF\xFF\xFF\xFF", "a map claims more pairs than the message holds");
    REFUSES(body, "\x82\xA1z\x01", "a map claims more pairs than the message holds");
    REFUSES(body, "\x81\xA1z\xDD\xFF\xFF\xFF\xFF\x01",
            "an array claims more items than the message holds");
    REFUSES(body, "\x81\xA1z\x93\x01\x01", "an array claims more items than the message holds");
    REFUSES(body, "\x81\xA1z\xDB\xFF\xFF\xFF\xFFx", "a str is longer than the message");
    REFUSES(body, "\x81\xA1z\xC6\xFF\xFF\xFF\xFFx", "a bin is longer than the message");
    REFUSES(body, "\x81\xA5z\x01", "a str is longer than the message");
    REFUSES(body, "\x81\xA1z\xCF\x00", "the message is cut short");
    REFUSES(body, "\x81\xA1z\xDA\x00", "the message is cut short");
    REFUSES(body, "\x81\xA1z", "the message is cut short");
}

static void refuses_bad_utf8(void **state)
{
    lex_body_t *body = *state;
    static const char error[] = "a str is not UTF-8";

    REFUSES(body, "\x81\xA1z\xA1\x80", error);
    REFUSES(body, "\x81\xA1z\xA2\xC3z", error);
    REFUSES(body, "\x81\xA1z\xA2\xC0\x80", error);         /* overlong */
    REFUSES(body, "\x81\xA1z\xA3\xED\xA0\x80", error);     /* a surrogate */
    REFUSES(body, "\x81\xA1z\xA4\xF4\x90\x80\x80", error); /* beyond U+10FFFF */
    REFUSES(body,
            "\x81\xA1z\xAB"
            "abcdefghij\xC3",
            error);
    REFUSES(body, "\x81\xA1\xFF\x01", error);
}

static void refuses_a_key_twice(void **state)
{
    lex_body_t *body = *state;

    REFUSES(body, "\x82\xA1z\x01\xA1z\x02", "a key occurs twice");
    REFUSES(body, "\x82\xA1z\x01\xD9\x01z\x02", "a key occurs twice");
    REFUSES(body, "\x82\xA0\x01\xA0\x02", "a key occurs twice");
    REFUSES(body, "\x81\xA1z\x82\xA6needle\x01\xA6needle\x02", "a key occurs twice");
    ACCEPTS(body, "\x82\xA6needle\x01\xA6needly\x02");
    ACCEPTS(body, "\x82\xA1z\x81\xA1z\x01\xA1y\x81\xA1z\x01");
}

static void depth_is_bounded(void **state)
{
    lex_body_t *body = *state;
    unsigned char data[1 + 2 * LEX_BODY_DEPTH_MAX + 8];
    size_t size = 0;

    data[size++] = 0x81;
    data[size++] = 0xA0;
    for (int depth = 2; depth <= LEX_BODY_DEPTH_MAX; depth++)
        data[size++] = 0x91;
    data[size] = 0x01;
    s_accepts(body, data, size + 1);
    data[size] = 0x90;
    s_refuses(body, (char *)data, size + 1, "nested too deep");
    data[size] = 0x80;
    s_refuses(body, (char *)data, size + 1, "nested too deep");

    /* A stack made of nothing but array heads. */
    size_t large = 1 << 20;
    unsigned char *tower = malloc(large);
    memset(tower, 0x91, large);
    tower[0] = 0x81;
    tower[1] = 0xA0;
    s_refuses(body, (char *)tower, large, "nested too deep");
    assert_null(lex_body_peek_id(tower, large));
    free(tower);
}

static void pairs_are_bounded(void **state)
{
    lex_body_t *body = *state;
    lex_writer_t writer;
    char key[16];

    lex_writer_init(&writer);
    for (int pairs = LEX_SCAN_PAIRS_MAX; pairs <= LEX_SCAN_PAIRS_MAX + 1; pairs++) {
        lex_writer_clear(&writer);
        lex_write_map(&writer, (size_t)pairs);
        for (int i = 0; i < pairs; i++) {
            snprintf(key, sizeof key, "k%d", i);
            lex_put_uint(&writer, key, (uint64_t)i);
        }
        int wanted = pairs > LEX_SCAN_PAIRS_MAX ? -1 : 0;
        assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), wanted);
    }
    lex_writer_close(&writer);
}

static void large_arrays_pass(void **state)
{
    lex_body_t *body = *state;
    lex_writer_t writer;

    lex_writer_init(&writer);
    lex_write_request(&writer, ID, "define", NULL, 0, 1);
    lex_write_text(&writer, "words");
    lex_write_array(&writer, 100000);
    for (int i = 0; i < 100000; i++)
        lex_write_text(&writer, "word");
    assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), 0);
    assert_int_equal(lex_body_find(body, "words")->via.array.size, 100000);
    lex_writer_close(&writer);
}

static void outcome_of_replies(void **state)
{
    lex_body_t *body = *state;
    lex_writer_t writer;
    const char *message;
    size_t size;
    uint64_t retry;

    lex_writer_init(&writer);
    lex_write_ok(&writer, ID, 0);
    assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), 0);
    assert_int_equal(lex_body_outcome(body, &message, &size, &retry), LEX_OK);
    assert_int_equal(size, 0);

    lex_write_error(&writer, NULL, LEX_RATE_LIMITED, "slowly", 1500);
    assert_int_equal(lex_body_parse(body, writer.buffer.data, writer.buffer.size), 0);
    assert_int_equal(lex_body_outcome(body, &message, &size, &retry), LEX_RATE_LIMITED);
    assert_int_equal(size, 6);
    assert_memory_equal(message, "slowly", 6);
    assert_int_equal(retry, 1500);
    assert_int_equal(lex_body_outcome(body, NULL, NULL, NULL), LEX_RATE_LIMITED);

    ACCEPTS(body, "\x80");
    assert_int_equal(lex_body_outcome(body, &message, &size, &retry), LEX_INTERNAL);
    assert_int_equal(retry, 0);
    /* {ok: false, err: {code: "ok"}} */
    const char liar[] = "\x82\xA2ok\xC2\xA3"
                        "err\x81\xA4"
                        "code\xA2ok";
    assert_int_equal(lex_body_parse(body, liar, sizeof liar - 1), 0);
    assert_int_equal(lex_body_outcome(body, NULL, NULL, NULL), LEX_INTERNAL);
    lex_writer_close(&writer);
}

static void peek_finds_the_id_of_a_bad_body(void **state)
{
    (void)state;
    /* What follows the id is missing. */
    const char late[] = "\x83\xA1v\x92\x01\x81\xA1"
                        "a\xC0\xA2id\xC4\x10"
                        "0123456789abcdef";
    const char wrong[] = "\x81\xA2id\xA4text";
    const char brief[] = "\x81\xA2id\xC4\x10"
                         "0123";

    assert_memory_equal(lex_body_peek_id(late, sizeof late - 1), ID, 16);
    assert_null(lex_body_peek_id(wrong, sizeof wrong - 1));
    assert_null(lex_body_peek_id(brief, sizeof brief - 1));
    assert_null(lex_body_peek_id("", 0));
    assert_null(lex_body_peek_id("\xDF\xFF\xFF\xFF\xFF", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_request),
        cmocka_unit_test(typed_fields_leave_the_rest_alone),
        cmocka_unit_test(accepts_every_allowed_type),
        cmocka_unit_test(refuses_what_is_no_map),
        cmocka_unit_test(refuses_types),
        cmocka_unit_test(refuses_counts_beyond_the_message),
        cmocka_unit_test(refuses_bad_utf8),
        cmocka_unit_test(refuses_a_key_twice),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(pairs_are_bounded),
        cmocka_unit_test(large_arrays_pass),
        cmocka_unit_test(outcome_of_replies),
        cmocka_unit_test(peek_finds_the_id_of_a_bad_body),
    };
    return cmocka_run_group_tests_name("body", tests, body_setup, body_teardown);
}
