/* Calls to other services: one MDP/Client socket per gateway, requests paired with replies by their
 * id. */

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/worker_private.h"

/* Parts of a FINAL: header, command, service, body. */
#define S_PARTS 4

#define S_CALLER_HWM 1000

/* ---- sending ---- */

/* Sends a request through one gateway. False when that gateway is not to be had now. */
static bool s_send_through(const lex_gateway_t *gateway, const char *service, zmq_msg_t *body)
{
    if (!gateway->caller || gateway->silent) {
        return false;
    }
    void *handle = zsock_resolve(gateway->caller);
    uint8_t command = MDPC_REQUEST;
    if (lex_send_part(handle, MDP_CLIENT, MDP_HEADER_SIZE, ZMQ_DONTWAIT | ZMQ_SNDMORE) != 0) {
        return false;
    }
    lex_send_part(handle, &command, 1, ZMQ_SNDMORE);
    lex_send_part(handle, service, strlen(service), ZMQ_SNDMORE);
    lex_send_msg(handle, body, 0);
    return true;
}

/* Tries the gateways, the one of the last good answer first. Returns the one that took the request,
 * or -1. */
static int s_send(lex_worker_t *worker, const char *service, zmq_msg_t *body)
{
    for (unsigned i = 0; i < worker->gateway_count; i++) {
        unsigned index = (worker->preferred + i) % worker->gateway_count;
        if (s_send_through(&worker->gateways[index], service, body)) {
            return (int)index;
        }
    }
    return -1;
}

static void s_open_callers(lex_worker_t *worker)
{
    worker->callers_open = true;
    for (unsigned i = 0; i < worker->gateway_count; i++) {
        lex_gateway_t *gateway = &worker->gateways[i];
        gateway->caller = lex_worker_dealer(worker, gateway->endpoint, S_CALLER_HWM);
    }
}

void lex_worker_call(lex_worker_t *self, const char *service, const lex_writer_t *request,
                     unsigned timeout_ms, lex_call_fn *callback, void *arg)
{
    assert(lex_worker_is_on_loop(self));
    const unsigned char *id = lex_body_peek_id(request->buffer.data, request->buffer.size);
    assert(id);
    int64_t now = lex_monotonic_ms();
    lex_call_t *call = lex_calloc(1, sizeof(*call));
    memcpy(call->id, id, LEX_ID_SIZE);
    call->service = lex_strdup(service);
    call->deadline = now + timeout_ms;
    call->give_up_at = now + LEX_CALL_GRACE_MS;
    call->gateway = -1;
    call->callback = callback;
    call->arg = arg;
    int rc = zmq_msg_init_size(&call->body, request->buffer.size);
    assert(rc == 0);
    memcpy(zmq_msg_data(&call->body), request->buffer.data, request->buffer.size);
    if (atomic_load(&self->ended)) {
        call->failure = LEX_UNAVAILABLE;
    } else if (self->calls.count >= LEX_CALLS_MAX) {
        call->failure = LEX_BUSY;
    } else {
        if (!self->callers_open) {
            s_open_callers(self);
        }
        call->gateway = s_send(self, service, &call->body);
    }
    lex_open_calls_add(&self->calls, call);
}

void lex_calls_send_waiting(lex_worker_t *worker)
{
    lex_open_calls_t *calls = &worker->calls;
    for (unsigned i = 0; i < LEX_CALL_BUCKETS && calls->unsent > 0; i++) {
        for (lex_call_t *call = calls->buckets[i]; call; call = call->next) {
            if (call->gateway >= 0 || call->failure != LEX_OK) {
                continue;
            }
            call->gateway = s_send(worker, call->service, &call->body);
            if (call->gateway < 0) {
                return;
            }
            calls->unsent--;
        }
    }
}

/* ---- answering ---- */

/* After a gateway let us down the next call goes to another. */
static void s_avoid(lex_worker_t *worker, int gateway)
{
    if (gateway == (int)worker->preferred) {
        worker->preferred = (worker->preferred + 1) % worker->gateway_count;
    }
}

/* Takes the call. */
static void s_answer(lex_call_t *call, lex_code_t code, const lex_body_t *reply)
{
    zmq_msg_close(&call->body);
    lex_call_fn *callback = call->callback;
    void *arg = call->arg;
    free(call->service);
    free(call);
    callback(arg, code, reply);
}

static void s_final(lex_worker_t *worker, unsigned gateway, zmq_msg_t *body)
{
    const void *data = zmq_msg_data(body);
    size_t size = zmq_msg_size(body);
    bool parsed = lex_body_parse(worker->call_body, data, size) == 0;
    const unsigned char *id =
        parsed ? lex_body_id(worker->call_body) : lex_body_peek_id(data, size);
    lex_call_t *call = id ? lex_open_calls_take(&worker->calls, id) : NULL;
    if (!call) {
        lex_debug("worker: dropped a late reply to a call");
        return;
    }
    if (!parsed) {
        lex_error("worker: %s answers with %s", call->service, lex_body_error(worker->call_body));
        s_answer(call, LEX_INTERNAL, NULL);
        return;
    }
    lex_code_t code = lex_body_outcome(worker->call_body, NULL, NULL, NULL);
    if (code == LEX_UNAVAILABLE || code == LEX_TIMEOUT) {
        s_avoid(worker, (int)gateway);
    } else {
        worker->preferred = gateway;
    }
    s_answer(call, code, worker->call_body);
}

/* A PARTIAL is not for us: what we call answers with one FINAL. */
static void s_dispatch(lex_worker_t *worker, unsigned index, zmq_msg_t *parts, unsigned count)
{
    lex_gateway_t *gateway = &worker->gateways[index];
    uint8_t command;
    if (!lex_mdp_command(parts, count, MDP_CLIENT, &command)) {
        lex_worker_bad_frame(worker, gateway, "a frame that is no MDP");
        return;
    }
    gateway->silent = false;
    if (command == MDPC_FINAL && count == S_PARTS) {
        s_final(worker, index, &parts[3]);
    } else if (command != MDPC_PARTIAL) {
        lex_worker_bad_frame(worker, gateway, "an unexpected answer to a call");
    }
}

void lex_calls_input(lex_worker_t *worker, unsigned gateway)
{
    void *handle = zsock_resolve(worker->gateways[gateway].caller);
    for (unsigned messages = 0; messages < LEX_ROUND_MESSAGES; messages++) {
        zmq_msg_t parts[S_PARTS];
        unsigned count = lex_receive(handle, parts, S_PARTS);
        if (count == 0) {
            break;
        }
        s_dispatch(worker, gateway, parts, count);
        lex_close_parts(parts, count, S_PARTS);
    }
}

/* ---- failing ---- */

void lex_calls_expire(lex_worker_t *worker)
{
    lex_call_t *call = lex_open_calls_take_due(&worker->calls, worker->now);
    while (call) {
        lex_call_t *next = call->next;
        lex_code_t code = call->failure;
        if (code == LEX_OK && call->gateway < 0) {
            code = LEX_UNAVAILABLE;
        } else if (code == LEX_OK) {
            code = LEX_TIMEOUT;
            s_avoid(worker, call->gateway);
        }
        s_answer(call, code, NULL);
        call = next;
    }
}

void lex_calls_end(lex_worker_t *worker)
{
    /* A call made in one of these callbacks is answered in the second pass; who asks again in that
     * one is not answered. */
    for (unsigned pass = 0; pass < 2; pass++) {
        lex_call_t *call = lex_open_calls_take_due(&worker->calls, INT64_MAX);
        while (call) {
            lex_call_t *next = call->next;
            s_answer(call, LEX_UNAVAILABLE, NULL);
            call = next;
        }
    }
    for (unsigned i = 0; i < worker->gateway_count; i++) {
        zsock_destroy(&worker->gateways[i].caller);
    }
}
