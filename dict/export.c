#include "dict/export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "dict/interrupt.h"
#include "dict/wordbook_line.h"

typedef struct {
    FILE *out;
    wordbook_line_t line;
    uint64_t entries;
    uint64_t expected; /* by the version's own count */
    bool failed;       /* writing did; errno is in `reason` */
    int reason;
} s_export_t;

static int s_write_row(void *arg, const lex_row_t *row)
{
    s_export_t *self = arg;
    lex_entry_t entry;
    self->expected = lex_row_uint(row, 0);
    entry.headword = lex_row_bytes(row, 1, &entry.headword_size);
    entry.text = lex_row_bytes(row, 2, &entry.text_size);
    wordbook_compose(&self->line, &entry);
    if (fwrite(self->line.data, 1, self->line.size, self->out) != self->line.size) {
        self->reason = errno;
        self->failed = true;
    }
    self->entries++;
    return self->failed || interrupt_requested();
}

/* One statement, so that what it reads is one version whole, whatever is imported meanwhile. */
static int s_write_entries(s_export_t *self, lex_db_t *db, const char *name)
{
    lex_db_status_t status = lex_db_query(
        db, s_write_row, self,
        "SELECT a.entries, e.headword, e.text FROM active a "
        "JOIN entries e ON e.version_id = a.version WHERE a.name = ? ORDER BY e.ordinal",
        LEX_TEXT(name, strlen(name)));
    if (status != LEX_DB_OK)
        lex_error("export: the database: %s", lex_db_error(db));
    else if (interrupt_requested())
        lex_error("export: interrupted");
    else if (self->failed)
        lex_error("export: cannot write: %s", strerror(self->reason));
    else if (self->entries == 0)
        lex_error("export: there is no dictionary %s", name);
    else if (self->entries != self->expected)
        lex_error("export: %s changed meanwhile, try again", name);
    else
        return 0;
    return -1;
}

static int s_fault(const char *path)
{
    lex_error("export: %s: %s", path, strerror(errno));
    return -1;
}

/* Opens a file beside the one that it shall become, readable as any new file. NULL with errno. */
static FILE *s_open_beside(const char *path, char **beside)
{
    *beside = lex_format("%s.XXXXXX", path);
    int fd = mkstemp(*beside);
    if (fd < 0)
        return NULL;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0)
        lex_warning("export: %s: %s", *beside, strerror(errno));
    return fdopen(fd, "w");
}

/* Writes everything to self->out; what is still in a buffer counts. */
static int s_export(s_export_t *self, lex_db_t *db, const char *name, const char *path)
{
    if (fprintf(self->out, "%s\n", WORDBOOK_MARK) < 0)
        return s_fault(path);
    if (s_write_entries(self, db, name) != 0)
        return -1;
    return fflush(self->out) == 0 ? 0 : s_fault(path);
}

/* A file, new or in place of another. */
static int s_export_to_file(s_export_t *self, lex_db_t *db, const char *name, const char *path)
{
    char *beside = NULL;
    self->out = s_open_beside(path, &beside);
    if (!self->out) {
        free(beside);
        return s_fault(path);
    }
    int rc = s_export(self, db, name, beside);
    if (rc == 0 && fsync(fileno(self->out)) != 0)
        rc = s_fault(beside);
    if (fclose(self->out) != 0 && rc == 0)
        rc = s_fault(beside);
    if (rc == 0 && rename(beside, path) != 0)
        rc = s_fault(path);
    if (rc != 0)
        unlink(beside);
    free(beside);
    return rc;
}

/* What is there and no file (a pipe, a device) is written to and stays what it is. */
static int s_export_to_stream(s_export_t *self, lex_db_t *db, const char *name, const char *path)
{
    self->out = fopen(path, "w");
    if (!self->out)
        return s_fault(path);
    int rc = s_export(self, db, name, path);
    if (fclose(self->out) != 0 && rc == 0)
        rc = s_fault(path);
    return rc;
}

int export_run(lex_db_t *db, const char *name, const char *path, uint64_t *entries)
{
    s_export_t self = {.out = stdout};
    struct stat status;
    char *target = path ? realpath(path, NULL) : NULL; /* a link stays a link */
    int rc;
    if (!path)
        rc = s_export(&self, db, name, "standard output");
    else if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode))
        rc = s_export_to_stream(&self, db, name, target);
    else
        rc = s_export_to_file(&self, db, name, target ? target : path);
    free(target);
    free(self.line.data);
    *entries = self.entries;
    return rc;
}
