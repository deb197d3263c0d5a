/* Taking migrations back: NNNN_name.down.sql beside the migration, for going back to programs that do not know the newer schema. */

#ifndef SQL_ROLLBACK_H
#define SQL_ROLLBACK_H

#include <stdbool.h>

#include "sql/migrate.h"

/* A down file says in comments what it loses, one line each:
 *
 *     -- loses WHAT: SELECT …     something is lost when the query's one number is not 0
 *     -- loses nothing
 *
 * and one without such a line loses, as far as anybody knows, everything. Takes back, the newest first, what is applied above
 * `version` (0: all of it). Refuses before anything is done when a file is missing or was changed, when a migration above is not
 * known here, when one began and did not end, and, without `lose_data`, when a file loses something. It is the caller's to stop
 * the programs that need the newer schema. 0, or -1 and a logged error. */
int rollback_schema(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                    unsigned version, bool lose_data, server_lock_t *lock);

/* After a migration that began and did not end was completed or undone by hand: records it as applied, or as not. 0, or -1 and a
 * logged error. */
int rollback_mark(const lex_db_options_t *options, const char *folder, const schema_t *schema,
                  unsigned version, bool is_applied);

#endif
