/* Slowing down who guesses passwords (docs/protocol.md section 5). Counted in MySQL, so that it
 * holds over all workers. */

#ifndef AUTH_THROTTLE_H
#define AUTH_THROTTLE_H

#include "auth-svc/answer.h"
#include "auth-svc/names.h"

#define THROTTLE_FREE_FAILURES   5 /* in a row, then the delay begins */
#define THROTTLE_DELAY_MIN_MS    1000
#define THROTTLE_DELAY_MAX_MS    60000
#define THROTTLE_WINDOW_S        10 /* over all names */
#define THROTTLE_WINDOW_FAILURES 100
#define THROTTLE_REMEMBERED_MS                                                                     \
    600000 /* a failure makes its name subject to the rule above for so long */

/* What is counted together is what has the same `hash`: a name, or one of its sessions (names_apart).
 *
 * Before a password is looked at: LEX_OK, `rate_limited`, or the database's trouble. *is_known: the
 * name has failures that a success must reset. Of many at once, only one has LEX_OK when a delay is
 * over. `now` is UTC ms, as in all of these. */
answer_t throttle_check(lex_db_t *db, const name_t *name, int64_t now, bool *is_known);

/* After a wrong password. LEX_OK, or the database's trouble: then nothing may be said about the
 * password either. */
answer_t throttle_failed(lex_db_t *db, const name_t *name, int64_t now);

/* After a right one, when *is_known. A failure to reset is not worth refusing a right password. */
void throttle_succeeded(lex_db_t *db, const name_t *name);

#endif
