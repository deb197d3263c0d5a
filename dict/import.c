#include "dict/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "dict/batch.h"
#include "dict/catalog.h"
#include "dict/interrupt.h"

#define PROGRESS_ROWS 256 /* between two looks at the clock and at the signals */

typedef struct {
    const import_request_t *request;
    lex_db_t *db;
    progress_t *progress;
    report_t *report;
    import_result_t *result;
    reader_t *reader;
    batch_t *batch; /* NULL: the file is only read */
    catalog_dictionary_t dictionary;
    uint32_t version; /* ours; 0: none yet */
} s_import_t;

/* The file's name without its folder, for the books. */
static const char *s_source(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(name);
    bool fits = size <= 255 && lex_text_is_utf8(name, size);
    return fits ? name : "";
}

/* A fence that did not hold has been logged already, and is no fault of the database's. */
static int s_database_fault(const s_import_t *self)
{
    if (*lex_db_error(self->db))
        lex_error("import: the database: %s", lex_db_error(self->db));
    return -1;
}

/* Counts an entry and writes it, if that is what we are here for. */
static int s_take(s_import_t *self, const lex_entry_t *entry)
{
    import_result_t *result = self->result;
    if (result->entries == UINT32_MAX) {
        lex_error("import: %s: more than 4,294,967,295 entries", self->request->path);
        return -1;
    }
    result->entries++;
    result->text_bytes += entry->text_size;
    result->with_fields += !lex_fields_are_empty(&entry->fields);
    if (self->batch && batch_add(self->batch, entry) &&
        batch_flush(self->batch, self->db) != LEX_DB_OK)
        return s_database_fault(self);
    return 0;
}

static int s_read_error(const s_import_t *self)
{
    lex_error("import: %s", reader_error(self->reader));
    return -1;
}

/* Reads the file to its end. 0, or -1 and a logged reason. */
static int s_read(s_import_t *self)
{
    lex_entry_t entry;
    int rc = 0;
    for (uint64_t rows = 0; !interrupt_requested() && (rc = reader_next(self->reader, &entry)) == 1;
         rows++) {
        if (rows % PROGRESS_ROWS == 0) {
            uint64_t done, total;
            reader_position(self->reader, &done, &total);
            progress_update(self->progress, rows, done, total);
        }
        if (s_take(self, &entry) != 0)
            return -1;
    }
    progress_clear(self->progress);
    if (interrupt_requested()) {
        lex_error("import: interrupted, nothing was changed");
        return -1;
    }
    if (rc < 0)
        return s_read_error(self);
    if (self->batch && batch_flush(self->batch, self->db) != LEX_DB_OK)
        return s_database_fault(self);
    if (self->result->entries > 0)
        return 0;
    lex_error("import: %s has not one good entry", self->request->path);
    return -1;
}

/* What a new dictionary is called. */
static const char *s_title(const s_import_t *self)
{
    if (self->request->title)
        return self->request->title;
    return reader_title(self->reader) ? reader_title(self->reader) : self->request->name;
}

/* Shows the version that is loaded. */
static int s_switch(s_import_t *self)
{
    const import_request_t *request = self->request;
    bool fresh = self->dictionary.version == 0;
    catalog_activation_t activation = {.dictionary = self->dictionary.id,
                                       .version = self->version,
                                       .entries = self->result->entries,
                                       .text_bytes = self->result->text_bytes,
                                       .title = fresh ? s_title(self) : request->title,
                                       .position = request->position};
    return catalog_activate(self->db, &activation) == LEX_DB_OK ? 0 : s_database_fault(self);
}

/* A report that was asked for and is not whole may hide what somebody wants to mend. */
static int s_finish_report(const s_import_t *self)
{
    if (report_finish(self->report) == 0)
        return 0;
    lex_error("import: the report cannot be written: %s; nothing was changed", strerror(errno));
    return -1;
}

/* Reads the file, and that is all. */
static int s_check(s_import_t *self)
{
    int rc = s_read(self);
    return s_finish_report(self) == 0 ? rc : -1;
}

/* Everything under the dictionary's lock up to the switch. */
static int s_import(s_import_t *self)
{
    const import_request_t *request = self->request;
    if (catalog_require(self->db, request->name, &self->dictionary) != LEX_DB_OK ||
        catalog_sweep(self->db, self->dictionary.id) != LEX_DB_OK ||
        catalog_begin(self->db, self->dictionary.id, s_source(request->path),
                      format_name(request->format), format_kind(request->format),
                      &self->version) != LEX_DB_OK)
        return s_database_fault(self);
    self->batch = batch_new(self->version);
    int rc = s_read(self);
    if (s_finish_report(self) != 0 || rc != 0)
        return -1;
    return s_switch(self);
}

/* After a fault: takes back what can be taken back now. The next import would, too. */
static void s_take_back(s_import_t *self)
{
    if (self->version != 0)
        catalog_discard(self->db, self->version);
    if (self->dictionary.id != 0 && self->dictionary.version == 0)
        catalog_forget_empty(self->db, self->dictionary.id);
}

/* Lock, import, clean up, unlock. */
static int s_import_alone(s_import_t *self)
{
    const char *name = self->request->name;
    bool got;
    if (catalog_lock(self->db, name, &got) != LEX_DB_OK)
        return s_database_fault(self);
    if (!got) {
        lex_error("import: %s is being imported or removed by another", name);
        return -1;
    }
    int rc = s_import(self);
    if (rc != 0)
        s_take_back(self);
    else if (catalog_sweep(self->db, self->dictionary.id) != LEX_DB_OK)
        lex_warning("import: the version before is still to be deleted; the next import does it");
    catalog_unlock(self->db, name);
    return rc;
}

int import_run(lex_db_t *db, const import_request_t *request, progress_t *progress,
               report_t *report, import_result_t *result)
{
    s_import_t self = {
        .request = request, .db = db, .progress = progress, .report = report, .result = result};
    char *error;
    *result = (import_result_t){0};
    self.reader = reader_open(request->format, request->path, report_take, report, &error);
    if (!self.reader) {
        lex_error("import: %s", error);
        free(error);
        return -1;
    }
    int rc = db ? s_import_alone(&self) : s_check(&self);
    progress_clear(progress);
    result->version = rc == 0 ? self.version : 0;
    result->skipped = reader_skipped(self.reader);
    result->dropped = reader_dropped(self.reader);
    result->elapsed_ms = progress_elapsed(progress);
    snprintf(result->title, sizeof(result->title), "%s", s_title(&self));
    batch_destroy(&self.batch);
    reader_close(&self.reader);
    return rc;
}
