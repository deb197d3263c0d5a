/* Entries with and without fields, written to a real database and read back. */

#include "tests/unit/dict/fixture.h"

#include "dict/batch.h"
#include "tests/unit/dict/fields.h"

#define ROWS_MAX 4700 /* statements of every size, in more than one transaction */

static fixture_t s_fixture;

static int s_setup(void **state)
{
    (void)state;
    return fixture_open(&s_fixture);
}

static int s_teardown(void **state)
{
    (void)state;
    return fixture_close(&s_fixture);
}

/* A version that rows can be written to. */
static uint32_t s_begin(const char *kind)
{
    catalog_dictionary_t dictionary;
    uint32_t version = 0;
    assert_int_equal(catalog_require(s_fixture.db, "book", &dictionary), LEX_DB_OK);
    assert_int_equal(catalog_begin(s_fixture.db, dictionary.id, "file", "format", kind, &version),
                     LEX_DB_OK);
    return version;
}

static void s_end(uint32_t version)
{
    assert_int_equal(catalog_discard(s_fixture.db, version), LEX_DB_OK);
    assert_int_equal(fixture_number(&s_fixture, "SELECT COUNT(*) FROM entries"), 0);
}

#define TEXT_COLUMNS                                                                               \
    "phonetic, reading, pos, tags, forms, aliases, audio, detail, collins, oxford, bnc_rank, "     \
    "modern_rank, frequency, translation_bytes"

typedef struct {
    char text[4096];
    uint64_t rows;
    uint64_t nulls; /* fields of text that are NULL */
} s_shown_t;

static int s_take_row(void *arg, const lex_row_t *row)
{
    s_shown_t *shown = arg;
    lex_fields_t fields = {0};
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        fields.text[i].data = lex_row_bytes(row, 2 + i, &fields.text[i].size);
        shown->nulls += lex_row_is_null(row, 2 + i);
    }
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        fields.number[i] = (uint32_t)lex_row_uint(row, 2 + LEX_TEXT_FIELDS + i);
    snprintf(shown->text, sizeof shown->text, "%s: %s", lex_row_bytes(row, 0, NULL),
             lex_row_bytes(row, 1, NULL));
    fields_describe(&fields, shown->text, sizeof shown->text);
    shown->rows++;
    return 0;
}

/* What the database has of a row. */
static s_shown_t s_show(uint32_t version, uint32_t ordinal)
{
    s_shown_t shown = {0};
    assert_int_equal(lex_db_query(s_fixture.db, s_take_row, &shown,
                                  "SELECT headword, text, " TEXT_COLUMNS
                                  " FROM entries WHERE version_id = ? AND ordinal = ?",
                                  LEX_UINT(version), LEX_UINT(ordinal)),
                     LEX_DB_OK);
    assert_int_equal(shown.rows, 1);
    return shown;
}

static lex_span_t s_span(const char *text)
{
    return (lex_span_t){text, strlen(text)};
}

static lex_entry_t s_full_entry(void)
{
    lex_entry_t entry = lex_entry_plain("go", 2, "text", 4);
    static const char *const texts[LEX_TEXT_FIELDS] = {
        "g\xC9\x99u", "qu4", "n:1/v:99", "zk gk", "p:went", "one\ntwo", "http://x", "{}"};
    for (int i = 0; i < LEX_TEXT_FIELDS; i++)
        entry.fields.text[i] = s_span(texts[i]);
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++)
        entry.fields.number[i] = (uint32_t)i + 1;
    entry.fields.number[LEX_FREQUENCY] = UINT32_MAX;
    return entry;
}

#define FULL                                                                                       \
    "go: text phonetic=g\xC9\x99u reading=qu4 pos=n:1/v:99 tags=zk gk forms=p:went "               \
    "aliases=one\ntwo audio=http://x detail={} collins=1 oxford=2 bnc_rank=3 modern_rank=4 "       \
    "frequency=4294967295 translation_bytes=6"

static void test_every_field(void **state)
{
    (void)state;
    uint32_t version = s_begin("words");
    batch_t *batch = batch_new(version);
    lex_entry_t plain = lex_entry_plain("plain", 5, "no fields", 9);
    lex_entry_t full = s_full_entry();
    lex_entry_t number = lex_entry_plain("number", 6, "t", 1);
    number.fields.number[LEX_TRANSLATION_BYTES] = 1;
    lex_entry_t text = lex_entry_plain("text", 4, "t", 1);
    text.fields.text[LEX_DETAIL] = s_span("d");
    const lex_entry_t *const entries[] = {&plain, &full, &number, &text, &plain};
    for (size_t i = 0; i < 5; i++)
        assert_false(batch_add(batch, entries[i]));
    assert_int_equal(batch_flush(batch, s_fixture.db), LEX_DB_OK);
    batch_destroy(&batch);
    assert_string_equal(s_show(version, 0).text, "plain: no fields");
    assert_int_equal(s_show(version, 0).nulls, LEX_TEXT_FIELDS);
    assert_string_equal(s_show(version, 1).text, FULL);
    assert_int_equal(s_show(version, 1).nulls, 0);
    assert_string_equal(s_show(version, 2).text, "number: t translation_bytes=1");
    assert_string_equal(s_show(version, 3).text, "text: t detail=d");
    assert_int_equal(s_show(version, 3).nulls, LEX_TEXT_FIELDS - 1);
    assert_string_equal(s_show(version, 4).text, "plain: no fields");
    s_end(version);
}

/* Each field at its most. */
static void test_largest_fields(void **state)
{
    (void)state;
    static char bytes[LEX_FIELD_MAX];
    memset(bytes, 'x', sizeof bytes);
    uint32_t version = s_begin("words");
    batch_t *batch = batch_new(version);
    lex_entry_t entry = lex_entry_plain("w", 1, "t", 1);
    for (int i = 0; i < LEX_TEXT_FIELDS; i++)
        entry.fields.text[i] =
            (lex_span_t){bytes, i < LEX_FORMS ? FORMAT_FIELD_MAX : LEX_FIELD_MAX};
    assert_false(batch_add(batch, &entry));
    assert_int_equal(batch_flush(batch, s_fixture.db), LEX_DB_OK);
    batch_destroy(&batch);
    assert_int_equal(
        fixture_number(&s_fixture,
                       "SELECT LENGTH(phonetic) + LENGTH(reading) + LENGTH(pos) + "
                       "LENGTH(tags) + LENGTH(forms) + LENGTH(aliases) + LENGTH(audio) + "
                       "LENGTH(detail) FROM entries"),
        4 * FORMAT_FIELD_MAX + 4 * LEX_FIELD_MAX);
    s_end(version);
}

/* One row in `every` has fields: statements of all sizes, plain, mixed and full. */
static void s_assert_many(unsigned every)
{
    uint32_t version = s_begin("words");
    batch_t *batch = batch_new(version);
    for (unsigned i = 0; i < ROWS_MAX; i++) {
        char word[32];
        lex_entry_t entry =
            lex_entry_plain(word, (size_t)snprintf(word, sizeof word, "w%u", i), "t", 1);
        if (i % every == 0) {
            entry.fields.text[LEX_PHONETIC] = (lex_span_t){word, entry.headword_size};
            entry.fields.number[LEX_BNC_RANK] = i + 1;
        }
        if (batch_add(batch, &entry))
            assert_int_equal(batch_flush(batch, s_fixture.db), LEX_DB_OK);
    }
    assert_int_equal(batch_flush(batch, s_fixture.db), LEX_DB_OK);
    assert_int_equal(batch_entries(batch), ROWS_MAX);
    assert_int_equal(batch_text_bytes(batch), ROWS_MAX);
    batch_destroy(&batch);
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM entries WHERE headword = CONCAT('w', ordinal) AND "
             "((ordinal %% %u = 0 AND phonetic = headword AND bnc_rank = ordinal + 1) OR "
             "(ordinal %% %u <> 0 AND phonetic IS NULL AND bnc_rank = 0))",
             every, every);
    assert_int_equal(fixture_number(&s_fixture, sql), ROWS_MAX);
    s_end(version);
}

static void test_many_rows(void **state)
{
    (void)state;
    s_assert_many(1);
    s_assert_many(7);
    s_assert_many(600);
}

static void test_kind(void **state)
{
    (void)state;
    uint32_t version = s_begin("lemmas");
    assert_int_equal(fixture_number(&s_fixture,
                                    "SELECT COUNT(*) FROM versions WHERE kind = 'lemmas' AND "
                                    "format = 'format' AND source = 'file' AND state = 'loading'"),
                     1);
    s_end(version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_largest_fields),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_kind),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
