/* Bringing the three schemas up to date, and saying how they stand. */

#ifndef SQL_MIGRATE_H
#define SQL_MIGRATE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/db.h"
#include "sql/files.h"
#include "sql/plan.h"
#include "sql/server.h"

/* Folder of --sql and schema of the server, in the order in which they are migrated. Ends with NULL. */
typedef struct {
    const char *folder;
    const char *schema;
} schema_t;
extern const schema_t migrate_schemas[];

/* One schema at work: its files, what its table schema_migrations says, and a connection to it. Part of migrate.c and rollback.c. */
typedef struct {
    const schema_t *schema;
    char *folder; /* of its files */
    files_t files;
    plan_t plan;
    lex_db_t *db;
} migration_t;

/* Reads files and table. 0, or -1 and a logged error. Close it in either case. `options` needs multi_statements; its schema is set
 * here. With `make` the table is made when it is missing. */
int migration_open(migration_t *self, const lex_db_options_t *options, const char *folder,
                   const schema_t *schema, bool make);
void migration_close(migration_t *self);
/* Logs what the database says of `what`. -1. */
int migration_failed(const migration_t *self, const char *what);
/* What nobody may go on with, found out before the first change. 0, or -1 and logged errors. */
int migration_check(const migration_t *self);

/* Applies what is pending in every schema, which must exist. Refuses before anything is done to a schema of which an applied file
 * has changed, or in which a migration began and did not end. 0, or -1 and a logged error. `options` needs multi_statements; its schema is set here. */
int migrate_up(const lex_db_options_t *options, const char *folder, server_lock_t *lock);

/* One schema, as above. */
int migrate_schema(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                   server_lock_t *lock);

/* Prints a line per migration. 0 when everything is applied, 1 when not, -1 and a logged error. */
int migrate_status(const lex_db_options_t *options, const char *folder, FILE *out);

#endif
