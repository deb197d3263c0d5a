#include "lookup-svc/lemma.h"

#include <stdbool.h>
#include <string.h>

#define LEMMA_NOISE 1000u /* times rarer than the first */

/* ---- forms ---- */

static bool s_is_there(const lemma_t *lemmas, size_t count, const char *key, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (lemmas[i].size == size && memcmp(lemmas[i].key, key, size) == 0)
            return true;
    return false;
}

/* Puts a lemma behind all that are at least as frequent. Returns how many there are. */
static size_t s_insert(lemma_t out[LEMMA_MAX], size_t count, const char *key, size_t size,
                       uint32_t frequency)
{
    size_t place = count;
    while (place > 0 && out[place - 1].frequency < frequency)
        place--;
    if (place == LEMMA_MAX || s_is_there(out, count, key, size))
        return count;
    size_t behind = (count < LEMMA_MAX ? count : LEMMA_MAX - 1) - place;
    memmove(out + place + 1, out + place, behind * sizeof *out);
    memcpy(out[place].key, key, size);
    out[place].size = size;
    out[place].frequency = frequency;
    return count < LEMMA_MAX ? count + 1 : count;
}

/* The frequency that the entries of a key state. */
static uint32_t s_frequency(const index_view_t *view, uint32_t key)
{
    uint32_t frequency = 0;
    const index_string_t *string = view->keys.strings + key;
    for (uint32_t i = string[0].first; i < string[1].first && view->field_offsets; i++) {
        lex_fields_t fields;
        index_view_fields(view, i, &fields);
        if (fields.number[LEX_FREQUENCY] > frequency)
            frequency = fields.number[LEX_FREQUENCY];
    }
    return frequency;
}

static size_t s_drop_noise(const lemma_t *lemmas, size_t count)
{
    while (count > 1 && lemmas[count - 1].frequency < lemmas[0].frequency / LEMMA_NOISE)
        count--;
    return count;
}

size_t lemma_from_forms(const scope_t *forms, const char *key, size_t size, lemma_t out[LEMMA_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < forms->count; i++) {
        const index_view_t *view = index_view(forms->dictionaries[i].index);
        uint32_t item;
        if (!index_table_find(&view->forms.table, key, size, &item))
            continue;
        const index_string_t *string = view->forms.table.strings + item;
        for (uint32_t j = string[0].first; j < string[1].first; j++) {
            size_t lemma_size;
            uint32_t number = view->forms.keys[j];
            const char *lemma = index_table_string(&view->keys, number, &lemma_size);
            count = s_insert(out, count, lemma, lemma_size, s_frequency(view, number));
        }
    }
    return s_drop_noise(out, count);
}

/* ---- endings ---- */

typedef struct {
    const char *ending, *lemma;
} s_rule_t;

/* Nouns, verbs, adjectives, as WordNet lists them; equal rules once. */
static const s_rule_t s_rules[] = {
    {"s", ""},      {"ses", "s"}, {"xes", "x"}, {"zes", "z"}, {"ches", "ch"}, {"shes", "sh"},
    {"men", "man"}, {"ies", "y"}, {"es", "e"},  {"es", ""},   {"ed", "e"},    {"ed", ""},
    {"ing", "e"},   {"ing", ""},  {"er", ""},   {"est", ""},  {"er", "e"},    {"est", "e"}};

size_t lemma_from_endings(const char *key, size_t size, lemma_t out[LEMMA_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof s_rules / sizeof *s_rules && count < LEMMA_MAX; i++) {
        const s_rule_t *rule = s_rules + i;
        size_t ending = strlen(rule->ending), lemma = strlen(rule->lemma);
        if (size <= ending || memcmp(key + size - ending, rule->ending, ending) != 0)
            continue;
        lemma_t *made = out + count;
        made->size = size - ending + lemma;
        made->frequency = 0;
        memcpy(made->key, key, size - ending);
        memcpy(made->key + size - ending, rule->lemma, lemma);
        if (!s_is_there(out, count, made->key, made->size))
            count++;
    }
    return count;
}
