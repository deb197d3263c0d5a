/* Looked-up words, for people and for programs. */

#include <inttypes.h>
#include <string.h>

#include "client/machine.h"
#include "client/show.h"

#define INDENT 2

static bool s_is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* How it is pronounced, or read; NULL when the dictionary does not say. */
static const char *s_sound(const lexmq_entry_t *entry)
{
    const char *sound = entry->phonetic && *entry->phonetic ? entry->phonetic : entry->reading;

    return sound && *sound ? sound : NULL;
}

/* True when an entry is another sense of the headword above it. */
static bool s_goes_on(const lexmq_entry_t *before, const lexmq_entry_t *entry)
{
    return before && strcmp(before->dict, entry->dict) == 0 &&
           strcmp(before->headword, entry->headword) == 0 &&
           s_is_same(s_sound(before), s_sound(entry));
}

static void s_show_head(const page_t *page, const lexmq_entry_t *entry)
{
    const char *sound = s_sound(entry);

    page_print(page, PAGE_BOLD, entry->headword);
    if (sound) {
        /* Some dictionaries put it into brackets or slashes themselves. */
        bool bare = !strchr("[/", sound[0]);
        fputs(bare ? "  [" : "  ", page->out);
        page_print(page, PAGE_PLAIN, sound);
        fputs(bare ? "]" : "", page->out);
    }
    fputs("  (", page->out);
    page_print(page, PAGE_DIM, entry->dict);
    fputs(")\n", page->out);
}

void show_entries(const page_t *page, const lexmq_definition_t *word)
{
    const lexmq_entry_t *before = NULL;

    show_way(page, word);
    for (size_t i = 0; i < word->entry_count; i++) {
        const lexmq_entry_t *entry = &word->entries[i];
        if (!s_goes_on(before, entry))
            s_show_head(page, entry);
        show_fields(page, entry, INDENT);
        page_wrap(page, entry->text, INDENT);
        before = entry;
    }
}

void show_miss(const page_t *page, const char *word, const char *const *suggestions, size_t count)
{
    page_print(page, PAGE_PLAIN, word);
    fputs(": not found", page->out);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "; did you mean " : ", ", page->out);
        page_print(page, PAGE_PLAIN, suggestions[i]);
    }
    fputs(count > 0 ? "?\n" : "\n", page->out);
}

static void s_list_json(FILE *out, const char *const *list, size_t count)
{
    putc('[', out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putc(',', out);
        json_string(out, list[i]);
    }
    putc(']', out);
}

/* The pairs of what may be missing, each behind a comma. */
static void s_text_json(FILE *out, const char *key, const char *text)
{
    if (text) {
        fprintf(out, ",\"%s\":", key);
        json_string(out, text);
    }
}

static void s_texts_json(FILE *out, const char *key, const char *const *list, size_t count)
{
    if (list) {
        fprintf(out, ",\"%s\":", key);
        s_list_json(out, list, count);
    }
}

static void s_number_json(FILE *out, const char *key, uint32_t number)
{
    if (number > 0)
        fprintf(out, ",\"%s\":%" PRIu32, key, number);
}

static void s_entry_json(FILE *out, const lexmq_entry_t *entry)
{
    fputs("{\"dict\":", out);
    json_string(out, entry->dict);
    s_text_json(out, "headword", entry->headword);
    s_text_json(out, "text", entry->text);
    s_text_json(out, "phonetic", entry->phonetic);
    s_text_json(out, "reading", entry->reading);
    s_text_json(out, "pos", entry->pos);
    s_texts_json(out, "tags", entry->tags, entry->tag_count);
    s_text_json(out, "forms", entry->forms);
    s_texts_json(out, "aliases", entry->aliases, entry->alias_count);
    s_text_json(out, "audio", entry->audio);
    s_number_json(out, "collins", entry->collins);
    s_number_json(out, "oxford", entry->oxford);
    s_number_json(out, "bnc_rank", entry->bnc_rank);
    s_number_json(out, "modern_rank", entry->modern_rank);
    s_number_json(out, "frequency", entry->frequency);
    putc('}', out);
}

void show_definition_json(FILE *out, const lexmq_definition_t *word, bool recorded,
                          const char *request)
{
    fputs("{\"word\":", out);
    json_string(out, word->word);
    fprintf(out, ",\"found\":%s,\"rule\":", word->found ? "true" : "false");
    json_string(out, word->rule);
    fputs(",\"entries\":[", out);
    for (size_t i = 0; i < word->entry_count; i++) {
        if (i > 0)
            putc(',', out);
        s_entry_json(out, &word->entries[i]);
    }
    fputs("],\"suggestions\":", out);
    s_list_json(out, word->suggestions, word->suggestion_count);
    fprintf(out, ",\"recorded\":%s", recorded ? "true" : "false");
    if (*request)
        s_text_json(out, "request", request);
    fputs("}\n", out);
}
