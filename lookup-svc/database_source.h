/* Dictionaries in MySQL: the view lexmq_dict.active and the table lexmq_dict.entries. For one
 * thread. */

#ifndef DATABASE_SOURCE_H
#define DATABASE_SOURCE_H

#include "common/db.h"
#include "lookup-svc/source.h"

typedef struct database_source database_source_t;

/* Connects at first use. Never NULL. */
database_source_t *database_source_new(const lex_db_options_t *options);
void database_source_destroy(database_source_t **self_p);

/* Valid as long as `self`. */
source_t database_source(database_source_t *self);

#endif
