#include "auth-svc/credentials.h"

#include <string.h>

#include "auth-svc/throttle.h"

static void s_renew_hash(const auth_t *self, lex_db_t *db, text_t password, user_t *user)
{
    char hash[PASSWORD_HASH_SIZE];
    if (passwords_is_outdated(self->passwords, user->hash) &&
        passwords_hash(self->passwords, password.text, password.size, hash) == 0)
        users_rehash(db, user, hash); /* the old one is as right: not worth a refusal */
}

answer_t credentials_check(const auth_t *self, lex_db_t *db, const name_t *name, text_t password,
                           const lex_claims_t *shown, int64_t now, user_t *user)
{
    bool is_known;
    name_t counted = *name;
    answer_t answer = answer_of_db(users_find(db, name, user));
    if (answer.code != LEX_OK)
        return answer;
    if (shown && user->id == shown->user)
        names_apart(&counted, shown->session);
    answer = throttle_check(db, &counted, now, &is_known);
    if (answer.code != LEX_OK)
        return answer;

    const char *hash = user->id ? user->hash : NULL;
    switch (passwords_verify(self->passwords, hash, password.text, password.size)) {
    case PASSWORD_RIGHT:
        if (is_known)
            throttle_succeeded(db, &counted);
        s_renew_hash(self, db, password, user);
        return ANSWER_OK;
    case PASSWORD_WRONG:
        answer = throttle_failed(db, &counted, now);
        return answer.code == LEX_OK ? answer_wrong_credentials() : answer;
    case PASSWORD_FAULT:
        break;
    }
    return answer_no_memory();
}

answer_t credentials_confirm(const auth_t *self, lex_db_t *db, const lex_claims_t *claims,
                             text_t password, int64_t now, user_t *user)
{
    name_t name;
    const char *why;
    if (names_parse(&name, claims->name, strlen(claims->name), &why))
        return answer_no_session(); /* a name that our own token has and the rules no longer allow
                                     */
    answer_t answer = credentials_check(self, db, &name, password, claims, now, user);
    if (answer.code == LEX_OK && user->id != claims->user)
        return answer_no_session(); /* the account went, and somebody else has the name */
    return answer;
}
