#include "auth-svc/service.h"

#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/memory.h"

/* Argon2 is the work: a few requests keep every thread busy, and what waits here waits no longer
 * than in the gateway. */
#define CREDIT 64
#define BATCH  16

/* ---- arguments ---- */

/* .text is NULL when it is missing or no str. */
static text_t s_text(const lex_request_t *request, const char *key)
{
    text_t text = {0};
    lex_body_str(lex_request_body(request), key, &text.text, &text.size);
    return text;
}

/* The claims of a token that comes without having to be good for anything: NULL when it is missing or not ours. */
static const lex_claims_t *s_shown(const service_t *self, const lex_request_t *request,
                                   lex_claims_t *claims)
{
    const unsigned char *token;
    size_t size;
    bool is_ours = lex_body_bin(lex_request_body(request), "tok", &token, &size) &&
                   lex_verifier_check_genuine(self->verifier, token, size, claims) == LEX_OK;
    return is_ours ? claims : NULL;
}

/* The body's bytes are the message's own and nobody reads them after us. */
static void s_wipe(text_t password)
{
    if (password.text)
        sodium_memzero((void *)password.text, password.size);
}

static void s_refuse_arguments(lex_request_t *request, const char *what)
{
    lex_reply_error(&request, LEX_BAD_REQUEST, 0, "%s", what);
}

/* ---- replies ---- */

static void s_reply_refusal(lex_request_t **request_p, answer_t answer)
{
    lex_reply_error(request_p, answer.code, answer.retry_ms, "%s", answer.why);
}

static void s_reply_plain(lex_request_t *request, answer_t answer)
{
    if (answer.code != LEX_OK) {
        s_reply_refusal(&request, answer);
        return;
    }
    lex_reply_begin(request, 0);
    lex_reply_send(&request);
}

static void s_put_token(lex_writer_t *reply, const grant_t *grant)
{
    lex_put_bin(reply, "tok", grant->token, grant->token_size);
    lex_put_uint(reply, "expires", (uint64_t)grant->claims.expires);
}

static void s_reply_grant(lex_request_t *request, answer_t answer, const grant_t *grant)
{
    if (answer.code != LEX_OK) {
        s_reply_refusal(&request, answer);
        return;
    }
    lex_writer_t *reply = lex_reply_begin(request, 4);
    lex_put_uint(reply, "user", grant->claims.user);
    lex_put_text(reply, "name", grant->claims.name);
    s_put_token(reply, grant);
    lex_reply_send(&request);
}

/* ---- ops ---- */

static void s_register(void *context, lex_request_t *request)
{
    service_t *self = context;
    text_t name = s_text(request, "name");
    text_t password = s_text(request, "password");
    profile_t profile;
    grant_t grant;
    if (!name.text || !password.text) {
        s_wipe(password);
        s_refuse_arguments(request, "register takes a name and a password");
        return;
    }
    const char *why = profile_parse(&profile, lex_body_find(lex_request_body(request), "profile"));
    if (why) {
        s_wipe(password);
        s_refuse_arguments(request, why);
        return;
    }
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_register(self->auth, db, lex_request_id(request), name, password,
                                    &profile, lex_utc_ms(), &grant);
    lex_db_pool_release(self->connections, &db);
    s_wipe(password);
    s_reply_grant(request, answer, &grant);
}

static void s_login(void *context, lex_request_t *request)
{
    service_t *self = context;
    text_t name = s_text(request, "name");
    text_t password = s_text(request, "password");
    grant_t grant;
    if (!name.text || !password.text) {
        s_wipe(password);
        s_refuse_arguments(request, "login takes a name and a password");
        return;
    }
    lex_claims_t claims;
    const lex_claims_t *shown = s_shown(self, request, &claims);
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_login(self->auth, db, lex_request_id(request), name, password, shown,
                                 lex_utc_ms(), &grant);
    lex_db_pool_release(self->connections, &db);
    s_wipe(password);
    s_reply_grant(request, answer, &grant);
}

static void s_logout(void *context, lex_request_t *request)
{
    service_t *self = context;
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer =
        auth_logout(db, lex_request_id(request), lex_request_claims(request), lex_utc_ms());
    lex_db_pool_release(self->connections, &db);
    s_reply_plain(request, answer);
}

static void s_whoami(void *context, lex_request_t *request)
{
    service_t *self = context;
    const lex_claims_t *claims = lex_request_claims(request);
    whoami_t whoami;
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_whoami(db, claims, lex_utc_ms(), &whoami);
    if (answer.code == LEX_OK) {
        lex_writer_t *reply = lex_reply_begin(request, 7);
        lex_put_uint(reply, "user", claims->user);
        lex_put_text(reply, "name", whoami.name);
        lex_put_uint(reply, "created", (uint64_t)whoami.created);
        lex_put_bin(reply, "session", claims->session, sizeof claims->session);
        lex_put_uint(reply, "issued", (uint64_t)whoami.issued);
        lex_put_uint(reply, "expires", (uint64_t)whoami.expires);
        lex_write_text(reply, "profile");
        answer = answer_of_db(profile_write(db, claims->user, reply));
    }
    lex_db_pool_release(self->connections, &db);
    if (answer.code == LEX_OK)
        lex_reply_send(&request);
    else
        s_reply_refusal(&request, answer);
}

static void s_passwd(void *context, lex_request_t *request)
{
    service_t *self = context;
    text_t password = s_text(request, "password");
    text_t new_password = s_text(request, "new_password");
    grant_t grant;
    if (!password.text || !new_password.text) {
        s_wipe(password);
        s_wipe(new_password);
        s_refuse_arguments(request, "passwd takes a password and a new_password");
        return;
    }
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer =
        auth_passwd(self->auth, db, lex_request_id(request), lex_request_claims(request), password,
                    new_password, lex_utc_ms(), &grant);
    lex_db_pool_release(self->connections, &db);
    s_wipe(password);
    s_wipe(new_password);
    if (answer.code != LEX_OK) {
        s_reply_refusal(&request, answer);
        return;
    }
    s_put_token(lex_reply_begin(request, 2), &grant);
    lex_reply_send(&request);
}

static void s_write_session(lex_writer_t *reply, const session_t *session,
                            const lex_claims_t *claims)
{
    lex_write_map(reply, 4);
    lex_put_bin(reply, "session", session->id, sizeof session->id);
    lex_put_uint(reply, "issued", (uint64_t)session->issued);
    lex_put_uint(reply, "expires", (uint64_t)session->expires);
    lex_put_bool(reply, "current",
                 sodium_memcmp(session->id, claims->session, sizeof session->id) == 0);
}

static void s_sessions(void *context, lex_request_t *request)
{
    service_t *self = context;
    const lex_claims_t *claims = lex_request_claims(request);
    session_t *sessions = lex_calloc(SESSIONS_LISTED, sizeof *sessions);
    size_t count = 0;
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_sessions(db, claims, lex_utc_ms(), sessions, &count);
    lex_db_pool_release(self->connections, &db);
    if (answer.code == LEX_OK) {
        lex_writer_t *reply = lex_reply_begin(request, 1);
        lex_write_text(reply, "sessions");
        lex_write_array(reply, count);
        for (size_t i = 0; i < count; i++)
            s_write_session(reply, &sessions[i], claims);
        lex_reply_send(&request);
    } else {
        s_reply_refusal(&request, answer);
    }
    free(sessions);
}

static void s_revoke(void *context, lex_request_t *request)
{
    service_t *self = context;
    const unsigned char *session;
    size_t size;
    if (!lex_body_bin(lex_request_body(request), "session", &session, &size) ||
        size != LEX_SESSION_SIZE) {
        s_refuse_arguments(request, "revoke takes a session of 16 bytes");
        return;
    }
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_revoke(db, lex_request_id(request), lex_request_claims(request), session,
                                  lex_utc_ms());
    lex_db_pool_release(self->connections, &db);
    s_reply_plain(request, answer);
}

static void s_delete(void *context, lex_request_t *request)
{
    service_t *self = context;
    text_t password = s_text(request, "password");
    if (!password.text) {
        s_refuse_arguments(request, "delete takes a password");
        return;
    }
    lex_db_t *db = lex_db_pool_acquire(self->connections);
    answer_t answer = auth_delete(self->auth, db, lex_request_id(request),
                                  lex_request_claims(request), password, lex_utc_ms());
    lex_db_pool_release(self->connections, &db);
    s_wipe(password);
    if (answer.code == LEX_OK)
        housekeeper_kick(self->housekeeper);
    s_reply_plain(request, answer);
}

void service_serve(service_t *self, lex_worker_t *worker)
{
    /* What hashes a password is slow: nobody waits behind a crowd that logs in who only wants to log out. */
    static const lex_op_t ops[] = {
        {"register", LEX_OP_POOL | LEX_OP_SLOW, s_register},
        {"login", LEX_OP_POOL | LEX_OP_SLOW, s_login},
        {"logout", LEX_OP_TOKEN | LEX_OP_POOL, s_logout},
        {"whoami", LEX_OP_TOKEN | LEX_OP_POOL, s_whoami},
        {"passwd", LEX_OP_TOKEN | LEX_OP_POOL | LEX_OP_SLOW, s_passwd},
        {"sessions", LEX_OP_TOKEN | LEX_OP_POOL, s_sessions},
        {"revoke", LEX_OP_TOKEN | LEX_OP_POOL, s_revoke},
        {"delete", LEX_OP_TOKEN | LEX_OP_POOL | LEX_OP_SLOW, s_delete},
        {NULL, 0, NULL},
    };
    const lex_service_t service = {.name = "auth", .ops = ops, .credit = CREDIT, .batch = BATCH};
    lex_worker_serve(worker, &service, self);
}
