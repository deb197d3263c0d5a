/* What auth-svc does without being asked: erasing the history of deleted accounts and forgetting
 * what has expired.
 *
 *     loop: every second, or kicked ------> thread: drop the rows that are done, take what is due,
 * purge loop: history.erase for what is due <-'       (the loop never waits for the database) loop:
 * again while `more`; at the end the row is done, and goes with the next round
 *
 * Nothing is lost if we end in the middle: a row in the outbox goes only when history has answered.
 */

#ifndef AUTH_HOUSEKEEPER_H
#define AUTH_HOUSEKEEPER_H

#include "common/db.h"
#include "common/worker.h"

typedef struct housekeeper housekeeper_t;

/* Before lex_worker_run. Has a thread and a connection of its own. Never NULL. */
housekeeper_t *housekeeper_new(lex_worker_t *worker, const lex_db_options_t *options);

/* After lex_worker_run has returned: ends the thread. Destroy it after the worker, which may still
 * end calls of ours. */
void housekeeper_stop(housekeeper_t *self);
void housekeeper_destroy(housekeeper_t **self_p);

/* Whether the database did what the last round asked of it, which is at most a second or so ago; true before the first
 * round has ended. On the loop thread. */
bool housekeeper_is_database_away(const housekeeper_t *self);

/* A round now: something was put into the outbox. From any thread. */
void housekeeper_kick(housekeeper_t *self);

#endif
