/* What there is to do for one schema: its files against what its table schema_migrations says was applied. */

#ifndef SQL_PLAN_H
#define SQL_PLAN_H

#include "common/db.h"
#include "sql/files.h"

typedef enum {
    STEP_APPLIED,
    STEP_PENDING,
    STEP_CHANGED, /* the file is no longer what was applied */
    STEP_UNKNOWN, /* applied, and we have no file for it: a newer program was here */
    STEP_LATE,    /* pending, but something with a higher number is applied */
    STEP_FAILED,  /* begun, up or down, and not ended: the schema is between two versions */
} step_state_t;

typedef struct {
    step_state_t state;
    unsigned version;
    char name[FILES_NAME_MAX + 1];
    char checksum[FILES_CHECKSUM_SIZE]; /* as applied; empty for a pending one */
    int64_t applied_at;                 /* UTC ms; 0 in the table means STEP_FAILED */
    const file_t *file;                 /* NULL with STEP_UNKNOWN */
} step_t;

typedef struct {
    step_t *steps; /* ordered by version */
    size_t count;
} plan_t;

/* Looks, and changes nothing; a schema without the table has nothing applied. `files` must outlive the plan. */
lex_db_status_t plan_make(plan_t *self, lex_db_t *db, const files_t *files);
void plan_close(plan_t *self);

/* "applied", "pending"… */
const char *plan_state_name(step_state_t state);

#endif
