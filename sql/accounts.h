/* The five database accounts and the passwords they have in the keys folder. */

#ifndef SQL_ACCOUNTS_H
#define SQL_ACCOUNTS_H

#include "common/db.h"

typedef struct {
    const char *folder; /* of the keys folder; its db.password is the account's */
    const char *name;
} account_t;

/* Ends with NULL. */
extern const account_t accounts_all[];
#define ACCOUNTS_MIGRATE "lexmq_migrate"

/* Makes the accounts that are missing and gives every one the password of its file. All files are read before anything
 * is changed. 0, or -1 and a logged error. */
int accounts_apply(lex_db_t *db, const char *keys);

/* The path of an account's password file. Caller owns return value and must free it when done. */
char *accounts_password_file(const char *keys, const char *folder);

#endif
