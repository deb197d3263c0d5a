#include "dict/export.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "dict/interrupt.h"
#include "dict/text_buffer.h"

/* Columns of the statement: these, then the fields of text, then those that are numbers. */
enum { COLUMN_EXPECTED, COLUMN_TITLE, COLUMN_HEADWORD, COLUMN_TEXT, COLUMN_FIELDS };

typedef struct {
    const export_request_t *request;
    exporter_t *exporter; /* NULL before the first row */
    uint64_t entries;
    uint64_t expected; /* by the version's own count */
    char *error;       /* of the files, or NULL */
} s_export_t;

static void s_read_row(const lex_row_t *row, lex_entry_t *entry)
{
    *entry = (lex_entry_t){0};
    entry->headword = lex_row_bytes(row, COLUMN_HEADWORD, &entry->headword_size);
    entry->text = lex_row_bytes(row, COLUMN_TEXT, &entry->text_size);
    unsigned column = COLUMN_FIELDS;
    for (int i = 0; i < LEX_TEXT_FIELDS; i++, column++) {
        lex_span_t *field = &entry->fields.text[i];
        field->data = lex_row_bytes(row, column, &field->size);
    }
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++, column++)
        entry->fields.number[i] = (uint32_t)lex_row_uint(row, column);
}

/* The first row tells the title, and that there is such a dictionary: until then no file is touched. */
static void s_open(s_export_t *self, const char *title)
{
    self->exporter = exporter_open(self->request->format, self->request->path, title, &self->error);
}

static int s_write_row(void *arg, const lex_row_t *row)
{
    s_export_t *self = arg;
    lex_entry_t entry;
    self->expected = lex_row_uint(row, COLUMN_EXPECTED);
    if (!self->exporter)
        s_open(self, lex_row_bytes(row, COLUMN_TITLE, NULL));
    s_read_row(row, &entry);
    if (self->exporter && exporter_add(self->exporter, &entry) != 0)
        self->error = lex_strdup(exporter_error(self->exporter));
    self->entries++;
    return self->error || interrupt_requested();
}

static char *s_statement(void)
{
    text_buffer_t sql = {0};
    static const char head[] = "SELECT a.entries, a.title, e.headword, e.text";
    static const char tail[] = " FROM active a JOIN entries e ON e.version_id = a.version "
                               "WHERE a.name = ? ORDER BY e.ordinal";
    text_buffer_add(&sql, head, sizeof(head) - 1);
    for (int i = 0; i < LEX_TEXT_FIELDS + LEX_NUMBER_FIELDS; i++) {
        const char *name = i < LEX_TEXT_FIELDS
                               ? lex_text_field_name((lex_text_field_t)i)
                               : lex_number_field_name((lex_number_field_t)(i - LEX_TEXT_FIELDS));
        text_buffer_add(&sql, ", e.", 4);
        text_buffer_add(&sql, name, strlen(name));
    }
    text_buffer_add(&sql, tail, sizeof(tail));
    return sql.data;
}

/* One statement, so that what it reads is one version whole, whatever is imported meanwhile. */
static int s_write_entries(s_export_t *self, lex_db_t *db)
{
    const char *name = self->request->name;
    char *sql = s_statement();
    lex_db_status_t status = lex_db_query(db, s_write_row, self, sql, LEX_TEXT(name, strlen(name)));
    free(sql);
    if (status != LEX_DB_OK)
        lex_error("export: the database: %s", lex_db_error(db));
    else if (interrupt_requested())
        lex_error("export: interrupted");
    else if (self->error)
        lex_error("export: %s", self->error);
    else if (self->entries == 0)
        lex_error("export: there is no dictionary %s", name);
    else if (self->entries != self->expected)
        lex_error("export: %s changed meanwhile, try again", name);
    else
        return 0;
    return -1;
}

int export_run(lex_db_t *db, const export_request_t *request, uint64_t *entries)
{
    s_export_t self = {.request = request};
    int rc = s_write_entries(&self, db);
    if (rc == 0) {
        rc = exporter_commit(self.exporter);
        if (rc != 0)
            lex_error("export: %s", exporter_error(self.exporter));
    }
    exporter_close(&self.exporter);
    free(self.error);
    *entries = self.entries;
    return rc;
}
