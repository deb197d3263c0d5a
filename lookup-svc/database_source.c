#include "lookup-svc/database_source.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"

#define COMPLAIN_MS 30000 /* between two complaints that the database is away */

static const char s_list_sql[] =
    "SELECT id, name, title, position, version, entries, text_bytes, kind FROM lexmq_dict.active";

/* One statement sees one state of the table (InnoDB's consistent read), whatever is deleted
 * meanwhile. */
static const char s_read_sql[] =
    "SELECT headword, text, phonetic, reading, pos, tags, forms, aliases, audio, detail, collins, "
    "oxford, bnc_rank, modern_rank, frequency, translation_bytes FROM lexmq_dict.entries "
    "WHERE version_id = ? ORDER BY ordinal";

/* Columns of it. */
#define READ_TEXTS   2u
#define READ_NUMBERS (READ_TEXTS + LEX_TEXT_FIELDS)

struct database_source {
    lex_db_t *db;
    int64_t complained;
    bool away;
};

database_source_t *database_source_new(const lex_db_options_t *options)
{
    database_source_t *self = lex_calloc(1, sizeof *self);
    self->db = lex_db_new(options);
    return self;
}

void database_source_destroy(database_source_t **self_p)
{
    database_source_t *self = *self_p;
    if (!self)
        return;
    lex_db_destroy(&self->db);
    free(self);
    *self_p = NULL;
}

static int s_list_row(void *arg, const lex_row_t *row)
{
    snapshot_t *snapshot = arg;
    dictionary_t dictionary = {.id = (uint32_t)lex_row_uint(row, 0),
                               .name = (char *)lex_row_bytes(row, 1, NULL),
                               .title = (char *)lex_row_bytes(row, 2, NULL),
                               .position = (uint32_t)lex_row_uint(row, 3),
                               .version = (uint32_t)lex_row_uint(row, 4),
                               .entries = (uint32_t)lex_row_uint(row, 5),
                               .text_bytes = lex_row_uint(row, 6)};
    const char *kind = lex_row_bytes(row, 7, NULL);
    if (dictionary_kind_parse(kind, &dictionary.kind) == -1) {
        lex_warning(
            "dictionary %s is of a kind that this program does not know (%s) and is left out",
            dictionary.name, kind);
        return 0;
    }
    if (snapshot_add(snapshot, &dictionary) == 0)
        return 0;
    lex_warning("dictionaries beyond the first %u are left out", SNAPSHOT_MAX);
    return -1;
}

static snapshot_t *s_list(void *context)
{
    database_source_t *self = context;
    snapshot_t *snapshot = snapshot_new();
    if (lex_db_run(self->db, s_list_sql, NULL, 0, s_list_row, snapshot) != LEX_DB_OK) {
        snapshot_destroy(&snapshot);
        if (lex_log_due(&self->complained, COMPLAIN_MS))
            lex_warning("dictionaries cannot be asked for, those known are served: %s",
                        lex_db_error(self->db));
        self->away = true;
        return NULL;
    }
    if (self->away)
        lex_info("dictionaries can be asked for again");
    self->away = false;
    snapshot_sort(snapshot);
    return snapshot;
}

typedef struct {
    source_entry_fn *entry;
    void *arg;
} s_reader_t;

static int s_read_row(void *arg, const lex_row_t *row)
{
    const s_reader_t *reader = arg;
    lex_entry_t entry = {0};
    entry.headword = lex_row_bytes(row, 0, &entry.headword_size);
    entry.text = lex_row_bytes(row, 1, &entry.text_size);
    for (unsigned i = 0; i < LEX_TEXT_FIELDS; i++) {
        lex_span_t *field = entry.fields.text + i;
        field->data = lex_row_bytes(row, READ_TEXTS + i, &field->size);
    }
    for (unsigned i = 0; i < LEX_NUMBER_FIELDS; i++)
        entry.fields.number[i] = (uint32_t)lex_row_uint(row, READ_NUMBERS + i);
    return reader->entry(reader->arg, &entry);
}

static int s_read(void *context, const dictionary_t *dictionary, source_entry_fn *entry, void *arg)
{
    database_source_t *self = context;
    s_reader_t reader = {.entry = entry, .arg = arg};
    if (lex_db_query(self->db, s_read_row, &reader, s_read_sql, LEX_UINT(dictionary->version)) ==
        LEX_DB_OK)
        return 0;
    lex_warning("dictionary %s cannot be read: %s", dictionary->name, lex_db_error(self->db));
    return -1;
}

source_t database_source(database_source_t *self)
{
    return (source_t){.context = self, .list = s_list, .read = s_read};
}
