/* Bringing the three schemas up to date, and saying how they stand. */

#ifndef SQL_MIGRATE_H
#define SQL_MIGRATE_H

#include <stdio.h>

#include "common/db.h"
#include "sql/server.h"

/* Folder of --sql and schema of the server, in the order in which they are migrated. Ends with NULL. */
typedef struct {
    const char *folder;
    const char *schema;
} schema_t;
extern const schema_t migrate_schemas[];

/* Applies what is pending in every schema, which must exist. Refuses before anything is done to a schema of which an applied file
 * has changed. 0, or -1 and a logged error. `options` needs multi_statements; its schema is set here. */
int migrate_up(const lex_db_options_t *options, const char *folder, server_lock_t *lock);

/* One schema, as above. */
int migrate_schema(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                   server_lock_t *lock);

/* Prints a line per migration. 0 when everything is applied, 1 when not, -1 and a logged error. */
int migrate_status(const lex_db_options_t *options, const char *folder, FILE *out);

#endif
