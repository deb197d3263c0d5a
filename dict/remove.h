/* Removing a dictionary: out of sight in one transaction, then its entries deleted in chunks. */

#ifndef DICT_REMOVE_H
#define DICT_REMOVE_H

#include "common/db.h"

/* 0, or -1 and a logged reason. */
int remove_run(lex_db_t *db, const char *name);

#endif
