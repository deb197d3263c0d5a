/* Rows of the table users. */

#ifndef AUTH_USERS_H
#define AUTH_USERS_H

#include "auth-svc/names.h"
#include "auth-svc/passwords.h"
#include "common/db.h"
#include "common/token.h"

typedef struct {
    uint64_t id; /* 0: there is no such user */
    char name[LEX_TOKEN_NAME_MAX + 1];
    char hash[PASSWORD_HASH_SIZE];
    int64_t sessions_from; /* UTC ms; no session is issued before */
} user_t;

/* LEX_DB_OK with id 0 when nobody has that name. */
lex_db_status_t users_find(lex_db_t *db, const name_t *name, user_t *user);

/* Inside a transaction: reads the row and locks it to the end of that. */
lex_db_status_t users_lock(lex_db_t *db, uint64_t id, user_t *user);

/* LEX_DB_DUPLICATE when the name is taken. Sets id and name of `user` from the row. */
lex_db_status_t users_insert(lex_db_t *db, const name_t *name, const char *hash, int64_t now,
                             user_t *user);

/* Replaces a hash by another of the same password, unless it has changed meanwhile; *hash in `user`
 * follows. */
lex_db_status_t users_rehash(lex_db_t *db, user_t *user, const char *hash);

#endif
