#include "lookup-svc/search.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/lemma.h"
#include "lookup-svc/search_reading.h"

#define RANGES_START 8u
#define STRIPS_MAX   64u /* keys of one dictionary with the same letters and digits */

void search_close(search_t *self)
{
    free(self->ranges);
    *self = (search_t){0};
}

static void s_add(search_t *self, const dictionary_t *dictionary, uint32_t key, uint32_t first,
                  uint32_t end)
{
    if (first == end)
        return;
    if (self->count == self->capacity) {
        /* At most one range an entry of the keys found: the index bounds it. */
        self->capacity = self->capacity ? self->capacity * 2 : RANGES_START;
        self->ranges = lex_realloc(self->ranges, self->capacity * sizeof *self->ranges);
    }
    self->ranges[self->count++] = (search_range_t){
        .dictionary = dictionary, .key = key, .first = first, .count = end - first};
    self->entries += end - first;
}

static void s_add_key(search_t *self, const dictionary_t *dictionary, uint32_t key)
{
    const index_string_t *string = index_view(dictionary->index)->keys.strings + key;
    s_add(self, dictionary, key, string[0].first, string[1].first);
}

void search_add_entries(search_t *self, const dictionary_t *dictionary, uint32_t key,
                        search_test_fn *test, const void *arg)
{
    const index_view_t *view = index_view(dictionary->index);
    uint32_t first = view->keys.strings[key].first, end = view->keys.strings[key + 1].first;
    for (uint32_t i = first; i < end; i++)
        if (!test(arg, view, key, i)) {
            s_add(self, dictionary, key, first, i);
            first = i + 1;
        }
    s_add(self, dictionary, key, first, end);
}

static bool s_find_key(search_t *self, const dictionary_t *dictionary, const char *key, size_t size)
{
    uint32_t item;
    if (!index_table_find(&index_view(dictionary->index)->keys, key, size, &item))
        return false;
    s_add_key(self, dictionary, item);
    return true;
}

/* ---- exact and case ---- */

/* True when an entry is spelled as asked. An alias has no spelling of its own but its key. */
static bool s_is_spelled(const void *arg, const index_view_t *view, uint32_t key, uint32_t entry)
{
    const search_word_t *word = arg;
    index_article_t article = index_view_article(view, key, entry);
    if (article.alias)
        return word->word_size == word->key_size &&
               memcmp(word->word, word->key, word->key_size) == 0;
    if (article.headword_size == word->word_size &&
        memcmp(article.headword, word->word, word->word_size) == 0)
        return true;
    /* The key is the same, so they can differ in case, or in blanks and composition alone. */
    char asked[LEX_KEY_MAX], found[LEX_KEY_MAX];
    ssize_t asked_size = lex_text_spelling(word->word, word->word_size, asked, sizeof asked);
    ssize_t found_size =
        lex_text_spelling(article.headword, article.headword_size, found, sizeof found);
    return asked_size > 0 && asked_size == found_size &&
           memcmp(asked, found, (size_t)asked_size) == 0;
}

static bool s_is_spelled_otherwise(const void *arg, const index_view_t *view, uint32_t key,
                                   uint32_t entry)
{
    return !s_is_spelled(arg, view, key, entry);
}

static void s_search_key(search_t *self, const scope_t *scope, const search_word_t *word)
{
    uint32_t item;
    self->rule = SEARCH_CASE;
    for (size_t i = 0; i < scope->count; i++) {
        const dictionary_t *dictionary = scope->dictionaries + i;
        if (!index_table_find(&index_view(dictionary->index)->keys, word->key, word->key_size,
                              &item))
            continue;
        size_t before = self->count;
        search_add_entries(self, dictionary, item, s_is_spelled, word);
        if (self->count > before)
            self->rule = SEARCH_EXACT;
        search_add_entries(self, dictionary, item, s_is_spelled_otherwise, word);
    }
}

/* ---- accents and punctuation ---- */

static void s_find_alternates(search_t *self, const dictionary_t *dictionary,
                              const index_alternates_t *alternates, const char *string, size_t size)
{
    uint32_t item;
    if (!index_table_find(&alternates->table, string, size, &item))
        return;
    const index_string_t *found = alternates->table.strings + item;
    for (uint32_t i = found[0].first; i < found[1].first; i++)
        s_add_key(self, dictionary, alternates->keys[i]);
}

static void s_search_accent(search_t *self, const scope_t *scope, const search_word_t *word)
{
    char fold[LEX_KEY_MAX];
    ssize_t size = lex_text_fold(word->key, word->key_size, fold, sizeof fold);
    self->rule = SEARCH_ACCENT;
    for (size_t i = 0; size > 0 && i < scope->count; i++) {
        const dictionary_t *dictionary = scope->dictionaries + i;
        s_find_key(self, dictionary, fold, (size_t)size);
        s_find_alternates(self, dictionary, &index_view(dictionary->index)->folds, fold,
                          (size_t)size);
    }
}

static void s_search_punctuation(search_t *self, const scope_t *scope, const search_word_t *word)
{
    char strip[LEX_KEY_MAX];
    uint32_t keys[STRIPS_MAX];
    ssize_t size = lex_text_strip(word->key, word->key_size, strip, sizeof strip);
    self->rule = SEARCH_PUNCTUATION;
    for (size_t i = 0; size > 0 && i < scope->count; i++) {
        const dictionary_t *dictionary = scope->dictionaries + i;
        const index_view_t *view = index_view(dictionary->index);
        s_find_key(self, dictionary, strip, (size_t)size);
        s_find_alternates(self, dictionary, &view->folds, strip, (size_t)size);
        size_t count = index_view_strips(view, strip, (size_t)size, keys, STRIPS_MAX);
        for (size_t j = 0; j < count; j++)
            s_add_key(self, dictionary, keys[j]);
    }
}

/* ---- lemmas ---- */

/* In each dictionary the lemmas in their order. */
static void s_add_lemmas(search_t *self, const scope_t *scope, const lemma_t *lemmas, size_t count)
{
    for (size_t i = 0; i < scope->count; i++)
        for (size_t j = 0; j < count; j++)
            s_find_key(self, scope->dictionaries + i, lemmas[j].key, lemmas[j].size);
}

/* The endings are tried only with a word that no data knows: WordNet's exceptions replace the rules. */
static void s_search_lemma(search_t *self, const scope_t *scope, const scope_t *forms,
                           const search_word_t *word)
{
    lemma_t lemmas[LEMMA_MAX];
    self->rule = SEARCH_LEMMA;
    s_add_lemmas(self, scope, lemmas, lemma_from_forms(forms, word->key, word->key_size, lemmas));
    if (self->count == 0)
        s_add_lemmas(self, scope, lemmas, lemma_from_endings(word->key, word->key_size, lemmas));
}

bool search_run(search_t *self, const scope_t *scope, const scope_t *forms,
                const search_word_t *word)
{
    self->entries = 0;
    self->count = 0;
    s_search_key(self, scope, word);
    if (self->count == 0)
        s_search_accent(self, scope, word);
    if (self->count == 0)
        s_search_punctuation(self, scope, word);
    if (self->count == 0)
        s_search_lemma(self, scope, forms, word);
    if (self->count == 0)
        search_readings(self, scope, word);
    if (self->count == 0)
        self->rule = SEARCH_MISS;
    return self->count > 0;
}

const char *search_rule_name(search_rule_t rule)
{
    static const char *const names[] = {[SEARCH_MISS] = "",
                                        [SEARCH_EXACT] = "exact",
                                        [SEARCH_CASE] = "case",
                                        [SEARCH_ACCENT] = "accent",
                                        [SEARCH_PUNCTUATION] = "punctuation",
                                        [SEARCH_LEMMA] = "lemma",
                                        [SEARCH_READING] = "reading",
                                        [SEARCH_EXPLANATION] = "explanation"};
    return names[rule];
}
