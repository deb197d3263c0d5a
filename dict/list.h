/* Printing which dictionaries are shown, in search order. */

#ifndef DICT_LIST_H
#define DICT_LIST_H

#include <stdio.h>

#include "common/db.h"

/* 0, or -1 and a logged reason. */
int list_run(lex_db_t *db, FILE *out);

#endif
