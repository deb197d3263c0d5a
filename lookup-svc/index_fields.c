#include "lookup-svc/index_fields.h"

#include <string.h>

#include "lookup-svc/varint.h"

#define FIELDS (LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS)

_Static_assert((int)FIELDS <= 32, "a mask has a bit for each field");

static uint32_t s_mask(const lex_fields_t *fields)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++)
        if (i != LEX_DETAIL && fields->text[i].size > 0 && fields->text[i].size <= LEX_FIELD_MAX)
            mask |= 1u << i;
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        if (i != LEX_TRANSLATION_BYTES && fields->number[i] > 0)
            mask |= 1u << (LEX_TEXT_FIELDS + i);
    return mask;
}

size_t index_fields_pack(const lex_fields_t *fields, unsigned char *out)
{
    uint32_t mask = s_mask(fields);
    if (mask == 0)
        return 0;
    size_t size = varint_put(out, mask);
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        const lex_span_t *field = fields->text + i;
        if (!(mask & 1u << i))
            continue;
        size += varint_put(out + size, (uint32_t)field->size);
        memcpy(out + size, field->data, field->size);
        size += field->size;
    }
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        if (mask & 1u << (LEX_TEXT_FIELDS + i))
            size += varint_put(out + size, fields->number[i]);
    return size;
}

static bool s_take_text(const unsigned char **next, const unsigned char *end, lex_span_t *field)
{
    uint32_t size;
    if (!varint_get(next, end, &size) || size > (size_t)(end - *next))
        return false;
    *field = (lex_span_t){.data = (const char *)*next, .size = size};
    *next += size;
    return true;
}

void index_fields_unpack(const unsigned char *data, size_t size, lex_fields_t *out)
{
    const unsigned char *next = data, *end = data + size;
    uint32_t mask;
    *out = (lex_fields_t){0};
    bool whole = size > 0 && varint_get(&next, end, &mask) && mask >> FIELDS == 0;
    for (unsigned i = 0; whole && i < LEX_TEXT_FIELDS; i++)
        if (mask & 1u << i)
            whole = s_take_text(&next, end, out->text + i);
    for (unsigned i = 0; whole && i < LEX_NUMBER_FIELDS; i++)
        if (mask & 1u << (LEX_TEXT_FIELDS + i))
            whole = varint_get(&next, end, out->number + i);
    if (!whole)
        *out = (lex_fields_t){0};
}
