/* What the server found, as commands and screens print it. */

#ifndef SHOW_H
#define SHOW_H

#include <lexmq.h>

#include "client/page.h"

/* ---- show_entry.c ---- */

/* A found word: how, when it is not spelled as it was asked for, then its headwords, each with its
 * pronunciation and dictionary, its fields and the wrapped text. */
void show_entries(const page_t *page, const lexmq_definition_t *word);

/* "word: not found" and the suggestions on one line. */
void show_miss(const page_t *page, const char *word, const char *const *suggestions, size_t count);

/* One object and a line end; `request` is the id of the look-up, "" when there was none. */
void show_definition_json(FILE *out, const lexmq_definition_t *word, bool recorded,
                          const char *request);

/* ---- show_fields.c ---- */

/* "went -> go (lemma)", unless the word was found exactly as asked. */
void show_way(const page_t *page, const lexmq_definition_t *word);
/* What the dictionary gives beside the text: parts of speech, stars, tags and ranks on one line,
 * forms, aliases and audio on lines of their own; each wrapped and indented by `indent`. Nothing
 * when it gives nothing. */
void show_fields(const page_t *page, const lexmq_entry_t *entry, int indent);

/* ---- show_match.c ---- */

/* Matches in aligned columns, `word  dictionary  rule`, then distance and rank where they are known.
 * The columns only grow from one call to the next. */
typedef struct {
    int word, dict, rule;
} show_match_columns_t;
void show_match(const page_t *page, const show_match_columns_t *columns,
                const lexmq_match_t *match);
void show_measure_matches(show_match_columns_t *columns, const lexmq_matches_t *matches);

void show_match_json(FILE *out, const lexmq_match_t *match);

/* ---- show.c ---- */

/* A cleaned text, padded to `width` columns and two more. */
void show_column(FILE *out, const char *text, int width);
/* Makes a column wide enough for a text, within reason. */
void show_widen(int *column, const char *text);

/* Records in aligned columns, `name  word  time` in local time. The columns only grow from one call to the next. */
typedef struct {
    int name, word;
} show_columns_t;
void show_record(FILE *out, show_columns_t *columns, const char *name,
                 const lexmq_record_t *record);
void show_measure(show_columns_t *columns, const char *name, const lexmq_records_t *records);

void show_record_json(FILE *out, const char *name, const lexmq_record_t *record);
void show_record_csv(FILE *out, const char *name, const lexmq_record_t *record);

/* A time as an ISO 8601 string of JSON, UTC. */
void show_time_json(FILE *out, int64_t time);

/* A time as people here read it, YYYY-MM-DD HH:MM:SS. */
#define SHOW_TIME_SIZE 32
char *show_time(int64_t time, char out[SHOW_TIME_SIZE]);

/* 16 bytes in hex. */
#define SHOW_ID_SIZE (2 * LEXMQ_ID_SIZE + 1)
char *show_id(const unsigned char id[LEXMQ_ID_SIZE], char out[SHOW_ID_SIZE]);

#endif
