/* The op `define` on the wire (docs/protocol.md section 6). */

#include "service_fixture.h"

static void service_begin_define(service_fixture_t *self, const char *const *words, size_t count)
{
    lex_writer_t *writer = service_begin(self, "define", 2);
    lex_put_bool(writer, "record", false);
    lex_write_text(writer, "words");
    lex_write_array(writer, count);
    for (size_t i = 0; i < count; i++)
        lex_write_text(writer, words[i]);
}

/* ---- replies, as text ---- */

static void s_print(FILE *out, const msgpack_object *object)
{
    fprintf(out, "%.*s", (int)object->via.str.size, object->via.str.ptr);
}

/* "word:rule:dict/headword=text;…:suggestion,…|" a result. Large texts by their size. */
static void s_print_result(FILE *out, const msgpack_object *result)
{
    bool found = false;
    assert_int_equal(result->via.map.size, 5);
    s_print(out, lex_map_find(result, "word"));
    fputc(':', out);
    s_print(out, lex_map_find(result, "rule"));
    fputc(':', out);
    const msgpack_object_array *entries = &lex_map_find(result, "entries")->via.array;
    for (uint32_t i = 0; i < entries->size; i++) {
        assert_int_equal(entries->ptr[i].via.map.size, 3);
        s_print(out, lex_map_find(entries->ptr + i, "dict"));
        fputc('/', out);
        s_print(out, lex_map_find(entries->ptr + i, "headword"));
        fputc('=', out);
        const msgpack_object *text = lex_map_find(entries->ptr + i, "text");
        if (text->via.str.size < 100)
            s_print(out, text);
        else
            fprintf(out, "%u bytes", text->via.str.size);
        fputc(';', out);
    }
    fputc(':', out);
    const msgpack_object_array *suggestions = &lex_map_find(result, "suggestions")->via.array;
    for (uint32_t i = 0; i < suggestions->size; i++) {
        s_print(out, suggestions->ptr + i);
        fputc(',', out);
    }
    fputc('|', out);
    assert_true(lex_map_bool(result, "found", &found));
    assert_int_equal(found, entries->size > 0);
}

static void s_expect_results(fake_reply_t *reply, bool recorded, const char *expected)
{
    char *text = NULL;
    size_t size;
    bool value = !recorded;
    FILE *out = open_memstream(&text, &size);
    const msgpack_object *results = lex_body_find(reply->body, "results");
    assert_non_null(results);
    for (uint32_t i = 0; i < results->via.array.size; i++)
        s_print_result(out, results->via.array.ptr + i);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
    /* `recorded` is the last key, and there are id, ok, results and it. */
    const msgpack_object_map *map = &lex_body_root(reply->body)->via.map;
    assert_int_equal(map->size, 4);
    assert_memory_equal(map->ptr[3].key.via.str.ptr, "recorded", 8);
    assert_true(lex_body_bool(reply->body, "recorded", &value));
    assert_int_equal(value, recorded);
    assert_memory_equal(lex_body_id(reply->body), SERVICE_ID, sizeof SERVICE_ID);
    zframe_destroy(&reply->data);
}

static void s_expect_define(service_fixture_t *self, const char *word, const char *expected)
{
    service_begin_define(self, &word, 1);
    fake_reply_t reply = service_ask(self, LEX_OK);
    s_expect_results(&reply, false, expected);
}

/* ---- tests ---- */

static void test_loading(void **state)
{
    service_fixture_t *self = *state;
    static const char *const word = "apple";
    uint64_t retry_ms = 0;
    service_begin_define(self, &word, 1);
    fake_reply_t reply = service_ask(self, LEX_UNAVAILABLE);
    lex_body_outcome(reply.body, NULL, NULL, &retry_ms);
    assert_int_equal(retry_ms, 500);
    zframe_destroy(&reply.data);
    service_begin(self, "dictionaries", 0);
    service_expect_code(self, LEX_UNAVAILABLE);
    lex_put_text(service_begin(self, "suggest", 1), "prefix", "a");
    service_expect_code(self, LEX_UNAVAILABLE);
    snapshot_t *empty = snapshot_new();
    catalogue_publish(self->catalogue, &empty);
    s_expect_define(self, "apple", "apple:::|");
    service_publish(self);
    s_expect_define(self, "été", "été:exact:fr/été=saison;:|");
}

static void test_define(void **state)
{
    service_fixture_t *self = *state;
    static const char *const words[] = {"apple", "CAFE", "ete", "appel", "qqqqqqqq"};
    service_publish(self);
    s_expect_define(self, "APPLE", "APPLE:case:en/Apple=fruit;en/apple=tree;fr/apple=pomme;:|");
    s_expect_define(self, " Cafe ", " Cafe :accent:en/café=house;:|");
    s_expect_define(self, "appel", "appel:::Apple,apply,|");
    service_begin_define(self, words, 5);
    fake_reply_t reply = service_ask(self, LEX_OK);
    s_expect_results(&reply, false,
                     "apple:exact:en/apple=tree;en/Apple=fruit;fr/apple=pomme;:|"
                     "CAFE:accent:en/café=house;:|ete:accent:fr/été=saison;:|"
                     "appel:::Apple,apply,|qqqqqqqq:::|");
}

static void test_one_dictionary(void **state)
{
    service_fixture_t *self = *state;
    service_publish(self);
    for (int round = 0; round < 2; round++) {
        lex_writer_t *writer = service_begin(self, "define", 3);
        lex_put_text(writer, "dict", round ? "xx" : "fr");
        lex_put_bool(writer, "record", false);
        lex_write_text(writer, "words");
        lex_write_array(writer, 1);
        lex_write_text(writer, "apple");
        fake_reply_t reply = service_ask(self, round ? LEX_NOT_FOUND : LEX_OK);
        if (round)
            zframe_destroy(&reply.data);
        else
            s_expect_results(&reply, false, "apple:exact:fr/apple=pomme;:|");
    }
}

static void test_large_replies(void **state)
{
    service_fixture_t *self = *state;
    static const char *const words[] = {"large", "large", "large"};
    service_publish(self);
    s_expect_define(self, "large", "large:exact:en/large=3145728 bytes;:|");
    service_begin_define(self, words, 2);
    fake_reply_t reply = service_ask(self, LEX_OK);
    zframe_destroy(&reply.data);
    service_begin_define(self, words, 3);
    service_expect_code(self, LEX_TOO_LARGE);
}

static void test_many_words(void **state)
{
    service_fixture_t *self = *state;
    static const char *words[1001];
    for (size_t i = 0; i < 1001; i++)
        words[i] = i % 2 ? "apple" : "aple";
    service_publish(self);
    service_begin_define(self, words, 1000);
    fake_reply_t reply = service_ask(self, LEX_OK);
    const msgpack_object *results = lex_body_find(reply.body, "results");
    assert_int_equal(results->via.array.size, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(lex_map_find(results->via.array.ptr + i, "entries")->via.array.size,
                         i % 2 ? 3 : 0);
    zframe_destroy(&reply.data);
    service_begin_define(self, words, 1001);
    service_expect_code(self, LEX_BAD_REQUEST);
    service_begin_define(self, words, 0);
    service_expect_code(self, LEX_BAD_REQUEST);
}

static void test_bad_words(void **state)
{
    service_fixture_t *self = *state;
    char long_word[258];
    service_publish(self);
    memset(long_word, 'w', 256);
    long_word[256] = '\0';
    const char *const bad[] = {"", "  \t", long_word, "\xC2\xAD" /* a soft hyphen alone */};
    for (size_t i = 0; i < 4; i++) {
        const char *const list[] = {"apple", bad[i]};
        service_begin_define(self, list, 2);
        service_expect_code(self, LEX_BAD_REQUEST);
    }
    long_word[255] = '\0';
    const char *const longest = long_word;
    service_begin_define(self, &longest, 1);
    service_expect_code(self, LEX_OK);
}

static void test_bad_arguments(void **state)
{
    service_fixture_t *self = *state;
    service_publish(self);
    service_begin(self, "define", 0);
    service_expect_code(self, LEX_BAD_REQUEST);
    lex_put_text(service_begin(self, "define", 1), "words", "apple");
    service_expect_code(self, LEX_BAD_REQUEST);
    lex_writer_t *writer = service_begin(self, "define", 1);
    lex_write_text(writer, "words");
    lex_write_array(writer, 1);
    lex_write_uint(writer, 5);
    service_expect_code(self, LEX_BAD_REQUEST);
    static const char *const keys[] = {"record", "dict"};
    for (size_t i = 0; i < 2; i++) {
        writer = service_begin(self, "define", 2);
        lex_put_uint(writer, keys[i], 1);
        lex_write_text(writer, "words");
        lex_write_array(writer, 1);
        lex_write_text(writer, "apple");
        service_expect_code(self, LEX_BAD_REQUEST);
    }
    lex_write_request(&self->request, SERVICE_ID, "define", NULL, 0, 0);
    service_expect_code(self, LEX_UNAUTHORIZED);
}

/* The recorder's part is tested by itself; here that it is asked, with what was looked up. */
static void test_recording(void **state)
{
    service_fixture_t *self = *state;
    service_publish(self);
    lex_writer_t *writer = service_begin(self, "define", 1);
    lex_write_text(writer, "words");
    lex_write_array(writer, 2);
    lex_write_text(writer, "apple");
    lex_write_text(writer, "appel");
    service_send(self);
    zframe_t *caller = NULL;
    zmsg_t *call = fake_gateway_expect(self->gateway, MDP_CLIENT, MDPC_REQUEST, &caller);
    zframe_t *service = zmsg_pop(call), *data = zmsg_pop(call);
    assert_true(zframe_streq(service, "history.record"));
    lex_body_t *body = lex_body_new();
    assert_int_equal(lex_body_parse(body, zframe_data(data), zframe_size(data)), 0);
    const msgpack_object *record = lex_body_find(body, "records")->via.array.ptr;
    assert_memory_equal(record->via.array.ptr[1].via.bin.ptr, SERVICE_ID, sizeof SERVICE_ID);
    const msgpack_object_array *words = &record->via.array.ptr[3].via.array;
    assert_int_equal(words->size, 4);
    assert_memory_equal(words->ptr[0].via.str.ptr, "apple", 5);
    assert_true(words->ptr[1].via.boolean);
    assert_memory_equal(words->ptr[2].via.str.ptr, "appel", 5);
    assert_false(words->ptr[3].via.boolean);

    lex_writer_t answer;
    lex_writer_init(&answer);
    lex_write_ok(&answer, lex_body_id(body), 1);
    lex_write_text(&answer, "refused");
    lex_write_array(&answer, 0);
    zmsg_t *reply_frames = zmsg_new();
    zmsg_append(reply_frames, &service);
    zmsg_addmem(reply_frames, answer.buffer.data, answer.buffer.size);
    assert_int_equal(fake_gateway_say(self->gateway, caller, MDP_CLIENT, MDPC_FINAL, reply_frames),
                     0);
    fake_reply_t reply = fake_gateway_reply(self->gateway, self->address, MDPW_FINAL, LEX_OK);
    s_expect_results(&reply, true,
                     "apple:exact:en/apple=tree;en/Apple=fruit;fr/apple=pomme;:|"
                     "appel:::Apple,apply,|");
    lex_writer_close(&answer);
    lex_body_destroy(&body);
    zframe_destroy(&data);
    zframe_destroy(&caller);
    zmsg_destroy(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(test_loading),        SERVICE_TEST(test_define),
        SERVICE_TEST(test_one_dictionary), SERVICE_TEST(test_large_replies),
        SERVICE_TEST(test_many_words),     SERVICE_TEST(test_bad_words),
        SERVICE_TEST(test_bad_arguments),  SERVICE_TEST(test_recording),
    };
    zsys_handler_set(NULL);
    lex_log_setup("test", "warning", "text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
