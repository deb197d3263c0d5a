/* How the functions of this folder answer: the code of the wire, and what goes with it. */

#ifndef AUTH_ANSWER_H
#define AUTH_ANSWER_H

#include <stdint.h>

#include "common/codes.h"
#include "common/db.h"

typedef struct {
    lex_code_t code;
    uint64_t retry_ms; /* 0: none */
    const char *why;   /* a sentence for people, a literal; NULL with LEX_OK */
} answer_t;

#define ANSWER_OK ((answer_t){.code = LEX_OK})

answer_t answer_refuse(lex_code_t code, const char *why);

/* LEX_OK for LEX_DB_OK, else what the caller of the service may do about it. */
answer_t answer_of_db(lex_db_status_t status);

/* An id of 16 bytes that was used for something else before: only a caller that does not draw them
 * at random gets here. */
answer_t answer_id_is_taken(void);

/* Wrong name or wrong password, and never which. */
answer_t answer_wrong_credentials(void);

/* A session that is no longer one. */
answer_t answer_no_session(void);

/* The account changed under each of several attempts. */
answer_t answer_contended(void);

/* Argon2 wants more memory than there is just now. */
answer_t answer_no_memory(void);

#endif
