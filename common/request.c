/* Requests: objects from a free list, checked, then given to the handler of their op. */

#include <assert.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* Bytes of an unknown op or service that an error repeats. */
#define S_NAME_SHOWN 64

#define S_BUSY_RETRY_MS   100
#define S_LOG_INTERVAL_MS 5000

/* ---- objects ---- */

static lex_request_t *s_acquire(lex_worker_t *worker)
{
    lex_request_t *self = worker->free_requests;
    if (self) {
        worker->free_requests = self->next;
        worker->free_count--;
    } else {
        self = lex_calloc(1, sizeof(*self));
        self->worker = worker;
        self->body = lex_body_new();
        lex_writer_init(&self->writer);
    }
    self->previous = NULL;
    self->next = worker->open_requests;
    if (self->next) {
        self->next->previous = self;
    }
    worker->open_requests = self;
    worker->open_count++;
    return self;
}

static void s_destroy(lex_request_t *self)
{
    lex_body_destroy(&self->body);
    lex_writer_close(&self->writer);
    free(self);
}

/* One large request must not make its object large for ever. */
static void s_trim(lex_request_t *self)
{
    if (self->writer.buffer.alloc > LEX_KEEP_BYTES) {
        lex_writer_close(&self->writer);
        lex_writer_init(&self->writer);
    }
    if (self->size > LEX_KEEP_BYTES) {
        lex_body_destroy(&self->body);
        self->body = lex_body_new();
    }
}

void lex_request_release(lex_request_t *self)
{
    lex_worker_t *worker = self->worker;
    zmq_msg_close(&self->frame);
    if (self->previous) {
        self->previous->next = self->next;
    } else {
        worker->open_requests = self->next;
    }
    if (self->next) {
        self->next->previous = self->previous;
    }
    worker->open_count--;
    if (worker->free_count < LEX_FREE_REQUESTS) {
        s_trim(self);
        self->next = worker->free_requests;
        worker->free_requests = self;
        worker->free_count++;
    } else {
        s_destroy(self);
    }
}

void lex_request_answered(const lex_request_t *self)
{
    int64_t us = self->worker->now_us - self->received_us;
    lex_service_counts_answered(self->service->counts, self->op, self->code, (uint64_t)us);
    lex_story_answered(self, us / 1000);
}

void lex_requests_destroy(lex_worker_t *worker)
{
    while (worker->open_requests) {
        /* Releasing takes it off this list, which the analyser does not see. */
        lex_request_release(worker->open_requests); // NOLINT(clang-analyzer-unix.Malloc)
    }
    while (worker->free_requests) {
        lex_request_t *self = worker->free_requests;
        worker->free_requests = self->next;
        s_destroy(self);
    }
}

/* ---- checks ---- */

static const lex_op_t *s_find_op(const lex_served_t *service, const char *name, size_t size)
{
    for (const lex_op_t *op = service->ops; op->name; op++) {
        if (strlen(op->name) == size && memcmp(op->name, name, size) == 0) {
            return op;
        }
    }
    return NULL;
}

/* Body, version, id and op. False after an error reply; *self_p is then gone. */
static bool s_parse(lex_request_t **self_p, const unsigned char *data, size_t size)
{
    lex_request_t *self = *self_p;
    if (lex_body_parse(self->body, data, size) != 0) {
        self->id = lex_body_peek_id(data, size);
        lex_reply_error(self_p, LEX_BAD_REQUEST, 0, "%s", lex_body_error(self->body));
        return false;
    }
    self->id = lex_body_id(self->body);
    uint64_t version = 0;
    if (!lex_body_uint(self->body, "v", &version) || version != 1) {
        lex_reply_error(self_p, LEX_BAD_REQUEST, 0, "v must be 1");
        return false;
    }
    if (!self->id) {
        lex_reply_error(self_p, LEX_BAD_REQUEST, 0, "id must be 16 bytes");
        return false;
    }
    const char *name;
    size_t name_size;
    if (!lex_body_str(self->body, "op", &name, &name_size)) {
        lex_reply_error(self_p, LEX_BAD_REQUEST, 0, "op is missing");
        return false;
    }
    self->op = s_find_op(self->service, name, name_size);
    if (!self->op) {
        int shown = name_size < S_NAME_SHOWN ? (int)name_size : S_NAME_SHOWN;
        lex_reply_error(self_p, LEX_BAD_REQUEST, 0, "unknown op: %.*s", shown, name);
        return false;
    }
    lex_story_received(self);
    return true;
}

/* The token, and whether the op may be asked with it. False after an error reply; *self_p is then
 * gone. */
static bool s_authorize(lex_request_t **self_p)
{
    lex_request_t *self = *self_p;
    const unsigned char *token;
    if (lex_body_bin(self->body, "tok", &token, &self->token_size)) {
        self->token = token;
    }
    if (!(self->op->flags & LEX_OP_TOKEN)) {
        return true;
    }
    if (!self->token) {
        lex_reply_error(self_p, LEX_UNAUTHORIZED, 0, "tok is missing");
        return false;
    }
    lex_worker_t *worker = self->worker;
    assert(worker->verifier);
    lex_code_t code = lex_verifier_check(worker->verifier, self->token, self->token_size,
                                         worker->utc, &self->claims);
    if (code != LEX_OK) {
        lex_reply_error(self_p, code, 0, "the session has ended, log in");
        return false;
    }
    self->has_claims = true;
    return true;
}

/* ---- dispatch ---- */

static void s_job(void *arg)
{
    lex_request_t *self = arg;
    if (!atomic_load(&self->worker->ended)) {
        self->handler(self->service->context, self);
    }
}

static int s_run(lex_request_t *self)
{
    lex_pool_t *pool = self->worker->pool;
    return self->op->flags & LEX_OP_SLOW ? lex_pool_run_slow(pool, s_job, self)
                                         : lex_pool_run(pool, s_job, self);
}

void lex_request_defer(lex_request_t **self_p, lex_handler_fn *handler)
{
    lex_request_t *self = *self_p;
    lex_worker_t *worker = self->worker;
    assert(lex_worker_is_on_loop(worker));
    self->handler = handler;
    if (!worker->pool) {
        *self_p = NULL;
        handler(self->service->context, self);
    } else if (s_run(self) == 0) {
        *self_p = NULL;
    } else {
        lex_reply_error(self_p, LEX_BUSY, S_BUSY_RETRY_MS, "too many requests are waiting");
    }
}

/* True when the gateway keeps to our credit; else answers or drops, and *self_p is gone. */
static bool s_is_within_credit(lex_request_t **self_p)
{
    lex_request_t *self = *self_p;
    lex_session_t *session = self->reply.session;
    lex_worker_t *worker = self->worker;
    if (session->open <= session->service->credit + LEX_CREDIT_SLACK) {
        return true;
    }
    if (lex_log_due(&worker->logged_credit, S_LOG_INTERVAL_MS)) {
        lex_warning("worker: %s sends %s more than its credit of %u", session->gateway->endpoint,
                    session->service->name, session->service->credit);
    }
    lex_reply_error(self_p, LEX_BUSY, S_BUSY_RETRY_MS, "more requests than this worker's credit");
    return false;
}

static lex_request_t *s_new(lex_session_t *session, const unsigned char *address,
                            uint8_t address_size)
{
    lex_request_t *self = s_acquire(session->worker);
    self->reply.session = session;
    self->reply.epoch = session->epoch;
    self->reply.request = self;
    self->reply.kind = MDPW_FINAL;
    self->reply.address_size = address_size;
    memcpy(self->reply.address, address, address_size);
    self->service = session->service;
    self->op = NULL;
    self->id = NULL;
    self->token = NULL;
    self->token_size = 0;
    self->begun = false;
    self->spoilt = false;
    self->mailed = false;
    self->has_claims = false;
    self->received_us = session->worker->now_us;
    session->open++;
    lex_service_counts_received(self->service->counts);
    return self;
}

void lex_request_accept(lex_session_t *session, zmq_msg_t *frame, size_t offset, size_t size,
                        const unsigned char *address, uint8_t address_size, unsigned frames)
{
    if (session->waiting >= LEX_WAITING_MAX) {
        lex_worker_bad_frame(session->worker, session->gateway, "a request past every limit");
        return;
    }
    lex_request_t *self = s_new(session, address, address_size);
    zmq_msg_init(&self->frame);
    zmq_msg_copy(&self->frame, frame);
    self->size = size;
    /* From our own copy: a short frame lies inside its zmq_msg_t, and theirs is closed before we
     * are done. */
    const unsigned char *data = (const unsigned char *)zmq_msg_data(&self->frame) + offset;
    if (frames != 1) {
        self->id = lex_body_peek_id(data, size);
        lex_reply_error(&self, LEX_BAD_REQUEST, 0, "a request is one frame");
        return;
    }
    if (!s_parse(&self, data, size) || !s_is_within_credit(&self) || !s_authorize(&self)) {
        return;
    }
    if (self->op->flags & LEX_OP_POOL) {
        lex_request_defer(&self, self->op->handler);
    } else {
        self->op->handler(self->service->context, self);
    }
}

/* ---- what handlers may see ---- */

const lex_body_t *lex_request_body(const lex_request_t *self)
{
    return self->body;
}

const unsigned char *lex_request_id(const lex_request_t *self)
{
    return self->id;
}

const lex_claims_t *lex_request_claims(const lex_request_t *self)
{
    return self->has_claims ? &self->claims : NULL;
}

const void *lex_request_token(const lex_request_t *self, size_t *size)
{
    if (size) {
        *size = self->token_size;
    }
    return self->token;
}

lex_worker_t *lex_request_worker(const lex_request_t *self)
{
    return self->worker;
}
