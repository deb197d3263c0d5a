/* Reaching the server, and having it to ourselves. */

#ifndef SQL_SERVER_H
#define SQL_SERVER_H

#include "common/db.h"

/* Waits until the server takes us, at most `seconds`; does not wait for one that refuses the account. 0, or -1 and a
 * logged error. */
int server_wait(lex_db_t *db, unsigned seconds);

/* One migrator at a time: a named lock of the server's, which goes with our connection whatever happens to us. */
typedef struct server_lock server_lock_t;

/* Waits for another migrator, at most `seconds`. NULL and a logged error. */
server_lock_t *server_lock_new(const lex_db_options_t *options, unsigned seconds);
void server_lock_destroy(server_lock_t **self_p);

/* 0 while it is ours; -1 and a logged error once it was lost with its connection. */
int server_lock_check(server_lock_t *self);

#endif
