/* Rows into `lookups` by as few statements as possible: a statement for a certain number of rows is prepared once and
 * used again, so there are sizes, and a batch is made up of them, the largest first. */

#ifndef INSERTER_H
#define INSERTER_H

#include "common/db.h"
#include "history-svc/commit.h"

typedef struct inserter inserter_t;

inserter_t *inserter_new(void);
void inserter_destroy(inserter_t **self_p);

/* Inside a transaction: every word of every record that is not refused. What is there already stays as it is. */
lex_db_status_t inserter_insert(inserter_t *self, lex_db_t *db, commit_record_t *const *records,
                                size_t count);

/* A record of a single word in a transaction that is one statement, which saves three round trips: inserts when just `erasures`
 * users are erased. *inserted is false when there are more by now, or the record was there already. */
lex_db_status_t inserter_insert_one(lex_db_t *db, const commit_record_t *record, int64_t erasures,
                                    bool *inserted);

#endif
