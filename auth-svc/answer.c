#include "auth-svc/answer.h"

#define AWAY_RETRY_MS     1000
#define CONFLICT_RETRY_MS 200
#define MEMORY_RETRY_MS   1000

answer_t answer_refuse(lex_code_t code, const char *why)
{
    return (answer_t){.code = code, .why = why};
}

answer_t answer_of_db(lex_db_status_t status)
{
    switch (status) {
    case LEX_DB_OK:
        return ANSWER_OK;
    case LEX_DB_LOST:
        return (answer_t){LEX_UNAVAILABLE, AWAY_RETRY_MS, "the database is away"};
    case LEX_DB_CONFLICT:
        return (answer_t){LEX_UNAVAILABLE, CONFLICT_RETRY_MS, "the database is contended"};
    case LEX_DB_DUPLICATE:
    case LEX_DB_ERROR:
        break;
    }
    return answer_refuse(LEX_INTERNAL, "the database refused a statement");
}

answer_t answer_id_is_taken(void)
{
    return answer_refuse(LEX_BAD_REQUEST, "this id was used for another request");
}

answer_t answer_wrong_credentials(void)
{
    return answer_refuse(LEX_UNAUTHORIZED, "wrong name or password");
}

answer_t answer_no_session(void)
{
    return answer_refuse(LEX_UNAUTHORIZED, "the session has ended");
}

answer_t answer_contended(void)
{
    return (answer_t){LEX_UNAVAILABLE, CONFLICT_RETRY_MS, "the account is being changed"};
}

answer_t answer_no_memory(void)
{
    return (answer_t){LEX_BUSY, MEMORY_RETRY_MS, "there is no memory for a password just now"};
}
