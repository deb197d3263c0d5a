#include "lookup-svc/search_reading.h"

#include <string.h>

#include "common/reading.h"

/* 行 has entries for xing2 and for hang2. */
static bool s_is_read(const void *arg, const index_view_t *view, uint32_t key, uint32_t entry)
{
    lex_fields_t fields;
    lex_reading_t found;
    (void)key;
    index_view_fields(view, entry, &fields);
    const lex_span_t *reading = fields.text + LEX_READING;
    return lex_reading_parse(reading->data, reading->size, &found) &&
           lex_reading_matches(arg, &found);
}

void search_readings(search_t *self, const scope_t *scope, const search_word_t *word)
{
    lex_reading_t asked;
    bool parsed = false;
    self->rule = SEARCH_READING;
    for (size_t i = 0; i < scope->count; i++) {
        const dictionary_t *dictionary = scope->dictionaries + i;
        const index_alternates_t *readings = &index_view(dictionary->index)->readings;
        uint32_t item;
        if (readings->table.count == 0)
            continue;
        if (!parsed && !lex_reading_parse(word->word, word->word_size, &asked))
            return;
        parsed = true;
        if (!index_table_find(&readings->table, asked.letters, asked.size, &item))
            continue;
        const index_string_t *found = readings->table.strings + item;
        for (uint32_t j = found[0].first; j < found[1].first; j++)
            search_add_entries(self, dictionary, readings->keys[j], s_is_read, &asked);
    }
}
