#include "history-svc/inserter.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/memory.h"

#define COLUMNS  6
#define ROWS_MAX 512 /* of one statement: 3,072 of the 65,535 placeholders that there may be */

static const char s_head[] =
    "INSERT INTO lookups (user_id, request_id, position, time, found, word) VALUES ";
static const char s_row[] = "(?, ?, ?, ?, ?, ?)";
/* Not `id = id`: with AUTO_INCREMENT's column assigned, the server goes on counting from the row that is there, beyond the numbers that
 * it has set aside for this statement. Whoever else has those numbers makes the next row a duplicate, and it is lost. */
static const char s_tail[] = " ON DUPLICATE KEY UPDATE found = lookups.found";

/* Every batch of up to 512 rows takes at most four statements; all of them stay prepared. */
static const size_t s_sizes[] = {ROWS_MAX, 384, 256, 192, 128, 96, 64, 48, 32, 24,
                                 16,       12,  8,   6,   5,   4,  3,  2,  1};
#define SIZES (sizeof s_sizes / sizeof s_sizes[0])

struct inserter {
    char *statements[SIZES];
    lex_param_t params[ROWS_MAX * COLUMNS];
};

static char *s_append(char *out, const char *text, size_t size)
{
    memcpy(out, text, size);
    return out + size;
}

static char *s_statement(size_t rows)
{
    char *sql = lex_malloc(sizeof s_head + rows * (sizeof s_row + 1) + sizeof s_tail);
    char *out = s_append(sql, s_head, sizeof s_head - 1);
    for (size_t i = 0; i < rows; i++) {
        if (i)
            out = s_append(out, ", ", 2);
        out = s_append(out, s_row, sizeof s_row - 1);
    }
    s_append(out, s_tail, sizeof s_tail);
    return sql;
}

inserter_t *inserter_new(void)
{
    inserter_t *self = lex_calloc(1, sizeof *self);
    for (size_t i = 0; i < SIZES; i++)
        self->statements[i] = s_statement(s_sizes[i]);
    return self;
}

void inserter_destroy(inserter_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t i = 0; i < SIZES; i++)
        free((*self_p)->statements[i]);
    free(*self_p);
    *self_p = NULL;
}

/* The next row that is to be inserted. */
typedef struct {
    commit_record_t *const *records;
    size_t count;
    size_t record;
    size_t position;
} cursor_t;

/* Writes up to ROWS_MAX rows of parameters; returns how many. */
static size_t s_fill(inserter_t *self, cursor_t *cursor)
{
    lex_param_t *param = self->params;
    size_t rows = 0;
    while (rows < ROWS_MAX && cursor->record < cursor->count) {
        const commit_record_t *record = cursor->records[cursor->record];
        if (record->refused || cursor->position == record->count) {
            cursor->record++;
            cursor->position = 0;
            continue;
        }
        const commit_word_t *word = &record->words[cursor->position];
        *param++ = LEX_UINT(record->user);
        *param++ = LEX_BLOB(record->id, LEX_ID_SIZE);
        *param++ = LEX_UINT(cursor->position);
        *param++ = LEX_INT(record->time);
        *param++ = LEX_UINT(word->found);
        *param++ = LEX_TEXT(word->text, word->size);
        cursor->position++;
        rows++;
    }
    return rows;
}

static lex_db_status_t s_insert(inserter_t *self, lex_db_t *db, size_t rows)
{
    lex_db_status_t status = LEX_DB_OK;
    size_t done = 0;
    for (size_t i = 0; status == LEX_DB_OK && done < rows; i++) {
        while (status == LEX_DB_OK && rows - done >= s_sizes[i]) {
            status = lex_db_run(db, self->statements[i], self->params + done * COLUMNS,
                                s_sizes[i] * COLUMNS, NULL, NULL);
            done += s_sizes[i];
        }
    }
    return status;
}

lex_db_status_t inserter_insert(inserter_t *self, lex_db_t *db, commit_record_t *const *records,
                                size_t count)
{
    cursor_t cursor = {.records = records, .count = count};
    lex_db_status_t status = LEX_DB_OK;
    size_t rows;
    while (status == LEX_DB_OK && (rows = s_fill(self, &cursor)) > 0)
        status = s_insert(self, db, rows);
    return status;
}

lex_db_status_t inserter_insert_one(lex_db_t *db, const commit_record_t *record, int64_t erasures,
                                    bool *inserted)
{
    const commit_word_t *word = record->words;
    lex_db_status_t status = lex_db_exec(
        db,
        "INSERT INTO lookups (user_id, request_id, position, time, found, word)"
        " SELECT ?, ?, 0, ?, ?, ? FROM gate WHERE gate.id = 1 AND gate.erasures = ?"
        " ON DUPLICATE KEY UPDATE found = lookups.found",
        LEX_UINT(record->user), LEX_BLOB(record->id, LEX_ID_SIZE), LEX_INT(record->time),
        LEX_UINT(word->found), LEX_TEXT(word->text, word->size), LEX_INT(erasures));
    *inserted = status == LEX_DB_OK && lex_db_affected(db) == 1;
    return status;
}
