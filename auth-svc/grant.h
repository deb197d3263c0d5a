/* From a session's row to what its owner gets. */

#ifndef AUTH_GRANT_H
#define AUTH_GRANT_H

#include "auth-svc/auth.h"

/* Signs. The same row gives the same bytes, today and at a repeated request. `internal`, and a logged error, for a row that no
 * token can be made of: a name that is empty, a time before 1970. */
answer_t grant_sign(const auth_t *self, const user_t *user, const session_t *session,
                    grant_t *grant);

/* Signs again what a request was granted before. *found is false when it was granted nothing; a
 * request of another user's is `bad_request`. */
answer_t grant_repeat(const auth_t *self, lex_db_t *db, const unsigned char *request,
                      const user_t *user, grant_t *grant, bool *found);

#endif
