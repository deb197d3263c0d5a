/* Forgetting what has expired, in small pieces so that nobody waits long for a lock. */

#ifndef AUTH_PURGE_H
#define AUTH_PURGE_H

#include "common/db.h"

#define PURGE_ROWS        500      /* of one statement */
#define PURGE_STATEMENTS  20       /* per table and run: the rest has time */
#define PURGE_GRACE_MS    3600000  /* a row stays so long after it expired: clocks differ */
#define PURGE_FAILURES_MS 86400000 /* wrong passwords are forgotten a day after the last */
#define PURGE_WINDOW_S    60

/* Deletes expired sessions, revocations, deletions and failures. *rows: how many went. The first
 * trouble ends it; the next run goes on. Several workers may purge at once. */
lex_db_status_t purge_run(lex_db_t *db, int64_t now, uint64_t *rows);

#endif
