#include "lookup-svc/answer.h"

#include <string.h>
#include <sys/types.h>

#include "common/text.h"
#include "common/worker.h"
#include "lookup-svc/suggest.h"

/* Stops as soon as the reply is past `limit`: what is asked for may be many times what can be sent.
 */
static bool s_write_entries(lex_writer_t *writer, const search_t *search, size_t limit)
{
    lex_write_text(writer, "entries");
    lex_write_array(writer, search->entries);
    for (size_t i = 0; i < search->count; i++) {
        const search_range_t *range = search->ranges + i;
        const index_view_t *view = index_view(range->dictionary->index);
        for (uint32_t j = 0; j < range->count; j++) {
            index_article_t article = index_view_article(view, range->first + j);
            if (writer->buffer.size + article.text_size > limit)
                return false;
            lex_write_map(writer, 3);
            lex_put_text(writer, "dict", range->dictionary->name);
            lex_put_str(writer, "headword", article.headword, article.headword_size);
            lex_put_str(writer, "text", article.text, article.text_size);
        }
    }
    return writer->buffer.size <= limit;
}

static void s_write_suggestions(lex_writer_t *writer, const suggestion_t *suggestions, size_t count)
{
    lex_write_text(writer, "suggestions");
    lex_write_array(writer, count);
    for (size_t i = 0; i < count; i++)
        lex_write_str(writer, suggestions[i].word, suggestions[i].size);
}

answer_status_t answer_write(lex_writer_t *writer, const scope_t *scope, search_t *search,
                             const char *word, size_t size, bool quick)
{
    char key[LEX_KEY_MAX];
    ssize_t key_size = size <= LEX_WORD_MAX ? lex_text_key(word, size, key, sizeof key) : -1;
    if (key_size <= 0)
        return ANSWER_NO_WORD;
    bool found = search_run(search, scope, key, (size_t)key_size);
    if (!found && quick)
        return ANSWER_SLOW;
    suggestion_t suggestions[SUGGEST_MAX];
    size_t count = found ? 0 : suggest_nearest(scope, key, (size_t)key_size, suggestions);
    lex_write_map(writer, 5);
    lex_put_str(writer, "word", word, size);
    lex_put_bool(writer, "found", found);
    lex_put_text(writer, "rule", search_rule_name(search->rule));
    if (!s_write_entries(writer, search, quick ? ANSWER_QUICK_BYTES : LEX_REPLY_MAX))
        return quick ? ANSWER_SLOW : ANSWER_TOO_LARGE;
    s_write_suggestions(writer, suggestions, count);
    return ANSWER_OK;
}
