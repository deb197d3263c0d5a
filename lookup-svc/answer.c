#include "lookup-svc/answer.h"

#include <string.h>
#include <sys/types.h>

#include "common/text.h"
#include "common/worker.h"
#include "lookup-svc/suggest.h"

/* ---- entries ---- */

static bool s_is_sent(lex_text_field_t field, const lex_fields_t *fields)
{
    return field != LEX_DETAIL && fields->text[field].size > 0;
}

static bool s_is_number_sent(lex_number_field_t field, const lex_fields_t *fields)
{
    return field != LEX_TRANSLATION_BYTES && fields->number[field] > 0;
}

static size_t s_count_fields(const lex_fields_t *fields)
{
    size_t count = 0;
    for (lex_text_field_t i = 0; i < LEX_TEXT_FIELDS; i++)
        count += s_is_sent(i, fields);
    for (lex_number_field_t i = 0; i < LEX_NUMBER_FIELDS; i++)
        count += s_is_number_sent(i, fields);
    return count;
}

static void s_write_list(lex_writer_t *writer, lex_span_t list, char separator)
{
    lex_span_t item;
    size_t count = 0;
    for (size_t offset = 0; lex_span_next(list, separator, &offset, &item);)
        count++;
    lex_write_array(writer, count);
    for (size_t offset = 0; lex_span_next(list, separator, &offset, &item);)
        lex_write_str(writer, item.data, item.size);
}

static void s_write_fields(lex_writer_t *writer, const lex_fields_t *fields)
{
    for (lex_text_field_t i = 0; i < LEX_TEXT_FIELDS; i++) {
        if (!s_is_sent(i, fields))
            continue;
        lex_write_text(writer, lex_text_field_name(i));
        if (i == LEX_TAGS)
            s_write_list(writer, fields->text[i], ' ');
        else if (i == LEX_ALIASES)
            s_write_list(writer, fields->text[i], '\n');
        else
            lex_write_str(writer, fields->text[i].data, fields->text[i].size);
    }
    for (lex_number_field_t i = 0; i < LEX_NUMBER_FIELDS; i++)
        if (s_is_number_sent(i, fields))
            lex_put_uint(writer, lex_number_field_name(i), fields->number[i]);
}

static void s_write_entry(lex_writer_t *writer, const search_range_t *range, uint32_t entry)
{
    const index_view_t *view = index_view(range->dictionary->index);
    index_article_t article = index_view_article(view, range->key, entry);
    lex_fields_t fields;
    index_view_fields(view, entry, &fields);
    lex_write_map(writer, 3 + s_count_fields(&fields));
    lex_put_text(writer, "dict", range->dictionary->name);
    lex_put_str(writer, "headword", article.headword, article.headword_size);
    lex_put_str(writer, "text", article.text, article.text_size);
    s_write_fields(writer, &fields);
}

/* Stops as soon as the reply is past `limit`: what is asked for may be many times what can be sent.
 */
static bool s_write_entries(lex_writer_t *writer, const search_t *search, size_t limit)
{
    lex_write_text(writer, "entries");
    lex_write_array(writer, search->entries);
    for (size_t i = 0; i < search->count; i++) {
        const search_range_t *range = search->ranges + i;
        const index_view_t *view = index_view(range->dictionary->index);
        for (uint32_t j = range->first; j < range->first + range->count; j++) {
            if (writer->buffer.size + view->entries[j].text_size > limit)
                return false;
            s_write_entry(writer, range, j);
        }
    }
    return writer->buffer.size <= limit;
}

/* ---- the result ---- */

static void s_write_suggestions(lex_writer_t *writer, const suggestion_t *suggestions, size_t count)
{
    lex_write_text(writer, "suggestions");
    lex_write_array(writer, count);
    for (size_t i = 0; i < count; i++)
        lex_write_str(writer, suggestions[i].word, suggestions[i].size);
}

answer_status_t answer_write(lex_writer_t *writer, const answer_place_t *place, search_t *search,
                             const char *word, size_t size, bool quick)
{
    char key[LEX_KEY_MAX];
    ssize_t key_size = size <= LEX_WORD_MAX ? lex_text_key(word, size, key, sizeof key) : -1;
    if (key_size <= 0)
        return ANSWER_NO_WORD;
    const search_word_t asked = {word, size, key, (size_t)key_size};
    bool found = search_run(search, &place->scope, &place->forms, &asked);
    if (!found && quick)
        return ANSWER_SLOW;
    if (!found)
        found = search_explanations(search, &place->scope, &asked);
    suggestion_t suggestions[SUGGEST_MAX];
    size_t count = found ? 0 : suggest_nearest(&place->scope, key, (size_t)key_size, suggestions);
    lex_write_map(writer, 5);
    lex_put_str(writer, "word", word, size);
    lex_put_bool(writer, "found", found);
    lex_put_text(writer, "rule", search_rule_name(search->rule));
    if (!s_write_entries(writer, search, quick ? ANSWER_QUICK_BYTES : LEX_REPLY_MAX))
        return quick ? ANSWER_SLOW : ANSWER_TOO_LARGE;
    s_write_suggestions(writer, suggestions, count);
    return ANSWER_OK;
}
