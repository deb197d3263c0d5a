#include "dict/check.h"

#include <string.h>

bool check_is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!strchr(" \t\r\n\v\f", text[i]) || text[i] == '\0')
            return false;
    }
    return true;
}

const char *check_entry(const lex_entry_t *entry)
{
    if (check_is_blank(entry->headword, entry->headword_size))
        return "no headword";
    if (entry->headword_size > FORMAT_HEADWORD_MAX)
        return "the headword is longer than 255 bytes";
    if (!lex_text_is_utf8(entry->headword, entry->headword_size))
        return "the headword is not UTF-8";
    if (lex_text_has_control(entry->headword, entry->headword_size))
        return "the headword has a control character";
    if (check_is_blank(entry->text, entry->text_size))
        return "no explanation";
    if (entry->text_size > FORMAT_TEXT_MAX)
        return "the text is longer than 8 MiB";
    if (!lex_text_is_utf8(entry->text, entry->text_size))
        return "the text is not UTF-8";
    return NULL;
}

static bool s_lines_have_control(lex_span_t text)
{
    lex_span_t line;
    size_t offset = 0;
    while (lex_span_next(text, '\n', &offset, &line)) {
        if (lex_text_has_control(line.data, line.size))
            return true;
    }
    return false;
}

/* What is wrong with a field of text that is there, or NULL. */
static const char *s_text_fault(lex_text_field_t field, lex_span_t text)
{
    bool is_short =
        field == LEX_PHONETIC || field == LEX_READING || field == LEX_POS || field == LEX_TAGS;
    bool has_lines = field == LEX_ALIASES || field == LEX_DETAIL;
    if (is_short && text.size > FORMAT_FIELD_MAX)
        return "longer than 1000 bytes";
    if (text.size > LEX_FIELD_MAX)
        return "longer than 16384 bytes";
    if (!lex_text_is_utf8(text.data, text.size))
        return "not UTF-8";
    if (has_lines ? s_lines_have_control(text) : lex_text_has_control(text.data, text.size))
        return "a control character";
    return NULL;
}

/* What is wrong with a number, or NULL. */
static const char *s_number_fault(lex_number_field_t field, const lex_entry_t *entry)
{
    uint32_t number = entry->fields.number[field];
    switch (field) {
    case LEX_COLLINS:
        return number > 5 ? "more than 5" : NULL;
    case LEX_OXFORD:
        return number > 1 ? "more than 1" : NULL;
    case LEX_TRANSLATION_BYTES:
        if (number > entry->text_size ||
            (number > 0 && number < entry->text_size && entry->text[number] != '\n'))
            return "not the end of a line of the text";
        return NULL;
    default:
        return NULL;
    }
}

void check_fields(reader_t *reader, lex_entry_t *entry)
{
    for (int i = 0; i < LEX_TEXT_FIELDS; i++) {
        lex_span_t *text = &entry->fields.text[i];
        const char *fault = text->size > 0 ? s_text_fault(i, *text) : NULL;
        if (fault) {
            reader_drop(reader, reader->line, lex_text_field_name(i), fault);
            *text = (lex_span_t){0};
        }
    }
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++) {
        const char *fault = s_number_fault(i, entry);
        if (fault) {
            reader_drop(reader, reader->line, lex_number_field_name(i), fault);
            entry->fields.number[i] = 0;
        }
    }
}
