/* What a reply means: whose it is, and how it ended. */

#include <string.h>

#include "client/lib/lexmq_private.h"

static lexmq_status_t s_status(lex_code_t code)
{
    static const lexmq_status_t statuses[LEX_CODE_COUNT] = {
        [LEX_OK] = LEXMQ_OK,
        [LEX_BAD_REQUEST] = LEXMQ_BAD_REQUEST,
        [LEX_UNAUTHORIZED] = LEXMQ_UNAUTHORIZED,
        [LEX_FORBIDDEN] = LEXMQ_FORBIDDEN,
        [LEX_NOT_FOUND] = LEXMQ_NOT_FOUND,
        [LEX_CONFLICT] = LEXMQ_CONFLICT,
        [LEX_TOO_LARGE] = LEXMQ_TOO_LARGE,
        [LEX_RATE_LIMITED] = LEXMQ_RATE_LIMITED,
        [LEX_BUSY] = LEXMQ_BUSY,
        [LEX_TIMEOUT] = LEXMQ_TIMEOUT,
        [LEX_UNAVAILABLE] = LEXMQ_UNAVAILABLE,
        [LEX_INTERNAL] = LEXMQ_SERVER_ERROR,
    };

    return statuses[code];
}

/* The outcome of the parsed reply, with the server's words for it. */
static lexmq_status_t s_outcome(lexmq_t *self)
{
    const char *message;
    size_t size;
    uint64_t retry_ms;
    lex_code_t code = lex_body_outcome(self->reply, &message, &size, &retry_ms);

    if (code == LEX_OK)
        return LEXMQ_OK;
    if (size == 0)
        lexmq_call_fail(self, s_status(code), "The server answers: %s.", lex_code_name(code));
    if (size > LEXMQ_MESSAGE_SIZE - 1) {
        size = LEXMQ_MESSAGE_SIZE - 1;
        /* Not in the middle of a character. */
        while (size > 0 && ((unsigned char)message[size] & 0xC0) == 0x80)
            size--;
    }
    if (size > 0)
        lexmq_call_fail(self, s_status(code), "%.*s", (int)size, message);
    self->retry_ms = retry_ms;
    return s_status(code);
}

bool lexmq_answer_judge(lexmq_t *self, const char *service, lexmq_status_t *status)
{
    const void *data = zmq_msg_data(&self->frame);
    size_t size = zmq_msg_size(&self->frame);

    bool is_gateway = strncmp(service, "mmi.", 4) == 0;
    bool parsed = lex_body_parse(self->reply, data, size) == 0;
    if (is_gateway) {
        *status = parsed ? LEXMQ_OK : lexmq_call_broken(self, lex_body_error(self->reply));
        return true;
    }
    const unsigned char *id = parsed ? lex_body_id(self->reply) : lex_body_peek_id(data, size);
    if (id && memcmp(id, self->id, sizeof self->id) != 0)
        return false;
    if (!parsed) {
        *status = lexmq_call_broken(self, lex_body_error(self->reply));
        return true;
    }
    if (!id)
        return false;
    *status = s_outcome(self);
    return true;
}
