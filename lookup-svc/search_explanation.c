/* Reverse look-up: full-text search (match.h) finds the candidates, and those come first of which a
 * whole gloss is just what was asked: "abandon" is better explained by "to abandon; to give up" than
 * by "an abandoned ship". */

#include "lookup-svc/search.h"

#include <string.h>

#include "lookup-svc/match.h"
#include "lookup-svc/terms.h"

#define CANDIDATES_MAX                                                                             \
    200u /* of a dictionary, best first; only among them glosses are looked for */

static bool s_has_han(const char *key, size_t size)
{
    size_t offset = 0;
    for (int code; (code = lex_text_next(key, size, &offset)) != -1;)
        if (lex_text_is_han(code))
            return true;
    return false;
}

static bool s_is_chinese(const dictionary_t *dictionary)
{
    const index_header_t *header = index_view(dictionary->index)->header;
    return header->han_keys > header->keys / 2;
}

/* ---- glosses ---- */

/* The bytes of a mark that parts glosses, 0 when there is none at `at`. */
static size_t s_mark(const char *text, size_t size, size_t at)
{
    static const char *const wide[] = {"，", "；", "、", "（", "）", "。"};
    if (text[at] != '\0' && strchr("\n;,/()", text[at]))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (size - at >= 3 && memcmp(text + at, wide[i], 3) == 0)
            return 3;
    return 0;
}

/* The next gloss. False at the end. */
static bool s_next_gloss(const index_article_t *article, size_t *offset, lex_span_t *gloss)
{
    size_t start = *offset, mark = 0;
    if (start >= article->text_size)
        return false;
    while (*offset < article->text_size &&
           !(mark = s_mark(article->text, article->text_size, *offset)))
        ++*offset;
    *gloss = (lex_span_t){article->text + start, *offset - start};
    *offset += mark;
    return true;
}

static bool s_is_term(const terms_t *terms, const char *text, size_t size)
{
    return terms->term_size == size && memcmp(terms->term, text, size) == 0;
}

/* What may stand before the words of a gloss: an article, the mark of an infinitive, and before Han characters the
 * part of speech. */
static bool s_is_passed_over(const terms_t *found, const terms_t *asked)
{
    return s_is_term(found, "to", 2) || s_is_term(found, "a", 1) || s_is_term(found, "an", 2) ||
           s_is_term(found, "the", 3) || (asked->ideograph && !found->ideograph);
}

/* True when the gloss has the words asked for, in their order, and no others. */
static bool s_is_same(lex_span_t gloss, const search_word_t *word)
{
    terms_t found, asked;
    terms_open(&found, gloss.data, gloss.size);
    terms_open(&asked, word->key, word->key_size);
    bool is_found = terms_next(&found), is_asked = terms_next(&asked);
    while (is_found && is_asked && s_is_passed_over(&found, &asked) &&
           !s_is_term(&found, asked.term, asked.term_size))
        is_found = terms_next(&found);
    while (is_found && is_asked && s_is_term(&found, asked.term, asked.term_size)) {
        is_found = terms_next(&found);
        is_asked = terms_next(&asked);
    }
    return !is_found && !is_asked;
}

static bool s_is_gloss(const void *arg, const index_view_t *view, uint32_t key, uint32_t entry)
{
    index_article_t article = index_view_article(view, key, entry);
    lex_span_t gloss;
    for (size_t offset = 0; s_next_gloss(&article, &offset, &gloss);)
        if (s_is_same(gloss, arg))
            return true;
    return false;
}

/* ---- all words ---- */

static bool s_has_term(const index_article_t *article, const terms_t *asked)
{
    terms_t terms;
    terms_open(&terms, article->text, article->text_size);
    while (terms_next(&terms))
        if (s_is_term(&terms, asked->term, asked->term_size))
            return true;
    return false;
}

/* Of a key that matches, the entries that have all the words, but not as a gloss. */
static bool s_is_explained(const void *arg, const index_view_t *view, uint32_t key, uint32_t entry)
{
    const search_word_t *word = arg;
    index_article_t article = index_view_article(view, key, entry);
    terms_t asked;
    if (s_is_gloss(arg, view, key, entry))
        return false;
    terms_open(&asked, word->key, word->key_size);
    while (terms_next(&asked))
        if (!s_has_term(&article, &asked))
            return false;
    return true;
}

static void s_add(search_t *self, const match_result_t *result, search_test_fn *test,
                  const search_word_t *word)
{
    for (size_t i = 0; i < result->count && self->entries < SEARCH_EXPLANATIONS; i++)
        search_add_entries(self, result->matches[i].dictionary, result->matches[i].key, test, word);
}

bool search_explanations(search_t *self, const scope_t *scope, const search_word_t *word)
{
    bool han = s_has_han(word->key, word->key_size);
    match_result_t result = {0};
    self->entries = 0;
    self->count = 0;
    for (size_t i = 0; i < scope->count && self->entries < SEARCH_EXPLANATIONS; i++) {
        const scope_t one = {scope->dictionaries + i, 1};
        const match_query_t query = {.strategy = MATCH_TEXT,
                                     .pattern = word->key,
                                     .pattern_size = word->key_size,
                                     .limit = CANDIDATES_MAX};
        if ((!han && !s_is_chinese(one.dictionaries)) || word->key_size > MATCH_PATTERN_MAX ||
            match_run(&one, &query, &result) != MATCH_OK)
            continue;
        s_add(self, &result, s_is_gloss, word);
        s_add(self, &result, s_is_explained, word);
    }
    match_result_close(&result);
    self->rule = self->count > 0 ? SEARCH_EXPLANATION : SEARCH_MISS;
    return self->count > 0;
}
