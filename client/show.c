#include "client/show.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/machine.h"
#include "client/text_clean.h"
#include "common/clock.h"

#define INDENT     2
#define COLUMN_MAX 32 /* a longer word pushes its time to the right instead of everybody's */

void show_entries(const page_t *page, const lexmq_definition_t *word)
{
    const lexmq_entry_t *before = NULL;

    for (size_t i = 0; i < word->entry_count; i++) {
        const lexmq_entry_t *entry = &word->entries[i];
        bool same = before && strcmp(before->dict, entry->dict) == 0 &&
                    strcmp(before->headword, entry->headword) == 0;
        if (!same) {
            page_print(page, PAGE_BOLD, entry->headword);
            fputs("  [", page->out);
            page_print(page, PAGE_DIM, entry->dict);
            fputs("]\n", page->out);
        }
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

static void s_entries_json(FILE *out, const lexmq_definition_t *word)
{
    for (size_t i = 0; i < word->entry_count; i++) {
        fputs(i > 0 ? ",{\"dict\":" : "{\"dict\":", out);
        json_string(out, word->entries[i].dict);
        fputs(",\"headword\":", out);
        json_string(out, word->entries[i].headword);
        fputs(",\"text\":", out);
        json_string(out, word->entries[i].text);
        putc('}', out);
    }
}

void show_definition_json(FILE *out, const lexmq_definition_t *word, bool recorded)
{
    fputs("{\"word\":", out);
    json_string(out, word->word);
    fprintf(out, ",\"found\":%s,\"rule\":", word->found ? "true" : "false");
    json_string(out, word->rule);
    fputs(",\"entries\":[", out);
    s_entries_json(out, word);
    fputs("],\"suggestions\":[", out);
    for (size_t i = 0; i < word->suggestion_count; i++) {
        if (i > 0)
            putc(',', out);
        json_string(out, word->suggestions[i]);
    }
    fprintf(out, "],\"recorded\":%s}\n", recorded ? "true" : "false");
}

void show_miss_json(FILE *out, const char *word)
{
    const lexmq_definition_t miss = {.word = word};

    show_definition_json(out, &miss, false);
}

static int s_bounded(int width)
{
    return width < COLUMN_MAX ? width : COLUMN_MAX;
}

/* Prints a cleaned text, padded. */
static void s_column(FILE *out, const char *text, int width)
{
    char *clean = text_clean(text, false);
    int columns = text_columns(clean);

    fprintf(out, "%s%*s  ", clean, columns < width ? width - columns : 0, "");
    free(clean);
}

static void s_widen(int *column, const char *text)
{
    char *clean = text_clean(text, false);
    int width = s_bounded(text_columns(clean));

    *column = width > *column ? width : *column;
    free(clean);
}

void show_measure(show_columns_t *columns, const char *name, const lexmq_records_t *records)
{
    s_widen(&columns->name, name);
    for (size_t i = 0; i < records->count; i++)
        s_widen(&columns->word, records->list[i].word);
}

void show_record(FILE *out, show_columns_t *columns, const char *name, const lexmq_record_t *record)
{
    char time[SHOW_TIME_SIZE];

    s_column(out, name, columns->name);
    s_column(out, record->word, columns->word);
    fprintf(out, "%s\n", show_time(record->time, time));
}

void show_record_json(FILE *out, const char *name, const lexmq_record_t *record)
{
    fputs("{\"name\":", out);
    json_string(out, name);
    fputs(",\"word\":", out);
    json_string(out, record->word);
    fputs(",\"time\":", out);
    show_time_json(out, record->time);
    fprintf(out, ",\"found\":%s}\n", record->found ? "true" : "false");
}

void show_record_csv(FILE *out, const char *name, const lexmq_record_t *record)
{
    char time[LEX_ISO_TIME_SIZE];

    csv_field(out, name);
    putc(',', out);
    csv_field(out, record->word);
    fprintf(out, ",%s,%s\n", lex_iso_time(record->time, time, sizeof time),
            record->found ? "true" : "false");
}

void show_time_json(FILE *out, int64_t time)
{
    char iso[LEX_ISO_TIME_SIZE];

    json_string(out, lex_iso_time(time, iso, sizeof iso));
}

char *show_time(int64_t time, char out[SHOW_TIME_SIZE])
{
    time_t seconds = (time_t)(time / 1000);
    struct tm local;

    if (!localtime_r(&seconds, &local) ||
        strftime(out, SHOW_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &local) == 0)
        snprintf(out, SHOW_TIME_SIZE, "%" PRId64, time);
    return out;
}

char *show_id(const unsigned char id[LEXMQ_ID_SIZE], char out[SHOW_ID_SIZE])
{
    return sodium_bin2hex(out, SHOW_ID_SIZE, id, LEXMQ_ID_SIZE);
}
