/* The op `match` on the wire (docs/protocol.md section 6). */

#include "service_fixture.h"

#include "lookup-svc/match.h"

/* Two dictionaries of words, and between them a table of lemmas, which nothing may find. */
static void s_publish(service_fixture_t *self)
{
    static const struct {
        const char *words[4];
        const char *name;
        dictionary_kind_t kind;
    } all[] = {{{"Apple", "café", "apply", "Ape"}, "en", DICTIONARY_WORDS},
               {{"apples", "ape", "cafe", "apple"}, "lemmas", DICTIONARY_LEMMAS},
               {{"apple", "été", "pomme", "appel"}, "fr", DICTIONARY_WORDS}};
    snapshot_t *snapshot = snapshot_new();
    for (uint32_t i = 0; i < 3; i++) {
        lex_entry_t entries[4];
        for (size_t j = 0; j < 4; j++) {
            entries[j] = fixture_entry(all[i].words[j], "some text");
            entries[j].fields.number[LEX_BNC_RANK] = i == 0 ? (uint32_t)(10 - j) : 0;
            if (j == 2)
                entries[j].fields.text[LEX_TAGS] = (lex_span_t)FIXTURE_FIELD("gre cet4");
        }
        dictionary_t dictionary = {.id = i + 1,
                                   .version = i + 1,
                                   .kind = all[i].kind,
                                   .name = (char *)all[i].name,
                                   .title = (char *)"title"};
        index_source_t source = {
            .dictionary = i + 1, .version = i + 1, .rows = 4, .kind = all[i].kind};
        char *path = fixture_path((void **)&self->folder, all[i].name);
        fixture_build_full(path, entries, 4, &source);
        dictionary.index = fixture_open(path);
        assert_int_equal(snapshot_add(snapshot, &dictionary), 0);
        index_destroy(&dictionary.index);
        free(path);
    }
    catalogue_publish(self->catalogue, &snapshot);
}

/* ---- requests ---- */

static lex_writer_t *s_begin(service_fixture_t *self, const char *strategy, const char *pattern,
                             size_t more)
{
    lex_writer_t *writer = service_begin(self, "match", 2 + more);
    lex_put_text(writer, "strategy", strategy);
    lex_put_text(writer, "pattern", pattern);
    return writer;
}

static void s_print_span(FILE *out, const msgpack_object *object)
{
    assert_non_null(object);
    fprintf(out, "%.*s", (int)object->via.str.size, object->via.str.ptr);
}

static bool s_is_same(const msgpack_object *one, const msgpack_object *other)
{
    return one && other && one->via.str.size == other->via.str.size &&
           memcmp(one->via.str.ptr, other->via.str.ptr, one->via.str.size) == 0;
}

/* "dict/word:rule", with "+distance" and "#rank" where they are there, a blank behind each. Dictionary and rule are left out
 * exactly where they are those of the match before. */
static void s_expect(service_fixture_t *self, const char *expected)
{
    char *text = NULL;
    size_t size;
    bool complete = false;
    fake_reply_t reply = service_ask(self, LEX_OK);
    FILE *out = open_memstream(&text, &size);
    const msgpack_object *matches = lex_body_find(reply.body, "matches");
    const msgpack_object *dict = NULL, *rule = NULL;
    assert_non_null(matches);
    for (uint32_t i = 0; i < matches->via.array.size; i++) {
        const msgpack_object *match = matches->via.array.ptr + i;
        uint64_t number;
        uint32_t keys = 1;
        if (lex_map_find(match, "dict")) {
            assert_false(s_is_same(dict, lex_map_find(match, "dict")) &&
                         s_is_same(rule, lex_map_find(match, "rule")));
            dict = lex_map_find(match, "dict");
            rule = lex_map_find(match, "rule");
            keys += 2;
        }
        s_print_span(out, dict);
        fputc('/', out);
        s_print_span(out, lex_map_find(match, "word"));
        fputc(':', out);
        s_print_span(out, rule);
        if (lex_map_uint(match, "distance", &number) && ++keys)
            fprintf(out, "+%d", (int)number);
        if (lex_map_uint(match, "rank", &number) && ++keys)
            fprintf(out, "#%d", (int)number);
        assert_int_equal(match->via.map.size, keys);
        fputc(' ', out);
    }
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
    assert_true(lex_body_bool(reply.body, "complete", &complete));
    assert_true(complete);
    zframe_destroy(&reply.data);
}

static void test_strategies(void **state)
{
    service_fixture_t *self = *state;
    static const struct {
        const char *strategy, *pattern, *expected;
    } cases[] = {
        {"exact", "Apple", "en/Apple:exact#10 fr/apple:case "},
        {"exact", "CAFE", "en/café:accent#9 "},
        {"prefix", "app", "fr/appel:prefix en/Apple:prefix#10 fr/apple:prefix en/apply:prefix#8 "},
        {"nprefix", "app",
         "fr/appel:nprefix en/Apple:nprefix#10 fr/apple:nprefix en/apply:nprefix#8 "},
        {"suffix", "te", "fr/été:accent "},
        {"substring", "mm", "fr/pomme:substring "},
        {"word", "ape", "en/Ape:word#7 "},
        {"first", "ape", "en/Ape:first#7 "},
        {"last", "ape", "en/Ape:last#7 "},
        {"wildcard", "a?e", "en/Ape:wildcard#7 "},
        {"re", "^.{3}$", "en/Ape:re#7 fr/été:re "},
        {"soundex", "abe", "en/Ape:soundex#7 "},
        {"lev", "aple", "en/Ape:lev+1#7 en/Apple:lev+1#10 fr/apple:lev+1 "},
        {"text", "some text",
         "en/Ape:text#7 en/apply:text#8 en/café:text#9 en/Apple:text#10 "
         "fr/appel:text fr/apple:text fr/pomme:text fr/été:text "},
        {"reading", "ping guo", ""},
    };
    s_publish(self);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s_begin(self, cases[i].strategy, cases[i].pattern, 0);
        s_expect(self, cases[i].expected);
    }
}

static void test_arguments(void **state)
{
    service_fixture_t *self = *state;
    s_publish(self);
    lex_put_text(s_begin(self, "prefix", "a", 1), "dict", "fr");
    s_expect(self, "fr/appel:prefix fr/apple:prefix ");
    lex_put_uint(s_begin(self, "prefix", "a", 1), "limit", 1);
    s_expect(self, "en/Ape:prefix#7 ");
    lex_put_text(s_begin(self, "prefix", "a", 1), "sort", "rank");
    s_expect(
        self,
        "en/Ape:prefix#7 en/apply:prefix#8 en/Apple:prefix#10 fr/appel:prefix fr/apple:prefix ");
    lex_put_uint(s_begin(self, "lev", "ap", 1), "distance", 2);
    s_expect(self, "en/Ape:lev+1#7 ");
    lex_put_uint(s_begin(self, "prefix", "a", 1), "max_rank", 8);
    s_expect(self, "en/Ape:prefix#7 en/apply:prefix#8 ");
    lex_put_uint(s_begin(self, "prefix", "a", 1), "collins", 1);
    s_expect(self, "");
    lex_writer_t *writer = s_begin(self, "nprefix", "a", 2);
    lex_put_uint(writer, "skip", 1);
    lex_put_uint(writer, "count", 2);
    s_expect(self, "fr/appel:nprefix en/Apple:nprefix#10 ");
    writer = s_begin(self, "prefix", "a", 1);
    lex_write_text(writer, "tags");
    lex_write_array(writer, 2);
    lex_write_text(writer, "cet4");
    lex_write_text(writer, "gre");
    s_expect(self, "en/apply:prefix#8 ");
}

static void test_cursor(void **state)
{
    service_fixture_t *self = *state;
    const unsigned char *data;
    unsigned char cursor[MATCH_CURSOR_MAX];
    size_t size;
    s_publish(self);
    lex_put_uint(s_begin(self, "prefix", "app", 1), "limit", 2);
    fake_reply_t reply = service_ask(self, LEX_OK);
    assert_true(lex_body_bin(reply.body, "cursor", &data, &size));
    assert_true(size > 0 && size <= sizeof cursor);
    memcpy(cursor, data, size);
    zframe_destroy(&reply.data);
    lex_put_bin(s_begin(self, "prefix", "app", 1), "cursor", cursor, size);
    fake_reply_t last = service_ask(self, LEX_OK);
    assert_int_equal(lex_body_find(last.body, "matches")->via.array.size, 2);
    size_t last_size = 1;
    assert_true(lex_body_bin(last.body, "cursor", &data, &last_size));
    assert_int_equal(last_size, 0);
    zframe_destroy(&last.data);
    cursor[0] ^= 1;
    lex_put_bin(s_begin(self, "prefix", "app", 1), "cursor", cursor, size);
    service_expect_code(self, LEX_BAD_REQUEST);
    lex_put_text(s_begin(self, "prefix", "app", 1), "cursor", "no bytes");
    service_expect_code(self, LEX_BAD_REQUEST);
}

static void s_expect_why(service_fixture_t *self, const char *why)
{
    const char *message;
    size_t size;
    uint64_t retry_ms;
    fake_reply_t reply = service_ask(self, LEX_BAD_REQUEST);
    lex_body_outcome(reply.body, &message, &size, &retry_ms);
    char *text = lex_strndup(message, size);
    assert_string_equal(text, why);
    free(text);
    zframe_destroy(&reply.data);
}

static void test_bad_requests(void **state)
{
    service_fixture_t *self = *state;
    static const struct {
        const char *name;
        uint64_t value;
        const char *why;
    } numbers[] = {
        {"limit", 0, "limit must be 1 to 1000"},
        {"limit", 1001, "limit must be 1 to 1000"},
        {"distance", 0, "distance must be 1 or 2"},
        {"distance", 3, "distance must be 1 or 2"},
        {"skip", 1ull << 32, "skip, count, collins and max_rank must be numbers of 32 bits"},
        {"max_rank", UINT64_MAX, "skip, count, collins and max_rank must be numbers of 32 bits"},
        {"sort", 1, "sort must be word or rank"},
        {"tags", 1, "tags must be at most 8 words"},
    };
    static const struct {
        const char *name, *value, *why;
    } texts[] = {{"limit", "9", "limit must be 1 to 1000"},
                 {"sort", "size", "sort must be word or rank"},
                 {"sort", "ranks", "sort must be word or rank"}};
    s_publish(self);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        lex_put_uint(s_begin(self, "prefix", "a", 1), numbers[i].name, numbers[i].value);
        s_expect_why(self, numbers[i].why);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lex_put_text(s_begin(self, "prefix", "a", 1), texts[i].name, texts[i].value);
        s_expect_why(self, texts[i].why);
    }
    s_begin(self, "nonsense", "a", 0);
    s_expect_why(self, "strategy must be the name of a strategy");
    s_begin(self, "exact", "", 0);
    s_expect_why(self, "pattern must have 1 to 255 bytes");
    s_begin(self, "re", "a)", 0);
    s_expect_why(self, "unmatched closing parenthesis at byte 1");
    lex_writer_t *writer = s_begin(self, "prefix", "a", 1);
    lex_write_text(writer, "tags");
    lex_write_array(writer, 1);
    lex_write_text(writer, "two words");
    s_expect_why(self, "a tag must have 1 to 255 bytes and no blank");
}

/* A table of lemmas is no dictionary to anybody who asks. */
static void test_lemmas_are_not_searched(void **state)
{
    service_fixture_t *self = *state;
    s_publish(self);
    lex_put_text(s_begin(self, "prefix", "a", 1), "dict", "lemmas");
    service_expect_code(self, LEX_NOT_FOUND);
    service_begin(self, "dictionaries", 0);
    fake_reply_t reply = service_ask(self, LEX_OK);
    const msgpack_object_array *list = &lex_body_find(reply.body, "dictionaries")->via.array;
    assert_int_equal(list->size, 2);
    const char *text;
    size_t size;
    assert_true(lex_map_str(list->ptr + 1, "name", &text, &size));
    assert_memory_equal(text, "fr", size);
    zframe_destroy(&reply.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(test_strategies),
        SERVICE_TEST(test_arguments),
        SERVICE_TEST(test_cursor),
        SERVICE_TEST(test_bad_requests),
        SERVICE_TEST(test_lemmas_are_not_searched),
    };
    zsys_handler_set(NULL);
    lex_log_setup("test", "warning", "text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
