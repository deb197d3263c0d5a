/* The operations of docs/protocol.md section 5, without a socket. Each takes a connection that
 * nobody else uses meanwhile, `request`, the 16-byte id that makes it safe to run twice, and `now`
 * in UTC ms.
 *
 * Passwords are hashed outside of transactions. A transaction then takes place only if the
 * account's hash is still the one that was verified; otherwise everything is looked at again:
 *
 *     read the user -> throttle, verify (slow) -> BEGIN, is the hash the same? -> write -> COMMIT
 *          ^                                                 | no, somebody changed it meanwhile
 *          +-------------------------------------------------+ */

#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth-svc/answer.h"
#include "auth-svc/passwords.h"
#include "auth-svc/profile.h"
#include "auth-svc/sessions.h"
#include "common/token.h"

/* The tools; safe to share between threads. */
typedef struct {
    const passwords_t *passwords;
    const lex_signer_t *signer;
    int64_t session_ms; /* life of a session */
} auth_t;

typedef struct {
    const char *text; /* not terminated */
    size_t size;
} text_t;

/* A session as its owner gets it. */
typedef struct {
    lex_claims_t claims;
    unsigned char token[LEX_TOKEN_MAX];
    size_t token_size;
} grant_t;

answer_t auth_register(const auth_t *self, lex_db_t *db, const unsigned char *request, text_t name,
                       text_t password, const profile_t *profile, int64_t now, grant_t *grant);

/* `shown`: as in credentials_check. */
answer_t auth_login(const auth_t *self, lex_db_t *db, const unsigned char *request, text_t name,
                    text_t password, const lex_claims_t *shown, int64_t now, grant_t *grant);

/* Ends every session and opens one. */
answer_t auth_passwd(const auth_t *self, lex_db_t *db, const unsigned char *request,
                     const lex_claims_t *claims, text_t password, text_t new_password, int64_t now,
                     grant_t *grant);

answer_t auth_delete(const auth_t *self, lex_db_t *db, const unsigned char *request,
                     const lex_claims_t *claims, text_t password, int64_t now);

/* Plain success for a session that has ended already. */
answer_t auth_logout(lex_db_t *db, const unsigned char *request, const lex_claims_t *claims,
                     int64_t now);

answer_t auth_revoke(lex_db_t *db, const unsigned char *request, const lex_claims_t *claims,
                     const unsigned char target[LEX_SESSION_SIZE], int64_t now);

typedef struct {
    char name[LEX_TOKEN_NAME_MAX + 1];
    int64_t created;
    int64_t issued;
    int64_t expires;
} whoami_t;

answer_t auth_whoami(lex_db_t *db, const lex_claims_t *claims, int64_t now, whoami_t *out);

/* `out` has room for SESSIONS_LISTED. */
answer_t auth_sessions(lex_db_t *db, const lex_claims_t *claims, int64_t now, session_t *out,
                       size_t *count);

#endif
