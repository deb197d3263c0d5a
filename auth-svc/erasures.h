/* The outbox of deleted accounts whose history is still to be erased (table erasures). Erasing
 * twice does no harm: workers take rows for a while only to spare themselves the work. */

#ifndef AUTH_ERASURES_H
#define AUTH_ERASURES_H

#include "common/db.h"

/* Takes up to `max` accounts that are due and puts them off by `lease_ms`, so that nobody else
 * takes them meanwhile. */
lex_db_status_t erasures_take(lex_db_t *db, int64_t now, int64_t lease_ms, uint64_t *users,
                              unsigned max, unsigned *count);

/* Nothing of the account's history is left. */
lex_db_status_t erasures_done(lex_db_t *db, uint64_t user);

#endif
