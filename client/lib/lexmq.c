/* The handle: options, token, what the last call said, cancelling. */

#include <lexmq.h>

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/lib/lexmq_private.h"
#include "common/memory.h"
#include "common/random.h"

#define TIMEOUT_DEFAULT_MS 10000
#define TIMEOUT_MAX_MS     3600000
#define ENDPOINT_MAX       256
#define REQUEST_RESERVE    32768 /* a profile of 16 values of 256 characters, and small change */

static bool s_is_endpoint(const char *text)
{
    if (strncmp(text, "ipc://", 6) == 0)
        return text[6] != '\0';
    const char *port = strncmp(text, "tcp://", 6) == 0 ? strrchr(text + 6, ':') : NULL;
    if (!port || port == text + 6)
        return false;
    size_t digits = strspn(port + 1, "0123456789");
    long number = digits > 0 && digits <= 5 ? atol(port + 1) : 0;
    return port[1 + digits] == '\0' && number >= 1 && number <= 65535;
}

static bool s_add_gateway(lexmq_t *self, const char *text, size_t size, char *why, size_t why_size)
{
    char endpoint[ENDPOINT_MAX + 8];

    if (self->gateway_count == LEXMQ_GATEWAYS_MAX) {
        snprintf(why, why_size, "There are more than %d gateways.", LEXMQ_GATEWAYS_MAX);
        return false;
    }
    size = size < ENDPOINT_MAX ? size : ENDPOINT_MAX;
    snprintf(endpoint, sizeof endpoint, "%s%.*s", memmem(text, size, "://", 3) ? "" : "tcp://",
             (int)size, text);
    if (!s_is_endpoint(endpoint)) {
        snprintf(why, why_size, "The gateway \"%.*s\" is not of the form HOST:PORT.", (int)size,
                 text);
        return false;
    }
    self->gateways[self->gateway_count++] = lex_strdup(endpoint);
    return true;
}

static bool s_read_gateways(lexmq_t *self, const char *list, char *why, size_t why_size)
{
    for (const char *at = list ? list : ""; *at;) {
        at += strspn(at, ", \t");
        size_t size = strcspn(at, ", \t");
        if (size > 0 && !s_add_gateway(self, at, size, why, why_size))
            return false;
        at += size;
    }
    self->named_count = self->gateway_count;
    if (self->gateway_count > 0)
        return true;
    snprintf(why, why_size, "No gateway is named.");
    return false;
}

static bool s_read_keys(lexmq_t *self, const lexmq_options_t *options, char *why, size_t why_size)
{
    self->insecure = options->insecure;
    if (self->insecure)
        return true;
    if (!options->server_key) {
        snprintf(why, why_size, "The gateway's public key is not given.");
        return false;
    }
    if (!lexmq_server_keys_read(self, options->server_key, why, why_size))
        return false;
    for (size_t i = self->named_count; i < self->named_count * self->key_count; i++)
        self->gateways[self->gateway_count++] = lex_strdup(self->gateways[i - self->named_count]);
    if (zmq_curve_keypair(self->public_key, self->secret_key) == 0)
        return true;
    snprintf(why, why_size, "This libzmq has no CURVE encryption.");
    return false;
}

/* Room for the largest request with a password in it, so that growing never leaves a copy behind.
 */
static void s_reserve(lex_writer_t *writer)
{
    char *zeros = lex_calloc(1, REQUEST_RESERVE);

    lex_write_bin(writer, zeros, REQUEST_RESERVE);
    lex_writer_clear(writer);
    free(zeros);
}

lexmq_t *lexmq_new(const lexmq_options_t *options, char *why, size_t why_size)
{
    lexmq_t *self = lex_calloc(1, sizeof *self);
    char ignored[LEXMQ_MESSAGE_SIZE];

    if (!why || why_size == 0) {
        why = ignored;
        why_size = sizeof ignored;
    }
    lex_random_setup();
    lex_writer_init(&self->request);
    s_reserve(&self->request);
    zmq_msg_init(&self->frame);
    self->reply = lex_body_new();
    self->timeout_ms = TIMEOUT_DEFAULT_MS;
    if (options->timeout_ms > 0)
        self->timeout_ms =
            (int)(options->timeout_ms < TIMEOUT_MAX_MS ? options->timeout_ms : TIMEOUT_MAX_MS);
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->context = zmq_ctx_new();
    if (self->wake < 0 || !self->context) {
        snprintf(why, why_size, "No more files can be opened: %s.", strerror(errno));
        lexmq_destroy(&self);
    } else if (!s_read_gateways(self, options->gateways, why, why_size) ||
               !s_read_keys(self, options, why, why_size)) {
        lexmq_destroy(&self);
    } else {
        /* One for each gateway: see lexmq_link.c. */
        zmq_ctx_set(self->context, ZMQ_IO_THREADS, (int)self->named_count);
    }
    return self;
}

void lexmq_destroy(lexmq_t **self_p)
{
    lexmq_t *self = *self_p;

    if (!self)
        return;
    lexmq_link_close_others(self, -1);
    while (self->context && zmq_ctx_term(self->context) < 0 && errno == EINTR)
        ;
    if (self->wake >= 0)
        close(self->wake);
    for (size_t i = 0; i < self->gateway_count; i++)
        free(self->gateways[i]);
    zmq_msg_close(&self->frame);
    lex_body_destroy(&self->reply);
    lex_writer_close(&self->request);
    sodium_memzero(self, sizeof *self);
    free(self);
    *self_p = NULL;
}

const char *lexmq_version(void)
{
    return LEXMQ_VERSION;
}

const char *lexmq_error_message(const lexmq_t *self)
{
    return self->message;
}

uint64_t lexmq_retry_ms(const lexmq_t *self)
{
    return self->retry_ms;
}

void lexmq_cancel(lexmq_t *self)
{
    static const uint64_t one = 1;
    int error = errno;

    atomic_store(&self->cancelled, 1);
    /* It can only fail when it is readable already, which is what we want. */
    ssize_t ignored = write(self->wake, &one, sizeof one);
    (void)ignored;
    errno = error;
}

const char *lexmq_request_id(const lexmq_t *self)
{
    return self->id_text;
}

lexmq_t *lexmq_new_single(const lexmq_t *self, size_t index, unsigned timeout_ms)
{
    if (index >= self->named_count)
        return NULL;
    const lexmq_options_t options = {
        .gateways = self->gateways[index],
        .server_key = self->insecure ? NULL : self->server_key,
        .insecure = self->insecure,
        .timeout_ms = timeout_ms,
    };
    return lexmq_new(&options, NULL, 0);
}

const char *lexmq_gateway(const lexmq_t *self)
{
    return self->gateways[self->preferred];
}

const void *lexmq_token(const lexmq_t *self, size_t *size)
{
    if (size)
        *size = self->token_size;
    return self->token_size > 0 ? self->token : NULL;
}

bool lexmq_set_token(lexmq_t *self, const void *token, size_t size)
{
    if (token && size > sizeof self->token)
        return false;
    if (!token && self->token_size > 0)
        lexmq_set_earlier_token(self, self->token, self->token_size);
    sodium_memzero(self->token, sizeof self->token);
    self->token_size = token ? size : 0;
    if (self->token_size > 0)
        memcpy(self->token, token, size);
    return true;
}

const void *lexmq_earlier_token(const lexmq_t *self, size_t *size)
{
    *size = self->earlier_size;
    return self->earlier_size > 0 ? self->earlier : NULL;
}

bool lexmq_set_earlier_token(lexmq_t *self, const void *token, size_t size)
{
    if (token && size > sizeof self->earlier)
        return false;
    sodium_memzero(self->earlier, sizeof self->earlier);
    self->earlier_size = token ? size : 0;
    if (self->earlier_size > 0)
        memcpy(self->earlier, token, size);
    return true;
}

lexmq_status_t lexmq_call_fail(lexmq_t *self, lexmq_status_t status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(self->message, sizeof self->message, format, arguments);
    va_end(arguments);
    self->retry_ms = 0;
    self->id_text[0] = '\0';
    return status;
}

lexmq_status_t lexmq_call_broken(lexmq_t *self, const char *what)
{
    char id_text[sizeof self->id_text];

    memcpy(id_text, self->id_text, sizeof id_text); /* it was sent, or it could not be broken */
    lexmq_call_fail(self, LEXMQ_SERVER_ERROR,
                    "The server sent an answer that cannot be understood (%s).", what);
    memcpy(self->id_text, id_text, sizeof id_text);
    return LEXMQ_SERVER_ERROR;
}
