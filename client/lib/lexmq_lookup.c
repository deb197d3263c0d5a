/* Calls to lookup (docs/protocol.md section 6). */

#include <lexmq.h>

#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/text.h"

#define SERVICE       "lookup"
#define SUGGEST_MAX   100
#define SUGGEST_USUAL 10

void lexmq_definitions_destroy(lexmq_definitions_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

void lexmq_words_destroy(lexmq_words_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

void lexmq_dictionaries_destroy(lexmq_dictionaries_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static lexmq_status_t s_check_words(lexmq_t *self, const char *const *words, size_t count)
{
    if (count < 1 || count > LEXMQ_WORDS_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A request has 1 to %d words.",
                               LEXMQ_WORDS_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(words[i]);
        if (size < 1 || size > LEXMQ_WORD_MAX)
            return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A word has 1 to %d bytes.",
                                   LEXMQ_WORD_MAX);
        if (!lex_text_is_utf8(words[i], size))
            return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A word is not valid UTF-8.");
    }
    return LEXMQ_OK;
}

/* What only some dictionaries give. */
static bool s_take_fields(void *result, const msgpack_object *map, lexmq_entry_t *entry)
{
    return lexmq_result_maybe_str(result, map, "phonetic", &entry->phonetic) &&
           lexmq_result_maybe_str(result, map, "reading", &entry->reading) &&
           lexmq_result_maybe_str(result, map, "pos", &entry->pos) &&
           lexmq_result_maybe_texts(result, map, "tags", &entry->tags, &entry->tag_count) &&
           lexmq_result_maybe_str(result, map, "forms", &entry->forms) &&
           lexmq_result_maybe_texts(result, map, "aliases", &entry->aliases, &entry->alias_count) &&
           lexmq_result_maybe_str(result, map, "audio", &entry->audio) &&
           lexmq_result_maybe_uint(map, "collins", &entry->collins) &&
           lexmq_result_maybe_uint(map, "oxford", &entry->oxford) &&
           lexmq_result_maybe_uint(map, "bnc_rank", &entry->bnc_rank) &&
           lexmq_result_maybe_uint(map, "modern_rank", &entry->modern_rank) &&
           lexmq_result_maybe_uint(map, "frequency", &entry->frequency);
}

static bool s_take_entries(void *result, const msgpack_object *map, lexmq_definition_t *word)
{
    const msgpack_object_array *array;

    if (!lexmq_result_maps(map, "entries", &array))
        return false;
    word->entries = lexmq_result_array(result, array->size, sizeof *word->entries);
    for (; word->entry_count < array->size; word->entry_count++) {
        const msgpack_object *entry = &array->ptr[word->entry_count];
        lexmq_entry_t *out = &word->entries[word->entry_count];
        if (!lexmq_result_str(result, entry, "dict", &out->dict) ||
            !lexmq_result_str(result, entry, "headword", &out->headword) ||
            !lexmq_result_str(result, entry, "text", &out->text) ||
            !s_take_fields(result, entry, out))
            return false;
    }
    return true;
}

static bool s_take_word(void *result, const msgpack_object *map, lexmq_definition_t *word)
{
    if (!lexmq_result_str(result, map, "word", &word->word) ||
        !lex_map_bool(map, "found", &word->found) ||
        !lexmq_result_str(result, map, "rule", &word->rule) || !s_take_entries(result, map, word) ||
        !lexmq_result_texts(result, map, "suggestions", &word->suggestions,
                            &word->suggestion_count))
        return false;
    /* Whoever sees `found` may look at the first entry. */
    if (word->found && word->entry_count == 0)
        return false;
    if (!word->found || word->rule[0] == '\0')
        word->rule = NULL;
    return true;
}

static lexmq_status_t s_take_definitions(lexmq_t *self, size_t count, lexmq_definitions_t **out)
{
    const msgpack_object *root = lex_body_root(self->reply);
    const msgpack_object_array *array;

    if (!lexmq_result_maps(root, "results", &array) || array->size != count)
        return lexmq_call_broken(self, "results");
    lexmq_definitions_t *definitions = lexmq_result_new(sizeof *definitions);
    definitions->words = lexmq_result_array(definitions, count, sizeof *definitions->words);
    bool good = lex_map_bool(root, "recorded", &definitions->recorded);
    for (; good && definitions->count < count; definitions->count++)
        good = s_take_word(definitions, &array->ptr[definitions->count],
                           &definitions->words[definitions->count]);
    if (good) {
        *out = definitions;
        return LEXMQ_OK;
    }
    lexmq_definitions_destroy(&definitions);
    return lexmq_call_broken(self, "result");
}

lexmq_status_t lexmq_define(lexmq_t *self, const char *const *words, size_t count,
                            const lexmq_define_options_t *options, lexmq_definitions_t **out)
{
    static const lexmq_define_options_t usual = {0};

    *out = NULL;
    options = options ? options : &usual;
    lexmq_status_t status = s_check_words(self, words, count);
    if (status != LEXMQ_OK)
        return status;
    if (options->dict && !lex_text_is_utf8(options->dict, strlen(options->dict)))
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST,
                               "The dictionary's name is not valid UTF-8.");
    size_t arguments = 1 + (options->dict ? 1 : 0) + (options->unrecorded ? 1 : 0);
    lex_writer_t *request = lexmq_call_begin_as_user(self, "define", arguments);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    if (options->dict)
        lex_put_text(request, "dict", options->dict);
    if (options->unrecorded)
        lex_put_bool(request, "record", false);
    lex_write_text(request, "words");
    lex_write_array(request, count);
    for (size_t i = 0; i < count; i++)
        lex_write_text(request, words[i]);
    status = lexmq_call_run(self, SERVICE);
    return status == LEXMQ_OK ? s_take_definitions(self, count, out) : status;
}

lexmq_status_t lexmq_suggest(lexmq_t *self, const char *prefix, unsigned limit, const char *dict,
                             lexmq_words_t **out)
{
    *out = NULL;
    if (limit > SUGGEST_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "At most %d words can be suggested.",
                               SUGGEST_MAX);
    if (!lex_text_is_utf8(prefix, strlen(prefix)) ||
        (dict && !lex_text_is_utf8(dict, strlen(dict))))
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "The prefix is not valid UTF-8.");
    lex_writer_t *request = lexmq_call_begin_as_user(self, "suggest", dict ? 3 : 2);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_text(request, "prefix", prefix);
    lex_put_uint(request, "limit", limit > 0 ? limit : SUGGEST_USUAL);
    if (dict)
        lex_put_text(request, "dict", dict);
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    lexmq_words_t *words = lexmq_result_new(sizeof *words);
    if (!lexmq_result_texts(words, lex_body_root(self->reply), "words", &words->list,
                            &words->count)) {
        lexmq_words_destroy(&words);
        return lexmq_call_broken(self, "words");
    }
    *out = words;
    return LEXMQ_OK;
}

lexmq_status_t lexmq_dictionaries(lexmq_t *self, lexmq_dictionaries_t **out)
{
    const msgpack_object_array *array;

    *out = NULL;
    if (!lexmq_call_begin_as_user(self, "dictionaries", 0))
        return LEXMQ_UNAUTHORIZED;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    if (!lexmq_result_maps(lex_body_root(self->reply), "dictionaries", &array))
        return lexmq_call_broken(self, "dictionaries");
    lexmq_dictionaries_t *all = lexmq_result_new(sizeof *all);
    all->list = lexmq_result_array(all, array->size, sizeof *all->list);
    for (; all->count < array->size; all->count++) {
        const msgpack_object *map = &array->ptr[all->count];
        lexmq_dictionary_t *one = &all->list[all->count];
        if (!lexmq_result_str(all, map, "name", &one->name) ||
            !lexmq_result_str(all, map, "title", &one->title) ||
            !lex_map_uint(map, "entries", &one->entries) ||
            !lex_map_uint(map, "version", &one->version)) {
            lexmq_dictionaries_destroy(&all);
            return lexmq_call_broken(self, "dictionaries");
        }
    }
    *out = all;
    return LEXMQ_OK;
}
