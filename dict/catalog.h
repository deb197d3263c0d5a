/* The tables of the schema lexmq_dict (sql/dict/): which dictionaries there are, and which version
 * of each is shown.
 *
 * A version is born 'loading', becomes 'active' and the old one 'retired' in one transaction, and
 * rows of retired versions are deleted in chunks when nobody looks at them any more. Whoever loads
 * a version fences each of its transactions with catalog_fence: a version that another importer
 * took for a dead one's leftover can then not grow again. */

#ifndef DICT_CATALOG_H
#define DICT_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db.h"

#define CATALOG_NAME_MAX     64
#define CATALOG_POSITION_MAX 1000000
#define CATALOG_CHUNK_ROWS   5000 /* entries deleted in one transaction */

/* 1 to CATALOG_NAME_MAX of a-z 0-9 _ - */
bool catalog_name_is_good(const char *name);

/* One import or removal of a dictionary at a time. The lock goes with the connection at the latest.
 * *got is false when another holds it. */
lex_db_status_t catalog_lock(lex_db_t *db, const char *name, bool *got);
void catalog_unlock(lex_db_t *db, const char *name);

typedef struct {
    uint32_t id;      /* 0: there is none of that name */
    uint32_t version; /* 0: none is shown */
} catalog_dictionary_t;

lex_db_status_t catalog_find(lex_db_t *db, const char *name, catalog_dictionary_t *out);
/* Finds, or makes one that shows nothing, last in the order. */
lex_db_status_t catalog_require(lex_db_t *db, const char *name, catalog_dictionary_t *out);
/* Takes a dictionary away again that never showed anything. */
void catalog_forget_empty(lex_db_t *db, uint32_t dictionary);

/* A new version in state 'loading', of kind "words" or "lemmas". */
lex_db_status_t catalog_begin(lex_db_t *db, uint32_t dictionary, const char *source,
                              const char *format, const char *kind, uint32_t *version);

/* In a transaction: keeps the version from being swept until the end of it. LEX_DB_ERROR when it
 * was swept already. */
lex_db_status_t catalog_fence(lex_db_t *db, uint32_t version);

typedef struct {
    uint32_t dictionary;
    uint32_t version;
    uint64_t entries;
    uint64_t text_bytes;
    const char *title; /* NULL: as it is */
    int64_t position;  /* -1: as it is */
} catalog_activation_t;

/* Shows the version in place of the one before, in one transaction. Anything but LEX_DB_OK: the old
 * one is still shown (after LEX_DB_LOST: unless the commit took place and the server has not come
 * back to tell). */
lex_db_status_t catalog_activate(lex_db_t *db, const catalog_activation_t *activation);

/* Deletes a version that is not shown, with its entries. */
lex_db_status_t catalog_discard(lex_db_t *db, uint32_t version);
/* Deletes what dead importers and interrupted removals have left: every version of this dictionary
 * that is not shown (the caller holds its lock), and those of dictionaries that are gone. */
lex_db_status_t catalog_sweep(lex_db_t *db, uint32_t dictionary);

/* Takes the dictionary out of sight in one transaction; its entries are left to catalog_sweep. */
lex_db_status_t catalog_remove(lex_db_t *db, uint32_t dictionary);

#endif
