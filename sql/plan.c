#include "sql/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

static int s_read_count(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static step_t *s_add(plan_t *self)
{
    self->steps = lex_realloc(self->steps, (self->count + 1) * sizeof *self->steps);
    step_t *step = &self->steps[self->count++];
    memset(step, 0, sizeof *step);
    return step;
}

static int s_read_applied(void *arg, const lex_row_t *row)
{
    step_t *step = s_add(arg);
    step->state = STEP_UNKNOWN;
    step->version = (unsigned)lex_row_uint(row, 0);
    snprintf(step->name, sizeof step->name, "%s", lex_row_bytes(row, 1, NULL));
    snprintf(step->checksum, sizeof step->checksum, "%s", lex_row_bytes(row, 2, NULL));
    step->applied_at = lex_row_int(row, 3);
    if (step->applied_at == 0)
        step->state = STEP_FAILED;
    return 0;
}

static lex_db_status_t s_read(plan_t *self, lex_db_t *db)
{
    uint64_t tables = 0;
    lex_db_status_t status =
        lex_db_run(db,
                   "SELECT COUNT(*) FROM information_schema.TABLES"
                   " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'schema_migrations'",
                   NULL, 0, s_read_count, &tables);
    if (status != LEX_DB_OK || tables == 0)
        return status;
    return lex_db_run(
        db, "SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version",
        NULL, 0, s_read_applied, self);
}

static step_t *s_find(plan_t *self, unsigned version)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->steps[i].version == version)
            return &self->steps[i];
    return NULL;
}

static int s_compare(const void *left, const void *right)
{
    const step_t *a = left, *b = right;
    return (a->version > b->version) - (a->version < b->version);
}

lex_db_status_t plan_make(plan_t *self, lex_db_t *db, const files_t *files)
{
    memset(self, 0, sizeof *self);
    lex_db_status_t status = s_read(self, db);
    if (status != LEX_DB_OK)
        return status;
    unsigned highest = self->count ? self->steps[self->count - 1].version : 0;
    for (size_t i = 0; i < files->count; i++) {
        const file_t *file = &files->items[i];
        step_t *step = s_find(self, file->version);
        if (step && step->state != STEP_FAILED) {
            step->state = strcmp(step->checksum, file->checksum) == 0 ? STEP_APPLIED : STEP_CHANGED;
        } else if (!step) {
            step = s_add(self);
            step->state = file->version < highest ? STEP_LATE : STEP_PENDING;
            step->version = file->version;
            snprintf(step->name, sizeof step->name, "%s", file->name);
        }
        step->file = file;
    }
    if (self->count)
        qsort(self->steps, self->count, sizeof *self->steps, s_compare);
    return status;
}

void plan_close(plan_t *self)
{
    free(self->steps);
    memset(self, 0, sizeof *self);
}

const char *plan_state_name(step_state_t state)
{
    static const char *const names[] = {"applied", "pending", "changed",
                                        "unknown", "late",    "failed"};
    return names[state];
}
