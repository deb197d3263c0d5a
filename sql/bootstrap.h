/* From an empty server to one that the services can use. Safe to run again: it follows passwords that have changed and applies
 * what is pending. */

#ifndef SQL_BOOTSTRAP_H
#define SQL_BOOTSTRAP_H

#include "common/db.h"

/* Schemas, accounts, the migrator's rights, migrations (by the migrator, who so becomes the definer of the views: an
 * account that stays), and the rights of the services. `options` are an administrator's; waits at most `seconds` for the server,
 * and as long for another migrator. 0, or -1 and a logged error. */
int bootstrap(const lex_db_options_t *options, const char *keys, const char *folder,
              unsigned seconds);

#endif
