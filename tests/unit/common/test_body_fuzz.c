/* Bodies that nobody would send on purpose. Worth most under AddressSanitizer. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/body.h"
#include "common/writer.h"
#include "tests/unit/common/body_fixture.h"

/* Every body that is one byte, or one bit, away from a good one: no crash, and what is accepted can
 * be walked. */
static size_t s_walk(const msgpack_object *object)
{
    size_t count = 1;

    if (object->type == MSGPACK_OBJECT_ARRAY)
        for (uint32_t i = 0; i < object->via.array.size; i++)
            count += s_walk(&object->via.array.ptr[i]);
    if (object->type == MSGPACK_OBJECT_MAP)
        for (uint32_t i = 0; i < object->via.map.size; i++)
            count += s_walk(&object->via.map.ptr[i].val);
    if (object->type == MSGPACK_OBJECT_STR)
        for (uint32_t i = 0; i < object->via.str.size; i++)
            count += object->via.str.ptr[i] == 'q';
    return count;
}

static void survives_every_mutation(void **state)
{
    lex_body_t *body = *state;
    lex_writer_t writer;
    unsigned char *copy;

    lex_writer_init(&writer);
    lex_write_request(&writer, ID, "define", "tok", 3, 2);
    lex_write_text(&writer, "words");
    lex_write_array(&writer, 2);
    lex_write_text(&writer, "café");
    lex_write_map(&writer, 1);
    lex_put_uint(&writer, "deep", 70000);
    lex_put_bool(&writer, "record", true);
    size_t size = writer.buffer.size;
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(body_parse_copy(body, writer.buffer.data, cut, &copy), -1);
        lex_body_peek_id(copy, cut);
        free(copy);
    }
    for (size_t at = 0; at < size; at++) {
        for (int value = 0; value < 256; value++) {
            char kept = writer.buffer.data[at];
            writer.buffer.data[at] = (char)value;
            if (body_parse_copy(body, writer.buffer.data, size, &copy) == 0)
                assert_true(s_walk(lex_body_root(body)) > 0);
            lex_body_peek_id(copy, size);
            free(copy);
            writer.buffer.data[at] = kept;
        }
    }
    lex_writer_close(&writer);
}

static void survives_random_bytes(void **state)
{
    lex_body_t *body = *state;
    unsigned seed = 1;

    for (int round = 0; round < 200000; round++) {
        unsigned char data[48], *copy;
        size_t size = (size_t)rand_r(&seed) % sizeof data;
        for (size_t i = 0; i < size; i++)
            data[i] = (unsigned char)(rand_r(&seed) >> 4);
        if (size > 0)
            data[0] = 0x80 | (data[0] & 3);
        if (body_parse_copy(body, data, size, &copy) == 0)
            assert_true(s_walk(lex_body_root(body)) > 0);
        lex_body_peek_id(copy, size);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_every_mutation),
        cmocka_unit_test(survives_random_bytes),
    };
    return cmocka_run_group_tests_name("body under fuzz", tests, body_setup, body_teardown);
}
