#include "bench/lib/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "bench/lib/failure.h"
#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/answer.h"
#include "lookup-svc/match.h"

typedef size_t(s_ask_fn)(engine_t *self, const char *word, FILE *keys);

struct engine {
    dictionary_t dictionary;
    scope_t scope;
    s_ask_fn *ask;
    search_t search;
    lex_writer_t writer;
    match_query_t query; /* all but the pattern and the cursor */
    match_result_t result;
    volatile char touched; /* so that reading an article is not optimized away */
};

engine_t *engine_new(const char *path)
{
    const char *why = NULL;
    engine_t *self = lex_calloc(1, sizeof *self);
    self->dictionary = (dictionary_t){
        .id = 1, .version = 1, .kind = DICTIONARY_WORDS, .name = "bench", .title = "bench"};
    self->dictionary.index = index_open(path, &why);
    if (!self->dictionary.index)
        fail("%s: %s", path, why);
    self->scope = (scope_t){&self->dictionary, 1};
    lex_writer_init(&self->writer);
    return self;
}

void engine_destroy(engine_t **self_p)
{
    engine_t *self = *self_p;
    if (!self)
        return;
    search_close(&self->search);
    match_result_close(&self->result);
    lex_writer_close(&self->writer);
    index_destroy(&self->dictionary.index);
    free(self);
    *self_p = NULL;
}

const index_view_t *engine_view(const engine_t *self)
{
    return index_view(self->dictionary.index);
}

static void s_write_key(const engine_t *self, uint32_t key, FILE *keys)
{
    size_t size;
    const char *string = index_table_string(&engine_view(self)->keys, key, &size);
    fwrite(string, 1, size, keys);
    putc('\t', keys);
}

/* From the word as it is asked to the first byte of each text. */
static size_t s_define(engine_t *self, const char *word, FILE *keys)
{
    char key[LEX_KEY_MAX];
    size_t size = strlen(word);
    ssize_t key_size = lex_text_key(word, size, key, sizeof key);
    if (key_size <= 0)
        fail("'%s' has no key", word);
    search_word_t asked = {word, size, key, (size_t)key_size};
    if (!search_run(&self->search, &self->scope, &self->scope, &asked))
        fail("'%s' is not found", word);
    const index_view_t *view = engine_view(self);
    for (size_t i = 0; i < self->search.count; i++) {
        const search_range_t *range = &self->search.ranges[i];
        for (uint32_t j = 0; j < range->count; j++)
            self->touched ^= *index_view_article(view, range->key, range->first + j).text;
        if (keys)
            s_write_key(self, range->key, keys);
    }
    return self->search.entries;
}

static size_t s_answer(engine_t *self, const char *word, FILE *keys)
{
    answer_place_t place = {.scope = self->scope, .forms = self->scope};
    (void)keys;
    lex_writer_clear(&self->writer);
    if (answer_write(&self->writer, &place, &self->search, word, strlen(word), false) != ANSWER_OK)
        fail("'%s' is not answered", word);
    return self->writer.buffer.size;
}

static size_t s_match(engine_t *self, const char *pattern, FILE *keys)
{
    unsigned char cursor[MATCH_CURSOR_MAX];
    match_query_t query = self->query;
    query.pattern = pattern;
    query.pattern_size = strlen(pattern);
    size_t count = 0;
    do {
        if (match_run(&self->scope, &query, &self->result) != MATCH_OK)
            fail("match %s '%s': %s", match_strategy_name(query.strategy), pattern,
                 self->result.why);
        count += self->result.count;
        for (size_t i = 0; keys && i < self->result.count; i++)
            s_write_key(self, self->result.matches[i].key, keys);
        memcpy(cursor, self->result.cursor, self->result.cursor_size);
        query.cursor = cursor;
        query.cursor_size = self->result.cursor_size;
    } while (query.cursor_size > 0);
    return count;
}

void engine_set_question(engine_t *self, const char *question)
{
    if (strcmp(question, "define") == 0) {
        self->ask = s_define;
        return;
    }
    if (strcmp(question, "answer") == 0) {
        self->ask = s_answer;
        return;
    }
    const char *name = strcmp(question, "lev2") == 0 ? "lev" : question;
    self->ask = s_match;
    self->query = (match_query_t){.limit = MATCH_LIMIT_MAX, .distance = name == question ? 1 : 2};
    if (match_strategy_find(name, strlen(name), &self->query.strategy) == -1)
        fail("'%s' is nothing to ask for", question);
}

size_t engine_ask(engine_t *self, const char *word, FILE *keys)
{
    size_t count = self->ask(self, word, keys);
    if (keys)
        putc('\n', keys);
    return count;
}
