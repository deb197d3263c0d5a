/* Rows of the table sessions, and the revocations that tell the other services about their end. */

#ifndef AUTH_SESSIONS_H
#define AUTH_SESSIONS_H

#include "auth-svc/answer.h"
#include "auth-svc/users.h"
#include "common/body.h"
#include "common/token.h"

typedef struct {
    unsigned char id[LEX_SESSION_SIZE];
    uint64_t user; /* 0: there is no such session */
    int64_t issued;
    int64_t expires;
    bool is_revoked;
    unsigned char revoked_by[LEX_ID_SIZE]; /* the request that did, when is_revoked */
} session_t;

/* The session that a request opened, or the one of that id; user 0 when there is none. */
lex_db_status_t sessions_find_request(lex_db_t *db, const unsigned char request[LEX_ID_SIZE],
                                      session_t *session);
lex_db_status_t sessions_find(lex_db_t *db, const unsigned char id[LEX_SESSION_SIZE],
                              session_t *session);

/* Stores a new session of `user` with a random id. LEX_DB_DUPLICATE when the request has opened one
 * before. */
lex_db_status_t sessions_insert(lex_db_t *db, const user_t *user,
                                const unsigned char request[LEX_ID_SIZE], int64_t issued,
                                int64_t expires, session_t *session);

/* LEX_OK for a session that stands, `unauthorized` for one that does not. This is the authority:
 * the signature alone says nothing about an end before time. */
answer_t sessions_check(lex_db_t *db, const lex_claims_t *claims, int64_t now);

/* The sessions of a user that stand, newest first, at most SESSIONS_LISTED. */
#define SESSIONS_LISTED 1000
lex_db_status_t sessions_list(lex_db_t *db, uint64_t user, int64_t now, session_t *out,
                              size_t *count);

/* Ends one session; one that has ended stays as it is. A transaction of its own. `expires` is its
 * end in any case. */
lex_db_status_t sessions_end(lex_db_t *db, const unsigned char id[LEX_SESSION_SIZE], uint64_t user,
                             int64_t expires, const unsigned char request[LEX_ID_SIZE],
                             int64_t now);

/* The latest times among a user's sessions; 0 without any. */
typedef struct {
    int64_t issued, expires;
} sessions_span_t;
lex_db_status_t sessions_span(lex_db_t *db, uint64_t user, sessions_span_t *span);

/* Inside a transaction that has locked the user: ends all of the user's sessions and revokes every
 * token issued before `issued_before`; none of them is valid after `expires`. */
lex_db_status_t sessions_end_all(lex_db_t *db, uint64_t user, int64_t issued_before,
                                 int64_t expires, const unsigned char request[LEX_ID_SIZE],
                                 int64_t now);

#endif
