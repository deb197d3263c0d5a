#include "client/show.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/machine.h"
#include "client/text_clean.h"
#include "common/clock.h"

#define COLUMN_MAX 32 /* a longer word pushes its time to the right instead of everybody's */

static int s_bounded(int width)
{
    return width < COLUMN_MAX ? width : COLUMN_MAX;
}

void show_column(FILE *out, const char *text, int width)
{
    char *clean = text_clean(text, false);
    int columns = text_columns(clean);

    fprintf(out, "%s%*s  ", clean, columns < width ? width - columns : 0, "");
    free(clean);
}

void show_widen(int *column, const char *text)
{
    char *clean = text_clean(text, false);
    int width = s_bounded(text_columns(clean));

    *column = width > *column ? width : *column;
    free(clean);
}

void show_measure(show_columns_t *columns, const char *name, const lexmq_records_t *records)
{
    show_widen(&columns->name, name);
    for (size_t i = 0; i < records->count; i++)
        show_widen(&columns->word, records->list[i].word);
}

void show_record(FILE *out, show_columns_t *columns, const char *name, const lexmq_record_t *record)
{
    char time[SHOW_TIME_SIZE];

    show_column(out, name, columns->name);
    show_column(out, record->word, columns->word);
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
