#include "dict/import.h"

#include <inttypes.h>
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
    reader_t *reader;
    batch_t *batch;
    catalog_dictionary_t dictionary;
    uint32_t version; /* ours; 0: none yet */
} s_import_t;

static void s_warn(void *arg, uint64_t line, const char *message)
{
    s_import_t *self = arg;
    if (reader_skipped(self->reader) > IMPORT_WARNINGS_SHOWN)
        return;
    progress_clear(self->progress);
    lex_warning("import: %s line %" PRIu64 ": %s, passed over", self->request->path, line, message);
}

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

/* Fills the version. 0, or -1 and a logged reason. */
static int s_load(s_import_t *self)
{
    lex_entry_t entry;
    int rc = 0;
    for (uint64_t rows = 0; (rc = reader_next(self->reader, &entry)) == 1; rows++) {
        if (rows % PROGRESS_ROWS == 0) {
            uint64_t done, total;
            reader_position(self->reader, &done, &total);
            progress_update(self->progress, rows, done, total);
        }
        if (interrupt_requested())
            break;
        if (batch_entries(self->batch) == UINT32_MAX) {
            lex_error("import: %s: more than 4,294,967,295 entries", self->request->path);
            return -1;
        }
        if (batch_add(self->batch, &entry) && batch_flush(self->batch, self->db) != LEX_DB_OK)
            return s_database_fault(self);
    }
    progress_clear(self->progress);
    if (interrupt_requested()) {
        lex_error("import: interrupted, nothing was changed");
        return -1;
    }
    if (rc < 0) {
        lex_error("import: %s", reader_error(self->reader));
        return -1;
    }
    return batch_flush(self->batch, self->db) == LEX_DB_OK ? 0 : s_database_fault(self);
}

/* Shows the version that is loaded. */
static int s_switch(s_import_t *self)
{
    const import_request_t *request = self->request;
    bool fresh = self->dictionary.version == 0;
    const char *title = request->title;
    if (!title && fresh)
        title = reader_title(self->reader) ? reader_title(self->reader) : request->name;
    catalog_activation_t activation = {.dictionary = self->dictionary.id,
                                       .version = self->version,
                                       .entries = batch_entries(self->batch),
                                       .text_bytes = batch_text_bytes(self->batch),
                                       .title = title,
                                       .position = request->position};
    return catalog_activate(self->db, &activation) == LEX_DB_OK ? 0 : s_database_fault(self);
}

/* Everything under the dictionary's lock up to the switch. */
static int s_import(s_import_t *self)
{
    const import_request_t *request = self->request;
    if (catalog_require(self->db, request->name, &self->dictionary) != LEX_DB_OK ||
        catalog_sweep(self->db, self->dictionary.id) != LEX_DB_OK ||
        catalog_begin(self->db, self->dictionary.id, s_source(request->path),
                      format_name(request->format), &self->version) != LEX_DB_OK)
        return s_database_fault(self);
    self->batch = batch_new(self->version);
    if (s_load(self) != 0)
        return -1;
    if (batch_entries(self->batch) == 0) {
        lex_error("import: %s has not one good entry", request->path);
        return -1;
    }
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
               import_result_t *result)
{
    s_import_t self = {.request = request, .db = db, .progress = progress};
    char *error;
    *result = (import_result_t){0};
    self.reader = reader_open(request->format, request->path, s_warn, &self, &error);
    if (!self.reader) {
        lex_error("import: %s", error);
        free(error);
        return -1;
    }
    int rc = s_import_alone(&self);
    progress_clear(progress);
    result->skipped = reader_skipped(self.reader);
    result->elapsed_ms = progress_elapsed(progress);
    if (result->skipped > IMPORT_WARNINGS_SHOWN)
        lex_warning("import: %" PRIu64 " more lines were passed over",
                    result->skipped - IMPORT_WARNINGS_SHOWN);
    if (rc == 0) {
        result->version = self.version;
        result->entries = batch_entries(self.batch);
        result->text_bytes = batch_text_bytes(self.batch);
    }
    batch_destroy(&self.batch);
    reader_close(&self.reader);
    return rc;
}
