#include "lookup-svc/match_filter.h"

#include <string.h>

bool match_filter_is_open(const match_filter_t *self)
{
    return self->tag_count == 0 && self->collins == 0 && self->max_rank == 0;
}

static bool s_has_tag(lex_span_t tags, lex_span_t wanted)
{
    size_t offset = 0;
    lex_span_t tag;
    while (lex_span_next(tags, ' ', &offset, &tag))
        if (tag.size == wanted.size && memcmp(tag.data, wanted.data, tag.size) == 0)
            return true;
    return false;
}

static bool s_passes(const match_filter_t *self, const lex_fields_t *fields)
{
    uint32_t rank = lex_fields_rank(fields);
    if (self->max_rank > 0 && (rank == 0 || rank > self->max_rank))
        return false;
    if (fields->number[LEX_COLLINS] < self->collins)
        return false;
    for (size_t i = 0; i < self->tag_count; i++)
        if (!s_has_tag(fields->text[LEX_TAGS], self->tags[i]))
            return false;
    return true;
}

bool match_filter_passes(const match_filter_t *self, const index_view_t *view, uint32_t key)
{
    if (match_filter_is_open(self))
        return true;
    /* Most words fail here, before any field is unpacked. */
    if (!view->field_offsets)
        return false;
    if (self->max_rank > 0 &&
        (!view->ranks || view->ranks[key] == 0 || view->ranks[key] > self->max_rank))
        return false;
    const index_string_t *string = view->keys.strings + key;
    for (uint32_t entry = string[0].first; entry < string[1].first; entry++) {
        lex_fields_t fields;
        index_view_fields(view, entry, &fields);
        if (s_passes(self, &fields))
            return true;
    }
    return false;
}
