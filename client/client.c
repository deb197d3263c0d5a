#include "client/client.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/paths.h"
#include "client/text_clean.h"
#include "common/memory.h"

#define GATEWAY_USUAL "tcp://127.0.0.1:5555"
#define SENTENCE_SIZE 1024
#define NOT_LOGGED_IN "not logged in: log in with `lexmq login NAME`"

int client_say(int code, const char *format, ...)
{
    va_list arguments;

    /* What was printed so far stands before it, should both go to one place. */
    fflush(stdout);
    fputs("lexmq: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
    return code;
}

/* 0, or the exit code after a printed line. */
static int s_load_session(client_t *self, client_login_t login)
{
    char why[SENTENCE_SIZE];
    const char *path = lex_config_get(self->options->config, "session");

    self->session_path = path ? lex_strdup(path) : paths_state("session");
    if (!self->session_path && login == CLIENT_WITHOUT_SESSION)
        return 0;
    if (!self->session_path)
        return client_say(EXIT_USAGE,
                          "There is no home folder for the login: name a file with --session.");
    session_state_t state = session_file_load(self->session_path, &self->session, why, sizeof why);
    if (state != SESSION_LOADED)
        sodium_memzero(&self->session, sizeof self->session);
    self->logged_in = state == SESSION_LOADED && login == CLIENT_IN_SESSION;
    if (login != CLIENT_IN_SESSION || self->logged_in)
        return 0;
    return client_say(EXIT_REFUSED, "%s", state == SESSION_REFUSED ? why : NOT_LOGGED_IN);
}

static const char *s_gateways(const client_t *self)
{
    const char *gateways = lex_config_get(self->options->config, "gateway");

    if (gateways)
        return gateways;
    return self->session.gateway[0] ? self->session.gateway : GATEWAY_USUAL;
}

/* The session that a login replaces, or else the last one; to no other gateways than those it is of. */
static void s_show_earlier(client_t *self)
{
    session_t earlier = self->session;
    bool is_there = earlier.token_size > 0 ||
                    (self->session_path && session_file_load_earlier(self->session_path, &earlier));

    if (is_there && strcmp(earlier.gateway, s_gateways(self)) == 0)
        lexmq_set_earlier_token(self->lexmq, earlier.token, earlier.token_size);
    sodium_memzero(&earlier, sizeof earlier);
}

static bool s_open(client_t *self)
{
    const lex_config_t *config = self->options->config;
    char why[SENTENCE_SIZE];
    const char *named = lex_config_get(config, "server-key");
    bool insecure = lex_config_is_on(config, "insecure");
    char *key = named ? lex_strdup(named) : insecure ? NULL : paths_config("gateway.cert");

    if (!key && !insecure) {
        client_say(0,
                   "The gateway's key is needed: --server-key with its public certificate (or, for "
                   "a gateway without encryption, --insecure).");
        return false;
    }
    if (insecure)
        client_say(0, "INSECURE: nothing is encrypted, passwords neither");
    lexmq_options_t options = {
        .gateways = s_gateways(self),
        .server_key = key,
        .insecure = insecure,
        .timeout_ms = self->options->timeout_ms,
    };
    self->lexmq = lexmq_new(&options, why, sizeof why);
    free(key);
    if (!self->lexmq)
        client_say(0, "%s", why);
    else if (self->logged_in)
        lexmq_set_token(self->lexmq, self->session.token, self->session.token_size);
    else
        s_show_earlier(self);
    return self->lexmq != NULL;
}

client_t *client_new(const options_t *options, FILE *out, client_login_t login, int *exit_code_p)
{
    client_t *self = lex_calloc(1, sizeof *self);

    self->options = options;
    self->page = page_new(stdout);
    self->prompt = prompt_new(out);
    *exit_code_p = s_load_session(self, login);
    if (*exit_code_p == 0 && s_open(self))
        return self;
    if (*exit_code_p == 0)
        *exit_code_p = EXIT_USAGE;
    client_destroy(&self);
    return NULL;
}

void client_destroy(client_t **self_p)
{
    client_t *self = *self_p;

    if (self) {
        lexmq_destroy(&self->lexmq);
        prompt_destroy(&self->prompt);
        free(self->session_path);
        sodium_memzero(self, sizeof *self);
        free(self);
        *self_p = NULL;
    }
}

/* What the logs of the server can explain; a refusal explains itself. */
static bool s_is_fault(lexmq_status_t status)
{
    return status == LEXMQ_BUSY || status == LEXMQ_TIMEOUT || status == LEXMQ_UNAVAILABLE ||
           status == LEXMQ_SERVER_ERROR;
}

char *client_reason(const lexmq_t *lexmq, lexmq_status_t status)
{
    char *message = text_clean(lexmq_error_message(lexmq), false), *reason;
    uint64_t seconds = lexmq_retry_ms(lexmq) / 1000 + (lexmq_retry_ms(lexmq) % 1000 > 0);

    if (s_is_fault(status) && *lexmq_request_id(lexmq)) {
        reason = lex_format("%s (request %s)", message, lexmq_request_id(lexmq));
        free(message);
        return reason;
    }
    if (status != LEXMQ_RATE_LIMITED || seconds == 0)
        return message;
    reason = lex_format("%s Try again in %llu s.", message, (unsigned long long)seconds);
    free(message);
    return reason;
}

int client_fail(client_t *self, lexmq_status_t status)
{
    if (status == LEXMQ_UNAUTHORIZED && self->logged_in) {
        client_forget_session(self);
        return client_say(EXIT_REFUSED, "session expired, log in again");
    }
    char *reason = client_reason(self->lexmq, status);
    int code = client_say(exit_code(status), "%s", reason);
    free(reason);
    return code;
}

bool client_save_session(client_t *self, const char *name)
{
    char why[SENTENCE_SIZE];
    size_t size;
    const void *token = lexmq_token(self->lexmq, &size);
    const char *gateways = s_gateways(self);
    session_t session = {.token_size = size};
    bool fits = strlen(gateways) < sizeof session.gateway;

    memcpy(session.token, token, size);
    /* The server's word for the name; a line end in it would be one in the file. */
    char *clean = text_clean(name, false);
    snprintf(session.name, sizeof session.name, "%s", clean);
    snprintf(session.gateway, sizeof session.gateway, "%s", fits ? gateways : "");
    free(clean);
    self->session = session;
    sodium_memzero(&session, sizeof session);
    self->logged_in = session_file_save(self->session_path, &self->session, why, sizeof why);
    if (!self->logged_in)
        client_say(0, "%s", why);
    return self->logged_in;
}

void client_keep_earlier(client_t *self, const char *name)
{
    size_t size;
    const void *token = lexmq_earlier_token(self->lexmq, &size);
    const char *gateways = s_gateways(self);
    session_t session = {.token_size = size};

    if (!token || !self->session_path || strlen(gateways) >= sizeof session.gateway)
        return;
    snprintf(session.gateway, sizeof session.gateway, "%s", gateways);
    memcpy(session.token, token, size);
    char *clean = text_clean(name, false);
    snprintf(session.name, sizeof session.name, "%s", clean);
    free(clean);
    session_file_save_earlier(self->session_path, &session);
    sodium_memzero(&session, sizeof session);
}

void client_forget_session(client_t *self)
{
    self->logged_in = false;
    lexmq_set_token(self->lexmq, NULL, 0);
    client_keep_earlier(self, self->session.name);
    if (!session_file_remove(self->session_path))
        client_say(0, "The session file %s cannot be removed: %s.", self->session_path,
                   strerror(errno));
}

int client_finish(int code)
{
    bool known = ferror(stdout) && code == EXIT_SERVER;

    if (known || (fflush(stdout) == 0 && !ferror(stdout)))
        return code;
    return client_say(EXIT_SERVER, "the output cannot be written");
}
