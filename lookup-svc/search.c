#include "lookup-svc/search.h"

#include <stdlib.h>
#include <sys/types.h>

#include "common/memory.h"
#include "common/text.h"

#define RANGES_START 8u

void search_close(search_t *self)
{
    free(self->ranges);
    *self = (search_t){0};
}

static void s_add_key(search_t *self, const dictionary_t *dictionary, uint32_t key)
{
    if (self->count == self->capacity) {
        /* At most one range a key that folds to the same form: the index bounds it. */
        self->capacity = self->capacity ? self->capacity * 2 : RANGES_START;
        self->ranges = lex_realloc(self->ranges, self->capacity * sizeof *self->ranges);
    }
    const index_string_t *string = index_view(dictionary->index)->keys.strings + key;
    uint32_t count = string[1].first - string[0].first;
    self->ranges[self->count++] =
        (search_range_t){.dictionary = dictionary, .first = string->first, .count = count};
    self->entries += count;
}

static void s_search_exact(search_t *self, const scope_t *scope, const char *key, size_t size)
{
    uint32_t item;
    for (size_t i = 0; i < scope->count; i++)
        if (index_table_find(&index_view(scope->dictionaries[i].index)->keys, key, size, &item))
            s_add_key(self, scope->dictionaries + i, item);
    if (self->count > 0)
        self->rule = SEARCH_EXACT;
}

static void s_search_accent(search_t *self, const scope_t *scope, const char *key, size_t size)
{
    char fold[LEX_KEY_MAX];
    ssize_t fold_size = lex_text_fold(key, size, fold, sizeof fold);
    if (fold_size <= 0)
        return;
    for (size_t i = 0; i < scope->count; i++) {
        const index_view_t *view = index_view(scope->dictionaries[i].index);
        uint32_t item;
        if (index_table_find(&view->keys, fold, (size_t)fold_size, &item))
            s_add_key(self, scope->dictionaries + i, item);
        if (!index_table_find(&view->folds, fold, (size_t)fold_size, &item))
            continue;
        const index_string_t *string = view->folds.strings + item;
        for (uint32_t j = string[0].first; j < string[1].first; j++)
            s_add_key(self, scope->dictionaries + i, view->fold_keys[j]);
    }
    if (self->count > 0)
        self->rule = SEARCH_ACCENT;
}

bool search_run(search_t *self, const scope_t *scope, const char *key, size_t size)
{
    self->rule = SEARCH_MISS;
    self->entries = 0;
    self->count = 0;
    s_search_exact(self, scope, key, size);
    if (self->rule == SEARCH_MISS)
        s_search_accent(self, scope, key, size);
    return self->rule != SEARCH_MISS;
}

const char *search_rule_name(search_rule_t rule)
{
    switch (rule) {
    case SEARCH_EXACT:
        return "exact";
    case SEARCH_ACCENT:
        return "accent";
    default:
        return "";
    }
}
