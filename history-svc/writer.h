/* Commits one batch after another on a connection of its own; the committer's thread drives it. */

#ifndef WRITER_H
#define WRITER_H

#include "common/db.h"
#include "history-svc/commit.h"

typedef struct writer writer_t;

writer_t *writer_new(const lex_db_options_t *options);
void writer_destroy(writer_t **self_p);

/* Connects unless connected. */
bool writer_connect(writer_t *self);

/* Commits the records and marks those that are refused. LEX_DB_OK: all others are committed, in one transaction unless one of them
 * had to be found. LEX_DB_LOST: the database is away. Else it is there, but cannot do it now. With no records: whether it would take some. */
lex_db_status_t writer_commit(writer_t *self, commit_record_t *const *records, size_t count);

#endif
