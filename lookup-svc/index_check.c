#include "lookup-svc/index_check.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "common/text.h"

/* A section as found in the file. */
typedef struct {
    const unsigned char *data; /* NULL: not there */
    uint64_t size;
} s_section_t;

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
    if (header->entries > INDEX_ENTRIES_MAX || header->keys > header->entries ||
        header->fold_keys > header->keys || header->folds > header->fold_keys ||
        header->sections > INDEX_SECTIONS_MAX)
        return "counts out of range";
    return NULL;
}

static const char *s_check_body(const index_header_t *header)
{
    uLong checksum = crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)(header + 1),
                             header->file_size - sizeof *header);
    return checksum == header->body_checksum ? NULL : "damaged";
}

/* Sections by kind. Kinds that a later program added are passed over. */
static const char *s_find_sections(const index_header_t *header, s_section_t *found, uint32_t kinds)
{
    for (uint32_t i = 0; i < header->sections; i++) {
        const index_section_t *section = header->section + i;
        if (section->offset < sizeof *header || section->offset > header->file_size ||
            section->size > header->file_size - section->offset ||
            section->offset % INDEX_ALIGNMENT != 0)
            return "a section out of bounds";
        if (section->kind < kinds)
            found[section->kind] = (s_section_t){
                .data = (const unsigned char *)header + section->offset, .size = section->size};
    }
    return NULL;
}

static const char *s_check_strings(const index_table_t *table, uint64_t bytes, uint32_t postings)
{
    const index_string_t *strings = table->strings;
    if (strings[0].offset != 0 || strings[0].first != 0 || strings[table->count].offset != bytes ||
        strings[table->count].first != postings)
        return "a string table does not fit its postings";
    for (uint32_t i = 0; i < table->count; i++) {
        /* Unsigned: a step back shows as a size beyond the limit. */
        uint32_t size = strings[i + 1].offset - strings[i].offset;
        if (size == 0 || size > LEX_KEY_MAX || strings[i + 1].first <= strings[i].first)
            return "a string table out of order";
        uint32_t before = i > 0 ? strings[i].offset - strings[i - 1].offset : 0;
        if (table->shared && (table->shared[i] > size || table->shared[i] > before))
            return "a string that shares more than it has";
    }
    return NULL;
}

static const char *s_check_slots(const index_table_t *table)
{
    uint64_t used = 0;
    for (uint64_t i = 0; i <= table->mask; i++) {
        uint32_t item = table->slots[i].item;
        if (item != INDEX_EMPTY && item >= table->count)
            return "a hash table out of bounds";
        used += item != INDEX_EMPTY;
    }
    return used == table->count && used <= table->mask ? NULL : "a hash table without a free slot";
}

static const char *s_check_table(const s_section_t *sections, uint32_t count, uint32_t postings,
                                 bool with_shared, index_table_t *table)
{
    const s_section_t *strings = sections + INDEX_TABLE_STRINGS;
    const s_section_t *bytes = sections + INDEX_TABLE_BYTES;
    const s_section_t *slots = sections + INDEX_TABLE_SLOTS;
    const s_section_t *shared = sections + INDEX_TABLE_SHARED;
    uint64_t capacity = slots->size / sizeof(index_slot_t);
    if (!strings->data || !bytes->data || !slots->data || (with_shared && !shared->data))
        return "a string table without one of its sections";
    if (strings->size != (count + UINT64_C(1)) * sizeof(index_string_t) ||
        slots->size % sizeof(index_slot_t) != 0 || capacity < 2 || capacity > UINT32_MAX ||
        (capacity & (capacity - 1)) != 0 || (with_shared && shared->size != count))
        return "a string table of a wrong size";
    *table = (index_table_t){.count = count,
                             .mask = (uint32_t)capacity - 1,
                             .strings = (const void *)strings->data,
                             .bytes = (const char *)bytes->data,
                             .slots = (const void *)slots->data,
                             .shared = with_shared ? shared->data : NULL};
    const char *why = s_check_strings(table, bytes->size, postings);
    return why ? why : s_check_slots(table);
}

static const char *s_check_entries(const s_section_t *sections, index_view_t *view)
{
    const s_section_t *texts = sections + INDEX_TEXTS, *headwords = sections + INDEX_HEADWORDS;
    const s_section_t *entries = sections + INDEX_ENTRIES;
    if (!texts->data || !headwords->data || !entries->data ||
        entries->size != view->header->entries * sizeof(index_entry_t))
        return "entries that are not there";
    view->texts = (const char *)texts->data;
    view->headwords = headwords->data;
    view->entries = (const void *)entries->data;
    for (uint32_t i = 0; i < view->header->entries; i++) {
        const index_entry_t *entry = view->entries + i;
        if (entry->text > texts->size || entry->text_size > texts->size - entry->text)
            return "a text out of bounds";
        if (entry->headword >= headwords->size ||
            view->headwords[entry->headword] >= headwords->size - entry->headword)
            return "a headword out of bounds";
    }
    return NULL;
}

static const char *s_check_fold_keys(const s_section_t *section, index_view_t *view)
{
    if (!section->data || section->size != view->header->fold_keys * sizeof(uint32_t))
        return "folds that are not there";
    view->fold_keys = (const void *)section->data;
    for (uint32_t i = 0; i < view->header->fold_keys; i++)
        if (view->fold_keys[i] >= view->header->keys)
            return "a fold out of bounds";
    return NULL;
}

const char *index_check(const void *data, uint64_t size, index_view_t *view)
{
    assert((uintptr_t)data % INDEX_ALIGNMENT == 0);
    s_section_t sections[INDEX_FOLD_KEYS + 1] = {{0}};
    const index_header_t *header = data;
    *view = (index_view_t){.header = header};
    const char *why = s_check_header(header, size);
    if (!why)
        why = s_check_body(header);
    if (!why)
        why = s_find_sections(header, sections, INDEX_FOLD_KEYS + 1);
    if (!why)
        why = s_check_entries(sections, view);
    if (!why)
        why =
            s_check_table(sections + INDEX_KEYS, header->keys, header->entries, true, &view->keys);
    if (!why)
        why = s_check_table(sections + INDEX_FOLDS, header->folds, header->fold_keys, false,
                            &view->folds);
    if (!why)
        why = s_check_fold_keys(sections + INDEX_FOLD_KEYS, view);
    return why;
}
