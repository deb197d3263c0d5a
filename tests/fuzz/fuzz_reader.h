/* Readers of dictionary files on what an input holds. */

#ifndef LEXMQ_TESTS_FUZZ_READER_H
#define LEXMQ_TESTS_FUZZ_READER_H

#include "dict/format.h"
#include "tests/fuzz/fuzz_files.h"

typedef struct {
    uint64_t lines;
    uint64_t fields;
} fuzz_warnings_t;

static inline void fuzz_warn(void *arg, const reader_warning_t *warning)
{
    fuzz_warnings_t *warnings = arg;
    FUZZ_CHECK(warning->message && *warning->message);
    ++*(warning->field ? &warnings->fields : &warnings->lines);
}

static inline bool fuzz_is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != ' ' && (text[i] < '\t' || text[i] > '\r'))
            return false;
    }
    return true;
}

static inline void fuzz_check_field(lex_text_field_t field, lex_span_t text)
{
    bool has_lines = field == LEX_ALIASES || field == LEX_DETAIL;
    FUZZ_CHECK(text.size <= (field < LEX_FORMS ? FORMAT_FIELD_MAX : LEX_FIELD_MAX));
    FUZZ_CHECK(text.size == 0 || lex_text_is_utf8(text.data, text.size));
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        FUZZ_CHECK((c >= ' ' && c != 0x7F) || (has_lines && c == '\n'));
    }
}

/* What dict/format.h and common/entry.h promise of every entry. */
static inline void fuzz_check_entry(const lex_entry_t *entry)
{
    const uint32_t *number = entry->fields.number;
    uint32_t translation = number[LEX_TRANSLATION_BYTES];
    FUZZ_CHECK(entry->headword_size > 0 && entry->headword_size <= FORMAT_HEADWORD_MAX);
    FUZZ_CHECK(entry->text_size > 0 && entry->text_size <= FORMAT_TEXT_MAX);
    FUZZ_CHECK(!fuzz_is_blank(entry->headword, entry->headword_size));
    FUZZ_CHECK(!fuzz_is_blank(entry->text, entry->text_size));
    FUZZ_CHECK(lex_text_is_utf8(entry->headword, entry->headword_size));
    FUZZ_CHECK(!lex_text_has_control(entry->headword, entry->headword_size));
    FUZZ_CHECK(lex_text_is_utf8(entry->text, entry->text_size));
    for (int i = 0; i < LEX_TEXT_FIELDS; i++)
        fuzz_check_field(i, entry->fields.text[i]);
    FUZZ_CHECK(number[LEX_COLLINS] <= 5 && number[LEX_OXFORD] <= 1);
    FUZZ_CHECK(translation <= entry->text_size);
    FUZZ_CHECK(translation == 0 || translation == entry->text_size ||
               entry->text[translation] == '\n');
}

/* Reads a file to its end. */
static inline void fuzz_read(const format_t *format, const char *path)
{
    char *error = NULL;
    fuzz_warnings_t warnings = {0};
    uint64_t done, total;
    lex_entry_t entry;
    reader_t *reader = reader_open(format, path, fuzz_warn, &warnings, &error);
    FUZZ_CHECK(!reader == !!error);
    free(error);
    if (!reader)
        return;
    int rc;
    while ((rc = reader_next(reader, &entry)) == 1)
        fuzz_check_entry(&entry);
    FUZZ_CHECK(rc == 0 || *reader_error(reader));
    FUZZ_CHECK(reader_skipped(reader) == warnings.lines);
    FUZZ_CHECK(reader_dropped(reader) == warnings.fields);
    FUZZ_CHECK(!reader_title(reader) ||
               lex_text_is_utf8(reader_title(reader), strlen(reader_title(reader))));
    reader_position(reader, &done, &total);
    FUZZ_CHECK(total == 0 || done <= total);
    reader_close(&reader);
}

#endif
