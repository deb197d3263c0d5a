#include "sql/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

const schema_t migrate_schemas[] = {
    {"auth", "lexmq_auth"}, {"dict", "lexmq_dict"}, {"history", "lexmq_history"}, {NULL, NULL}};

static const char s_create_table[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " version INT UNSIGNED NOT NULL,"
    " name VARCHAR(128) NOT NULL,"
    " checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
    " applied_at BIGINT UNSIGNED NOT NULL,"
    " PRIMARY KEY (version)) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin";

int migration_failed(const migration_t *self, const char *what)
{
    lex_error("migrate %s: %s: %s", self->schema->schema, what, lex_db_error(self->db));
    return -1;
}

static int s_read(migration_t *self, bool make)
{
    if (lex_db_connect(self->db) != LEX_DB_OK)
        return migration_failed(self,
                                "the schema cannot be used (was `lexmq-migrate bootstrap` run?)");
    if (make && lex_db_simple(self->db, s_create_table) != LEX_DB_OK)
        return migration_failed(self, "schema_migrations cannot be made");
    if (plan_make(&self->plan, self->db, &self->files) != LEX_DB_OK)
        return migration_failed(self, "schema_migrations cannot be read");
    return 0;
}

int migration_open(migration_t *self, const lex_db_options_t *options, const char *folder,
                   const schema_t *schema, bool make)
{
    lex_db_options_t own = *options;
    own.schema = schema->schema;
    memset(self, 0, sizeof *self);
    self->schema = schema;
    self->db = lex_db_new(&own);
    self->folder = lex_format("%s/%s", folder, schema->folder);
    return files_load(&self->files, self->folder) == 0 ? s_read(self, make) : -1;
}

void migration_close(migration_t *self)
{
    plan_close(&self->plan);
    files_close(&self->files);
    lex_db_destroy(&self->db);
    free(self->folder);
}

static int s_check_step(const char *schema, const step_t *step)
{
    switch (step->state) {
    case STEP_CHANGED:
        lex_error("migrate %s: %s was changed after it was applied (checksum %.12s… then, %.12s… "
                  "now): put it back, and make the change in a new file",
                  schema, step->name, step->checksum, step->file->checksum);
        return -1;
    case STEP_LATE:
        lex_error("migrate %s: %s has a lower number than what is applied already: give it a "
                  "higher one",
                  schema, step->name);
        return -1;
    case STEP_FAILED:
        lex_error("migrate %s: %s began and did not end: look how far it came, complete or undo it "
                  "by hand, then say `lexmq-migrate mark SCHEMA %u applied` or `… pending`",
                  schema, step->name, step->version);
        return -1;
    case STEP_UNKNOWN:
        lex_warning("migrate %s: %s is applied and has no file here: the database is newer than "
                    "this program",
                    schema, step->name);
        return 0;
    default:
        return 0;
    }
}

int migration_check(const migration_t *self)
{
    int result = 0;
    for (size_t i = 0; i < self->plan.count; i++)
        if (s_check_step(self->schema->schema, &self->plan.steps[i]))
            result = -1;
    return result;
}

/* The servers commit at each change of a table, so a file that fails in its middle stays half done. It is recorded as begun first and
 * as applied when it is whole; what stays at `begun` needs a person. */
static int s_apply(migration_t *self, const file_t *file, server_lock_t *lock)
{
    int64_t start = lex_monotonic_ms();
    if (server_lock_check(lock))
        return -1;
    if (lex_db_exec(self->db,
                    "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES "
                    "(?, ?, ?, 0)",
                    LEX_UINT(file->version), LEX_TEXT(file->name, strlen(file->name)),
                    LEX_TEXT(file->checksum, strlen(file->checksum))) != LEX_DB_OK)
        return migration_failed(self, "that a migration begins could not be recorded");
    if (lex_db_script(self->db, file->text, file->size) != LEX_DB_OK) {
        migration_failed(self, file->name);
        lex_error("migrate %s: what %s did before it failed is not undone", self->schema->schema,
                  file->name);
        return -1;
    }
    if (lex_db_exec(self->db, "UPDATE schema_migrations SET applied_at = ? WHERE version = ?",
                    LEX_INT(lex_utc_ms()), LEX_UINT(file->version)) != LEX_DB_OK)
        return migration_failed(self, "a migration is applied but could not be recorded");
    lex_info("migrate %s: applied %s in %lld ms", self->schema->schema, file->name,
             (long long)(lex_monotonic_ms() - start));
    return 0;
}

static int s_migrate(migration_t *self, server_lock_t *lock)
{
    int result = migration_check(self);
    unsigned applied = 0;
    for (size_t i = 0; i < self->plan.count && result == 0; i++) {
        if (self->plan.steps[i].state != STEP_PENDING)
            continue;
        result = s_apply(self, self->plan.steps[i].file, lock);
        applied += result == 0;
    }
    if (result == 0 && applied == 0)
        lex_info("migrate %s: up to date", self->schema->schema);
    return result;
}

int migrate_schema(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                   server_lock_t *lock)
{
    migration_t work;
    int result = migration_open(&work, options, folder, schema, true);
    if (result == 0)
        result = s_migrate(&work, lock);
    migration_close(&work);
    return result;
}

int migrate_up(const lex_db_options_t *options, const char *folder, server_lock_t *lock)
{
    for (const schema_t *schema = migrate_schemas; schema->schema; schema++)
        if (migrate_schema(options, folder, schema, lock))
            return -1;
    return 0;
}

static int s_print(const migration_t *self, FILE *out)
{
    int result = 0;
    for (size_t i = 0; i < self->plan.count; i++) {
        const step_t *step = &self->plan.steps[i];
        char time[LEX_ISO_TIME_SIZE] = "-";
        if (step->applied_at)
            lex_iso_time(step->applied_at, time, sizeof time);
        fprintf(out, "%-14s %-8s %-24s %s\n", self->schema->schema, plan_state_name(step->state),
                time, step->name);
        if (step->state != STEP_APPLIED)
            result = 1;
    }
    return result;
}

int migrate_status(const lex_db_options_t *options, const char *folder, FILE *out)
{
    int result = 0;
    for (const schema_t *schema = migrate_schemas; schema->schema && result >= 0; schema++) {
        migration_t work;
        int found = migration_open(&work, options, folder, schema, false);
        if (found == 0)
            found = s_print(&work, out);
        result = found < 0 ? -1 : result | found;
        migration_close(&work);
    }
    return result;
}
