#include "sql/rollback.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

#define LOSES   "-- loses "
#define NOTHING "nothing"

static int s_read_number(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static char *s_read_down(const migration_t *self, const step_t *step, size_t *size)
{
    char *path = lex_format("%s/%s.down.sql", self->folder, step->name);
    char *text = files_read(path, size);
    free(path);
    return text;
}

/* One line behind `-- loses `: 1 when that is so, 0 when not, -1 and a logged error. */
static int s_loses(migration_t *self, const step_t *step, char *line)
{
    uint64_t number = 0;
    if (strcmp(line, NOTHING) == 0)
        return 0;
    char *query = strstr(line, ": ");
    if (!query) {
        lex_error("migrate %s: %s.down.sql: \"%s\" is not WHAT: SELECT …", self->schema->schema,
                  step->name, line);
        return -1;
    }
    *query = 0;
    if (lex_db_run(self->db, query + 2, NULL, 0, s_read_number, &number) != LEX_DB_OK)
        return migration_failed(self, step->name);
    if (number == 0)
        return 0;
    lex_warning("migrate %s: taking back %s loses %s", self->schema->schema, step->name, line);
    return 1;
}

/* Whether taking a step back loses data: 1, 0, or -1 and a logged error. */
static int s_step_loses(migration_t *self, const step_t *step, const char *text)
{
    int result = 0;
    bool is_said = false;
    for (const char *at = text; at && result >= 0; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, LOSES, strlen(LOSES)) != 0)
            continue;
        is_said = true;
        at += strlen(LOSES);
        char *line = lex_strndup(at, strcspn(at, "\r\n"));
        int loses = s_loses(self, step, line);
        result = loses < 0 ? -1 : result | loses;
        free(line);
    }
    if (!is_said)
        lex_warning("migrate %s: %s.down.sql does not say what it loses", self->schema->schema,
                    step->name);
    return is_said ? result : 1;
}

/* Before the first change: that each step can be taken back, and what that costs. */
static int s_check(migration_t *self, unsigned version, bool lose_data)
{
    int result = migration_check(self);
    bool loses = false;
    for (size_t i = self->plan.count; i-- > 0 && result == 0;) {
        const step_t *step = &self->plan.steps[i];
        size_t size;
        if (step->version <= version || step->state == STEP_PENDING)
            continue;
        if (step->state == STEP_UNKNOWN) {
            lex_error("migrate %s: %s has no file here: only the program that applied it can take "
                      "it back",
                      self->schema->schema, step->name);
            return -1;
        }
        char *text = s_read_down(self, step, &size);
        /* Its queries are about the schema as it is: a step below may ask for what a step above still hides, and fail. */
        int lost = text ? s_step_loses(self, step, text) : -1;
        free(text);
        loses = loses || lost > 0;
        result = lost < 0 ? -1 : 0;
    }
    if (result == 0 && loses && !lose_data) {
        lex_error("migrate %s: nothing was done: data would be lost (--lose-data says that it may)",
                  self->schema->schema);
        result = -1;
    }
    return result;
}

static int s_take_back(migration_t *self, const step_t *step, server_lock_t *lock)
{
    size_t size;
    if (server_lock_check(lock))
        return -1;
    char *text = s_read_down(self, step, &size);
    if (!text)
        return -1;
    int result = 0;
    if (lex_db_exec(self->db, "UPDATE schema_migrations SET applied_at = 0 WHERE version = ?",
                    LEX_UINT(step->version)) != LEX_DB_OK)
        result = migration_failed(self, "that a migration is taken back could not be recorded");
    if (result == 0 && lex_db_script(self->db, text, size) != LEX_DB_OK) {
        result = migration_failed(self, step->name);
        lex_error("migrate %s: what %s.down.sql did before it failed is not undone",
                  self->schema->schema, step->name);
    }
    free(text);
    if (result == 0 && lex_db_exec(self->db, "DELETE FROM schema_migrations WHERE version = ?",
                                   LEX_UINT(step->version)) != LEX_DB_OK)
        result = migration_failed(self, "a migration is taken back but could not be recorded");
    if (result == 0)
        lex_info("migrate %s: took back %s", self->schema->schema, step->name);
    return result;
}

int rollback_schema(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                    unsigned version, bool lose_data, server_lock_t *lock)
{
    migration_t work;
    int result = migration_open(&work, options, folder, schema, false);
    if (result == 0)
        result = s_check(&work, version, lose_data);
    unsigned done = 0;
    for (size_t i = work.plan.count; i-- > 0 && result == 0;) {
        const step_t *step = &work.plan.steps[i];
        if (step->version <= version || step->state != STEP_APPLIED)
            continue;
        result = s_take_back(&work, step, lock);
        done++;
    }
    if (result == 0 && done == 0)
        lex_info("migrate %s: nothing above %u is applied", schema->schema, version);
    migration_close(&work);
    return result;
}

static int s_mark(migration_t *self, unsigned version, bool is_applied)
{
    for (size_t i = 0; i < self->plan.count; i++) {
        const step_t *step = &self->plan.steps[i];
        if (step->version != version || step->state != STEP_FAILED)
            continue;
        lex_db_status_t status =
            is_applied
                ? lex_db_exec(self->db,
                              "UPDATE schema_migrations SET applied_at = ? WHERE version = ?",
                              LEX_INT(lex_utc_ms()), LEX_UINT(version))
                : lex_db_exec(self->db, "DELETE FROM schema_migrations WHERE version = ?",
                              LEX_UINT(version));
        if (status != LEX_DB_OK)
            return migration_failed(self, step->name);
        lex_info("migrate %s: %s is recorded as %s", self->schema->schema, step->name,
                 is_applied ? "applied" : "pending");
        return 0;
    }
    lex_error("migrate %s: no migration %u began and did not end", self->schema->schema, version);
    return -1;
}

int rollback_mark(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                  unsigned version, bool is_applied)
{
    migration_t work;
    int result = migration_open(&work, options, folder, schema, false);
    if (result == 0)
        result = s_mark(&work, version, is_applied);
    migration_close(&work);
    return result;
}
