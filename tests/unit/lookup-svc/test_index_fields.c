/* Fields as records: what goes in comes out, and no bytes make the reader leave them. */

#include "fixture.h"

#include "lookup-svc/index_fields.h"

static lex_fields_t s_all(void)
{
    static const char *const strings[LEX_TEXT_FIELDS] = {
        "həˈləʊ",        "ni3 hao3", "n:46/v:54",  "cet4 toefl",
        "p:went/d:gone", "a\nb",     "http://x/y", "kept for export only"};
    lex_fields_t fields = {0};
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++)
        fields.text[i] = (lex_span_t){.data = strings[i], .size = strlen(strings[i])};
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        fields.number[i] = 1u << (i * 6);
    fields.number[LEX_FREQUENCY] = UINT32_MAX;
    return fields;
}

static void s_expect_equal(const lex_fields_t *a, const lex_fields_t *b)
{
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        assert_int_equal(a->text[i].size, b->text[i].size);
        if (a->text[i].size > 0)
            assert_memory_equal(a->text[i].data, b->text[i].data, a->text[i].size);
    }
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        assert_int_equal(a->number[i], b->number[i]);
}

static void test_round_trip(void **state)
{
    (void)state;
    unsigned char *packed = malloc(INDEX_FIELDS_MAX);
    lex_fields_t all = s_all(), found;
    size_t size = index_fields_pack(&all, packed);
    index_fields_unpack(packed, size, &found);
    all.text[LEX_DETAIL] = (lex_span_t){0};
    all.number[LEX_TRANSLATION_BYTES] = 0;
    s_expect_equal(&all, &found);
    index_fields_unpack(packed, INDEX_FIELDS_MAX, &found); /* it knows where it ends */
    s_expect_equal(&all, &found);

    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        lex_fields_t one = {0};
        one.text[i] = all.text[i];
        size = index_fields_pack(&one, packed);
        assert_int_equal(size == 0, i == LEX_DETAIL);
        index_fields_unpack(packed, size, &found);
        s_expect_equal(&one, &found);
    }
    free(packed);
}

static void test_nothing(void **state)
{
    (void)state;
    unsigned char packed[16];
    lex_fields_t none = {0}, found = s_all();
    assert_int_equal(index_fields_pack(&none, packed), 0);
    none.number[LEX_TRANSLATION_BYTES] = 7;
    assert_int_equal(index_fields_pack(&none, packed), 0);
    index_fields_unpack(packed, 0, &found);
    assert_true(lex_fields_are_empty(&found));
}

static void test_longest(void **state)
{
    (void)state;
    unsigned char *packed = malloc(INDEX_FIELDS_MAX);
    char *text = malloc(LEX_FIELD_MAX + 1);
    memset(text, 'x', LEX_FIELD_MAX + 1);
    lex_fields_t fields = {0}, found;
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++)
        fields.text[i] = (lex_span_t){.data = text, .size = LEX_FIELD_MAX};
    fields.text[LEX_TAGS].size = LEX_FIELD_MAX + 1; /* too long, and left out */
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        fields.number[i] = UINT32_MAX;
    size_t size = index_fields_pack(&fields, packed);
    assert_true(size <= INDEX_FIELDS_MAX);
    index_fields_unpack(packed, size, &found);
    fields.text[LEX_DETAIL] = fields.text[LEX_TAGS] = (lex_span_t){0};
    fields.number[LEX_TRANSLATION_BYTES] = 0;
    s_expect_equal(&fields, &found);
    free(text);
    free(packed);
}

/* Everything that was unpacked lies within the bytes. */
static void s_unpack(const unsigned char *bytes, size_t size, bool whole)
{
    unsigned char *copy = malloc(size ? size : 1);
    lex_fields_t found;
    memcpy(copy, bytes, size);
    index_fields_unpack(copy, size, &found);
    if (!whole)
        assert_true(lex_fields_are_empty(&found));
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        const unsigned char *data = (const unsigned char *)found.text[i].data;
        assert_true(!data || (data >= copy && found.text[i].size <= size - (size_t)(data - copy)));
    }
    free(copy);
}

static void test_damage(void **state)
{
    (void)state;
    unsigned char *packed = malloc(INDEX_FIELDS_MAX);
    lex_fields_t all = s_all();
    size_t size = index_fields_pack(&all, packed);
    for (size_t cut = 0; cut < size; cut++)
        s_unpack(packed, cut, false);
    for (size_t i = 0; i < size; i++)
        for (unsigned value = 0; value < 256; value++) {
            unsigned char before = packed[i];
            packed[i] = (unsigned char)value;
            s_unpack(packed, size, true);
            packed[i] = before;
        }
    s_unpack((const unsigned char *)"\x01\x01x", 3, true);
    s_unpack((const unsigned char *)"\x01\x02x", 3, false); /* a text that is cut short */
    s_unpack((const unsigned char *)"\x81\x80\x01\x01x", 5,
             false); /* a field that does not exist */
    free(packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
