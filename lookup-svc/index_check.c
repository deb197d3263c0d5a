#include "lookup-svc/index_check.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "lookup-svc/index_check_tables.h"

static const char *s_check_counts(const index_header_t *header)
{
    if (header->entries > INDEX_ENTRIES_MAX || header->keys > header->entries ||
        header->han_keys > header->keys || header->strips > header->keys ||
        header->fold_keys > header->keys || header->folds > header->fold_keys ||
        header->forms > header->form_keys || header->forms > INDEX_ENTRIES_MAX ||
        header->readings > header->reading_keys || header->readings > INDEX_ENTRIES_MAX ||
        header->average_text == 0 || header->sections > INDEX_SECTIONS_MAX)
        return "counts out of range";
    return NULL;
}

static const char *s_check_header(const index_header_t *header, uint64_t size)
{
    if (size < sizeof *header || memcmp(header->magic, INDEX_MAGIC, INDEX_MAGIC_SIZE) != 0)
        return "not an index file";
    if (header->byte_order != INDEX_BYTE_ORDER)
        return "made by another kind of machine";
    if (header->format != INDEX_FORMAT)
        return "another format";
    index_header_t copy = *header;
    copy.header_checksum = 0;
    if (crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)&copy, sizeof copy) !=
        header->header_checksum)
        return "damaged header";
    if (header->file_size != size)
        return "truncated";
    return s_check_counts(header);
}

static const char *s_check_body(const index_header_t *header)
{
    uLong checksum = crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)(header + 1),
                             header->file_size - sizeof *header);
    return checksum == header->body_checksum ? NULL : "damaged";
}

/* Sections by kind. Kinds that a later program added are passed over. */
static const char *s_find_sections(const index_header_t *header, index_part_t *found)
{
    for (uint32_t i = 0; i < header->sections; i++) {
        const index_section_t *section = header->section + i;
        if (section->offset < sizeof *header || section->offset > header->file_size ||
            section->size > header->file_size - section->offset ||
            section->offset % INDEX_ALIGNMENT != 0)
            return "a section out of bounds";
        if (section->kind < INDEX_KINDS)
            found[section->kind] = (index_part_t){
                .data = (const unsigned char *)header + section->offset, .size = section->size};
    }
    return NULL;
}

/* ---- entries ---- */

static const char *s_check_entries(const index_part_t *parts, index_view_t *view)
{
    const index_part_t *texts = parts + INDEX_TEXTS, *headwords = parts + INDEX_HEADWORDS;
    const index_part_t *entries = parts + INDEX_ENTRIES;
    if (!texts->data || !headwords->data ||
        !index_part_has(entries, view->header->entries, sizeof(index_entry_t)))
        return "entries that are not there";
    view->texts = (const char *)texts->data;
    view->headwords = headwords->data;
    view->entries = (const void *)entries->data;
    for (uint32_t i = 0; i < view->header->entries; i++) {
        const index_entry_t *entry = view->entries + i;
        uint32_t headword = entry->headword & INDEX_HEADWORD_IS_KEY;
        if (entry->text > texts->size || entry->text_size > texts->size - entry->text)
            return "a text out of bounds";
        if (headword != INDEX_HEADWORD_IS_KEY &&
            (headword >= headwords->size ||
             view->headwords[headword] >= headwords->size - headword))
            return "a headword out of bounds";
    }
    return NULL;
}

static const char *s_check_fields(const index_part_t *parts, index_view_t *view)
{
    const index_part_t *offsets = parts + INDEX_FIELD_OFFSETS, *fields = parts + INDEX_FIELDS;
    if (!offsets->data && !fields->data)
        return NULL;
    if (!fields->data || !index_part_has(offsets, view->header->entries, sizeof(uint32_t)))
        return "fields that are not there";
    view->field_offsets = (const void *)offsets->data;
    view->fields = fields->data;
    view->fields_size = fields->size;
    for (uint32_t i = 0; i < view->header->entries; i++)
        if (view->field_offsets[i] != INDEX_EMPTY && view->field_offsets[i] >= fields->size)
            return "fields out of bounds";
    return NULL;
}

/* ---- what goes along with the keys ---- */

static const char *s_check_key_items(const index_part_t *parts, index_view_t *view)
{
    uint32_t keys = view->header->keys;
    const index_part_t *ranks = parts + INDEX_RANKS;
    if (!index_part_has(parts + INDEX_REVERSED, keys, sizeof(uint32_t)) ||
        !index_part_has(parts + INDEX_SOUNDEX, keys, sizeof(uint16_t)) ||
        (ranks->data && !index_part_has(ranks, keys, sizeof(uint32_t))))
        return "keys that are not there";
    view->reversed = (const void *)parts[INDEX_REVERSED].data;
    view->soundex = (const void *)parts[INDEX_SOUNDEX].data;
    view->ranks = (const void *)ranks->data;
    return index_check_keys(parts + INDEX_REVERSED, keys, keys);
}

static const char *s_check_alternates(const index_part_t *parts, uint32_t kind, uint32_t keys_kind,
                                      uint32_t strings, uint32_t items, uint32_t keys,
                                      index_alternates_t *out)
{
    const index_table_rule_t rule = {.count = strings, .end = items, .with_slots = true};
    out->keys = (const void *)parts[keys_kind].data;
    const char *why = index_check_table(parts + kind, &rule, &out->table);
    return why ? why : index_check_keys(parts + keys_kind, items, keys);
}

static const char *s_check_keys(const index_part_t *parts, index_view_t *view)
{
    const index_header_t *header = view->header;
    const index_table_rule_t rule = {
        .count = header->keys, .end = header->entries, .with_slots = true, .with_shared = true};
    const char *why = index_check_table(parts + INDEX_KEYS, &rule, &view->keys);
    if (!why)
        why = s_check_key_items(parts, view);
    if (!why)
        why = index_check_slots(parts + INDEX_STRIPS, header->strips, header->keys, &view->strips);
    if (!why)
        why = s_check_alternates(parts, INDEX_FOLDS, INDEX_FOLD_KEYS, header->folds,
                                 header->fold_keys, header->keys, &view->folds);
    if (!why)
        why = s_check_alternates(parts, INDEX_FORMS, INDEX_FORM_KEYS, header->forms,
                                 header->form_keys, header->keys, &view->forms);
    if (!why)
        why = s_check_alternates(parts, INDEX_READINGS, INDEX_READING_KEYS, header->readings,
                                 header->reading_keys, header->keys, &view->readings);
    return why;
}

/* ---- inverted lists ---- */

static const char *s_check_grams(const index_part_t *parts, index_view_t *view)
{
    const index_part_t *lists = parts + INDEX_GRAM_LISTS;
    uint32_t count = view->header->grams;
    if (!lists->data ||
        !index_part_has(parts + INDEX_GRAMS, count + UINT64_C(1), sizeof(index_gram_t)))
        return "grams that are not there";
    view->grams = (const void *)parts[INDEX_GRAMS].data;
    view->gram_lists = lists->data;
    if (view->grams[0].offset != 0 || view->grams[count].offset != lists->size)
        return "grams that do not fit their lists";
    for (uint32_t i = 0; i < count; i++)
        if (view->grams[i + 1].offset < view->grams[i].offset ||
            view->grams[i + 1].gram <= view->grams[i].gram)
            return "grams out of order";
    return NULL;
}

static const char *s_check_terms(const index_part_t *parts, index_view_t *view)
{
    const index_part_t *lists = parts + INDEX_TERM_LISTS;
    if (!lists->data || lists->size > UINT32_MAX)
        return "terms that are not there";
    view->term_lists = lists->data;
    const index_table_rule_t rule = {.count = view->header->terms, .end = (uint32_t)lists->size};
    return index_check_table(parts + INDEX_TERMS, &rule, &view->terms);
}

const char *index_check(const void *data, uint64_t size, index_view_t *view)
{
    assert((uintptr_t)data % INDEX_ALIGNMENT == 0);
    index_part_t parts[INDEX_KINDS] = {{0}};
    const index_header_t *header = data;
    *view = (index_view_t){.header = header};
    const char *why = s_check_header(header, size);
    if (!why)
        why = s_check_body(header);
    if (!why)
        why = s_find_sections(header, parts);
    if (!why)
        why = s_check_entries(parts, view);
    if (!why)
        why = s_check_fields(parts, view);
    if (!why)
        why = s_check_keys(parts, view);
    if (!why)
        why = s_check_grams(parts, view);
    return why ? why : s_check_terms(parts, view);
}
