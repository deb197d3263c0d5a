/* Replies: written into the request's own buffer by whoever holds the request, handed to its
 * session by the loop. */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* Bytes of an error's message. */
#define S_MESSAGE_MAX 256

void lex_outgoing_release(lex_outgoing_t *item)
{
    if (item->request) {
        lex_request_release(item->request);
        return;
    }
    lex_mailbox_unreserve(&item->session->worker->mailbox, item->size);
    free(item->data);
    free(item);
}

/* Straight to the session on the loop, else by mailbox. What follows something in the mailbox must
 * queue there too. */
static void s_hand_over(lex_worker_t *worker, lex_outgoing_t *item, bool mailed)
{
    if (!mailed && lex_worker_is_on_loop(worker)) {
        lex_session_queue(item);
    } else {
        lex_mailbox_reply(&worker->mailbox, item);
    }
}

static void s_finish(lex_request_t *self, lex_code_t code)
{
    self->code = code;
    self->reply.data = self->writer.buffer.data;
    self->reply.size = self->writer.buffer.size;
    s_hand_over(self->worker, &self->reply, self->mailed);
}

lex_writer_t *lex_reply_begin(lex_request_t *self, size_t results)
{
    assert(self->id);
    self->begun = true;
    lex_write_ok(&self->writer, self->id, results);
    return &self->writer;
}

static void s_spoil(lex_request_t *self, lex_code_t code)
{
    self->spoilt = true;
    self->spoilt_code = code;
    lex_writer_clear(&self->writer);
}

void lex_reply_partial(lex_request_t *self)
{
    assert(self->begun);
    lex_worker_t *worker = self->worker;
    self->begun = false;
    if (self->spoilt) {
        return;
    }
    size_t size = self->writer.buffer.size;
    if (size > LEX_REPLY_MAX) {
        s_spoil(self, LEX_TOO_LARGE);
        return;
    }
    bool on_loop = lex_worker_is_on_loop(worker);
    if (!lex_mailbox_reserve(&worker->mailbox, size, !on_loop)) {
        s_spoil(self, LEX_TIMEOUT);
        return;
    }
    lex_outgoing_t *page = lex_malloc(sizeof(*page));
    *page = self->reply;
    page->request = NULL;
    page->kind = MDPW_PARTIAL;
    page->size = size;
    page->data = msgpack_sbuffer_release(&self->writer.buffer);
    self->mailed = self->mailed || !on_loop;
    s_hand_over(worker, page, self->mailed);
}

void lex_reply_send(lex_request_t **self_p)
{
    lex_request_t *self = *self_p;
    if (self->spoilt) {
        lex_reply_error(self_p, self->spoilt_code, 0, "a page of the reply could not be sent");
        return;
    }
    assert(self->begun);
    if (self->writer.buffer.size > LEX_REPLY_MAX) {
        lex_reply_error(self_p, LEX_TOO_LARGE, 0, "the reply is larger than %u bytes, ask for less",
                        LEX_REPLY_MAX);
        return;
    }
    *self_p = NULL;
    s_finish(self, LEX_OK);
}

/* Callers' words may be in a message, which ends up in logs and on terminals. */
static void s_blank_controls(char *message)
{
    for (; *message; message++) {
        unsigned char byte = (unsigned char)*message;
        if (byte < 0x20 || byte == 0x7F) {
            *message = ' ';
        }
    }
}

/* A message cut short, or made of somebody's cut text, must not end in half a character: it could
 * not be sent. */
static void s_drop_half_character(char *message, size_t size)
{
    size_t start = size;
    while (start > 0 && ((unsigned char)message[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start == 0) {
        message[0] = '\0';
        return;
    }
    unsigned char lead = (unsigned char)message[start - 1];
    size_t needs = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size - (start - 1) < needs) {
        message[start - 1] = '\0';
    }
}

void lex_reply_error(lex_request_t **self_p, lex_code_t code, uint64_t retry_ms, const char *format,
                     ...)
{
    lex_request_t *self = *self_p;
    *self_p = NULL;
    assert(code != LEX_OK);
    char message[S_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    s_blank_controls(message);
    s_drop_half_character(message, strlen(message));
    if (code == LEX_INTERNAL) {
        lex_log_request(LEX_LOG_ERROR, self->id, "worker: %s %s: %s", self->service->name,
                        self->op ? self->op->name : "?", message);
    }
    lex_write_error(&self->writer, self->id, code, message, retry_ms);
    s_finish(self, code);
}
