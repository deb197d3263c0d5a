#include "lookup-svc/index_check_tables.h"

#include "common/text.h"

static const char *s_check_strings(const index_table_t *table, uint64_t bytes, uint32_t end)
{
    const index_string_t *strings = table->strings;
    if (strings[0].offset != 0 || strings[0].first != 0 || strings[table->count].offset != bytes ||
        strings[table->count].first != end)
        return "a string table that does not fit what belongs to it";
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

const char *index_check_slots(const index_part_t *part, uint32_t count, uint32_t bound,
                              const uint32_t **slots)
{
    uint32_t capacity = index_slots(count), used = 0;
    if (!index_part_has(part, capacity, sizeof(uint32_t)))
        return "a hash table of a wrong size";
    *slots = (const void *)part->data;
    for (uint32_t i = 0; i < capacity; i++) {
        uint32_t slot = (*slots)[i];
        if (slot != INDEX_EMPTY && (slot & INDEX_SLOT_ITEM) >= bound)
            return "a hash table out of bounds";
        used += slot != INDEX_EMPTY;
    }
    return used == count ? NULL : "a hash table with too many or too few";
}

const char *index_check_table(const index_part_t *parts, const index_table_rule_t *rule,
                              index_table_t *table)
{
    const index_part_t *strings = parts + INDEX_TABLE_STRINGS, *bytes = parts + INDEX_TABLE_BYTES;
    const index_part_t *shared = parts + INDEX_TABLE_SHARED;
    if (!bytes->data ||
        !index_part_has(strings, rule->count + UINT64_C(1), sizeof(index_string_t)) ||
        (rule->with_shared && !index_part_has(shared, rule->count, 1)))
        return "a string table of a wrong size";
    *table = (index_table_t){.count = rule->count,
                             .strings = (const void *)strings->data,
                             .bytes = (const char *)bytes->data,
                             .shared = rule->with_shared ? shared->data : NULL};
    const char *why = s_check_strings(table, bytes->size, rule->end);
    if (!why && rule->with_slots)
        why = index_check_slots(parts + INDEX_TABLE_SLOTS, rule->count, rule->count, &table->slots);
    return why;
}

const char *index_check_keys(const index_part_t *part, uint32_t count, uint32_t keys)
{
    if (!index_part_has(part, count, sizeof(uint32_t)))
        return "keys that are not there";
    const uint32_t *numbers = (const void *)part->data;
    for (uint32_t i = 0; i < count; i++)
        if (numbers[i] >= keys)
            return "the number of a key out of bounds";
    return NULL;
}
