/* Name and password: the one place where a password is compared. */

#ifndef AUTH_CREDENTIALS_H
#define AUTH_CREDENTIALS_H

#include "auth-svc/auth.h"
#include "auth-svc/users.h"

/* How often an operation looks at an account again that changes under it. */
#define CREDENTIALS_TRIES 3

/* LEX_OK and the user when the password is that of the name; `unauthorized`, `rate_limited`, or
 * trouble. Takes the same time for a name that nobody has. A hash made with other costs than
 * today's is made anew.
 *
 * `shown`: the claims of a token that we signed, expired or revoked for all that matters here, or NULL. If
 * it is of the name's account, failures are counted for its session apart from those for the name. */
answer_t credentials_check(const auth_t *self, lex_db_t *db, const name_t *name, text_t password,
                           const lex_claims_t *shown, int64_t now, user_t *user);

/* The same for who has shown a token: the account must be the one of the token. */
answer_t credentials_confirm(const auth_t *self, lex_db_t *db, const lex_claims_t *claims,
                             text_t password, int64_t now, user_t *user);

#endif
