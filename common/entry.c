#include "common/entry.h"

#include <assert.h>
#include <string.h>

static const char *const s_text_names[LEX_TEXT_FIELDS] = {
    [LEX_PHONETIC] = "phonetic", [LEX_READING] = "reading", [LEX_POS] = "pos",
    [LEX_TAGS] = "tags",         [LEX_FORMS] = "forms",     [LEX_ALIASES] = "aliases",
    [LEX_AUDIO] = "audio",       [LEX_DETAIL] = "detail"};

static const char *const s_number_names[LEX_NUMBER_FIELDS] = {
    [LEX_COLLINS] = "collins",     [LEX_OXFORD] = "oxford",
    [LEX_BNC_RANK] = "bnc_rank",   [LEX_MODERN_RANK] = "modern_rank",
    [LEX_FREQUENCY] = "frequency", [LEX_TRANSLATION_BYTES] = "translation_bytes"};

const char *lex_text_field_name(lex_text_field_t field)
{
    assert(field < LEX_TEXT_FIELDS);
    return s_text_names[field];
}

const char *lex_number_field_name(lex_number_field_t field)
{
    assert(field < LEX_NUMBER_FIELDS);
    return s_number_names[field];
}

bool lex_fields_are_empty(const lex_fields_t *self)
{
    for (int i = 0; i < LEX_TEXT_FIELDS; i++)
        if (self->text[i].size > 0)
            return false;
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++)
        if (self->number[i] > 0)
            return false;
    return true;
}

uint32_t lex_fields_rank(const lex_fields_t *self)
{
    return self->number[LEX_MODERN_RANK] ? self->number[LEX_MODERN_RANK]
                                         : self->number[LEX_BNC_RANK];
}

bool lex_span_next(lex_span_t list, char separator, size_t *offset, lex_span_t *item)
{
    while (*offset < list.size) {
        const char *start = list.data + *offset;
        const char *end = memchr(start, separator, list.size - *offset);
        size_t size = end ? (size_t)(end - start) : list.size - *offset;
        *offset += size + (end ? 1 : 0);
        *item = (lex_span_t){start, size};
        if (size > 0)
            return true;
    }
    return false;
}
