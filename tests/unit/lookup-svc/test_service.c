/* The ops `suggest` and `dictionaries` on the wire (docs/protocol.md section 6). */

#include "service_fixture.h"

static void s_expect_suggest(service_fixture_t *self, const char *prefix, uint64_t limit,
                             const char *expected)
{
    char text[256] = "";
    lex_writer_t *writer = service_begin(self, "suggest", 2);
    lex_put_text(writer, "prefix", prefix);
    lex_put_uint(writer, "limit", limit);
    fake_reply_t reply = service_ask(self, LEX_OK);
    const msgpack_object_array *words = &lex_body_find(reply.body, "words")->via.array;
    for (uint32_t i = 0; i < words->size; i++) {
        strncat(text, words->ptr[i].via.str.ptr, words->ptr[i].via.str.size);
        strcat(text, ",");
    }
    assert_string_equal(text, expected);
    zframe_destroy(&reply.data);
}

static void test_suggest(void **state)
{
    service_fixture_t *self = *state;
    service_publish(self);
    s_expect_suggest(self, "app", 10, "Apple,apply,");
    s_expect_suggest(self, "APP", 1, "Apple,");
    s_expect_suggest(self, "", 2, "Apple,apply,");
    s_expect_suggest(self, "app ", 10, "");
    s_expect_suggest(self, "e", 100, "été,");
    s_expect_suggest(self, "zzz", 0, "");
    service_begin(self, "suggest", 0);
    service_expect_code(self, LEX_BAD_REQUEST);
    lex_writer_t *writer = service_begin(self, "suggest", 2);
    lex_put_text(writer, "prefix", "a");
    lex_put_uint(writer, "limit", 101);
    service_expect_code(self, LEX_BAD_REQUEST);
    writer = service_begin(self, "suggest", 2);
    lex_put_text(writer, "prefix", "a");
    lex_put_text(writer, "limit", "5");
    service_expect_code(self, LEX_BAD_REQUEST);
    writer = service_begin(self, "suggest", 2);
    lex_put_text(writer, "prefix", "a");
    lex_put_text(writer, "dict", "xx");
    service_expect_code(self, LEX_NOT_FOUND);
}

static void test_dictionaries(void **state)
{
    service_fixture_t *self = *state;
    uint64_t number = 0;
    const char *text;
    size_t size;
    service_publish(self);
    service_begin(self, "dictionaries", 0);
    fake_reply_t reply = service_ask(self, LEX_OK);
    const msgpack_object_array *list = &lex_body_find(reply.body, "dictionaries")->via.array;
    assert_int_equal(list->size, 2);
    assert_true(lex_map_str(list->ptr + 1, "name", &text, &size));
    assert_memory_equal(text, "fr", size);
    assert_true(lex_map_str(list->ptr + 1, "title", &text, &size));
    assert_memory_equal(text, "Français", size);
    assert_true(lex_map_uint(list->ptr, "entries", &number));
    assert_int_equal(number, 5);
    assert_true(lex_map_uint(list->ptr, "version", &number));
    assert_int_equal(number, 3);
    zframe_destroy(&reply.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(test_suggest),
        SERVICE_TEST(test_dictionaries),
    };
    zsys_handler_set(NULL);
    lex_log_setup("test", "warning", "text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
