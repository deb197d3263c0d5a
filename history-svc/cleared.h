/* Who cleared his history since a moment. A look-up that was answered without a promise is recorded later, from a journal or from
 * a worker that hung; if its user cleared his history meanwhile, it would come back from the dead. So what comes late is held
 * against the clears. */

#ifndef CLEARED_H
#define CLEARED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db.h"

typedef struct cleared cleared_t;

cleared_t *cleared_new(void);
void cleared_destroy(cleared_t **self_p);

/* Inside a transaction: reads the clears from `since` to `until` (UTC ms), which replace those read before; no clear can begin from here until
 * the transaction's end, and one that waits for it removes what it wrote. `until` is now: a clear that
 * seems to be made later was dated by a wrong clock, and what is kept in error can be cleared again. */
lex_db_status_t cleared_refresh(cleared_t *self, lex_db_t *db, int64_t since, int64_t until);

/* The user cleared at `time` or later, of the clears that were read. */
bool cleared_has(const cleared_t *self, uint64_t user, int64_t time);

#endif
