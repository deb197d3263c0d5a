/* What the server found, as commands and screens print it. */

#ifndef SHOW_H
#define SHOW_H

#include <lexmq.h>

#include "client/page.h"

/* A found word: its headwords, each with its dictionary and the wrapped text. */
void show_entries(const page_t *page, const lexmq_definition_t *word);

/* "word: not found" and the suggestions on one line. */
void show_miss(const page_t *page, const char *word, const char *const *suggestions, size_t count);

/* One object and a line end. */
void show_definition_json(FILE *out, const lexmq_definition_t *word, bool recorded);
/* A miss that the server was not asked about. */
void show_miss_json(FILE *out, const char *word);

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
