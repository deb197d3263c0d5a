/* Which users are erased, as one connection knows it: refreshed inside each transaction that writes records by one
 * cheap query, and by a second one only when somebody was erased meanwhile. sql/history has the tables and the argument. */

#ifndef ERASED_H
#define ERASED_H

#include "common/db.h"

typedef struct erased erased_t;

erased_t *erased_new(void);
void erased_destroy(erased_t **self_p);

/* Inside a transaction: nobody can be erased from here until its end, and everybody who was is known. */
lex_db_status_t erased_refresh(erased_t *self, lex_db_t *db);

bool erased_has(const erased_t *self, uint64_t user);

/* How many users were erased at the last refresh: what the gate said. -1 before the first. */
int64_t erased_count(const erased_t *self);

#endif
