#include "auth-svc/grant.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"

/* The signer takes such a row for a fault of ours; but rows come from elsewhere. */
static bool s_is_sound(const user_t *user, const session_t *session)
{
    return user->name[0] && session->issued >= 0 && session->expires >= 0;
}

answer_t grant_sign(const auth_t *self, const user_t *user, const session_t *session,
                    grant_t *grant)
{
    memset(grant, 0, sizeof *grant);
    if (!s_is_sound(user, session)) {
        lex_error("account %llu has a name or a session that cannot be",
                  (unsigned long long)user->id);
        return answer_refuse(LEX_INTERNAL, "the account is damaged");
    }
    memcpy(grant->claims.session, session->id, sizeof session->id);
    grant->claims.user = user->id;
    grant->claims.issued = session->issued;
    grant->claims.expires = session->expires;
    snprintf(grant->claims.name, sizeof grant->claims.name, "%s", user->name);
    grant->token_size = lex_signer_sign(self->signer, &grant->claims, grant->token);
    return ANSWER_OK;
}

answer_t grant_repeat(const auth_t *self, lex_db_t *db, const unsigned char *request,
                      const user_t *user, grant_t *grant, bool *found)
{
    session_t session;
    answer_t answer = answer_of_db(sessions_find_request(db, request, &session));
    *found = answer.code == LEX_OK && session.user == user->id;
    if (*found)
        return grant_sign(self, user, &session, grant);
    if (answer.code == LEX_OK && session.user)
        return answer_id_is_taken();
    return answer;
}
