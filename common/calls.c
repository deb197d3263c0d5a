/* Calls to other services: one MDP/Client socket per gateway, requests paired with replies by their
 * id. A call whose gateway's connection breaks goes through another gateway, under the same id. */

#include <assert.h>
#include <stdlib.h>

#include "common/calls.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

/* Parts of a FINAL: header, command, service, body. */
#define S_PARTS 4

#define S_CALLER_HWM 1000

/* How long a socket whose connection broke is left alone: it learns of that after its monitor. */
#define S_BROKEN_MS 50

/* ---- sending ---- */

/* Sends a request through one gateway; the body stays. False when that gateway is not to be had now. */
static bool s_send_through(const lex_gateway_t *gateway, const char *service, zmq_msg_t *body)
{
    if (!gateway->caller || gateway->silent || lex_monotonic_ms() < gateway->broken_until) {
        return false;
    }
    void *handle = zsock_resolve(gateway->caller);
    uint8_t command = MDPC_REQUEST;
    if (lex_send_part(handle, MDP_CLIENT, MDP_HEADER_SIZE, ZMQ_DONTWAIT | ZMQ_SNDMORE) != 0) {
        return false;
    }
    lex_send_part(handle, &command, 1, ZMQ_SNDMORE);
    lex_send_part(handle, service, strlen(service), ZMQ_SNDMORE);
    zmq_msg_t shared;
    zmq_msg_init(&shared);
    zmq_msg_copy(&shared, body);
    lex_send_msg(handle, &shared, 0);
    zmq_msg_close(&shared);
    return true;
}

/* Tries the gateways, the one of the last good answer first, but none that has refused this call. Returns the one that took it,
 * or -1. */
static int s_send(lex_worker_t *worker, lex_call_t *call)
{
    for (unsigned i = 0; i < worker->gateway_count; i++) {
        unsigned index = (worker->preferred + i) % worker->gateway_count;
        if (!(call->refused & (1u << index)) &&
            s_send_through(&worker->gateways[index], call->called->service, &call->body)) {
            return (int)index;
        }
    }
    return -1;
}

/* NULL and a logged error when there is none to be had: then a time limit tells that the gateway is gone. */
static zsock_t *s_monitor(const lex_gateway_t *gateway)
{
    if (!gateway->caller) {
        return NULL;
    }
    char address[64];
    snprintf(address, sizeof(address), "inproc://lex-calls-%p", (const void *)gateway);
    zsock_t *monitor = zsock_new(ZMQ_PAIR);
    if (monitor &&
        zmq_socket_monitor(zsock_resolve(gateway->caller), address, ZMQ_EVENT_DISCONNECTED) == 0 &&
        zsock_connect(monitor, "%s", address) == 0) {
        return monitor;
    }
    lex_error("worker: cannot watch the connection to %s: %s", gateway->endpoint,
              zmq_strerror(errno));
    zsock_destroy(&monitor);
    return NULL;
}

static void s_close_caller(lex_gateway_t *gateway)
{
    if (gateway->monitor) {
        zmq_socket_monitor(zsock_resolve(gateway->caller), NULL, 0);
        zsock_destroy(&gateway->monitor);
    }
    zsock_destroy(&gateway->caller);
}

static void s_open_callers(lex_worker_t *worker)
{
    worker->callers_open = true;
    for (unsigned i = 0; i < worker->gateway_count; i++) {
        lex_gateway_t *gateway = &worker->gateways[i];
        gateway->caller = lex_worker_dealer(worker, gateway, gateway->key, S_CALLER_HWM);
        gateway->monitor = s_monitor(gateway);
    }
}

/* A socket of another key is of no use any more, and what was sent through it had no answer to come. */
void lex_calls_use_key(lex_worker_t *worker, lex_gateway_t *gateway, unsigned key)
{
    if (gateway->key == key) {
        return;
    }
    gateway->key = key;
    if (gateway->caller) {
        s_close_caller(gateway);
        gateway->caller = lex_worker_dealer(worker, gateway, key, S_CALLER_HWM);
        gateway->monitor = s_monitor(gateway);
        lex_open_calls_recall(&worker->calls, (int)(gateway - worker->gateways),
                              lex_monotonic_ms() + LEX_CALL_GRACE_MS);
    }
}

void lex_worker_call(lex_worker_t *self, const char *service, const lex_writer_t *request,
                     unsigned timeout_ms, lex_call_fn *callback, void *arg)
{
    assert(lex_worker_is_on_loop(self));
    const unsigned char *id = lex_body_peek_id(request->buffer.data, request->buffer.size);
    assert(id);
    int64_t now_us = lex_monotonic_us();
    int64_t now = now_us / 1000;
    lex_call_t *call = lex_calloc(1, sizeof(*call));
    memcpy(call->id, id, LEX_ID_SIZE);
    call->called = lex_watch_called(self, service);
    call->begun_us = now_us;
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
        call->gateway = s_send(self, call);
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
            call->gateway = s_send(worker, call);
            if (call->gateway >= 0) {
                calls->unsent--;
            } else if (!call->refused) {
                return; /* and so it would be with the others */
            }
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
    call->called->codes[code]++;
    lex_histogram_add(&call->called->durations, (uint64_t)(lex_monotonic_us() - call->begun_us));
    free(call);
    callback(arg, code, reply);
}

/* `unavailable` may be said of this gateway alone, which is leaving or has no such worker: the next is asked. False when there is
 * none that has not been. */
static bool s_ask_another(lex_worker_t *worker, lex_call_t *call, unsigned gateway)
{
    call->refused |= 1u << gateway;
    call->gateway = s_send(worker, call);
    if (call->gateway < 0) {
        return false;
    }
    lex_open_calls_add(&worker->calls, call);
    return true;
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
        lex_error("worker: %s answers with %s", call->called->service,
                  lex_body_error(worker->call_body));
        s_answer(call, LEX_INTERNAL, NULL);
        return;
    }
    lex_code_t code = lex_body_outcome(worker->call_body, NULL, NULL, NULL);
    if (code == LEX_UNAVAILABLE || code == LEX_TIMEOUT) {
        s_avoid(worker, (int)gateway);
    } else {
        worker->preferred = gateway;
    }
    if (code == LEX_UNAVAILABLE && s_ask_another(worker, call, gateway)) {
        return;
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
    /* It may have been changed since it was looked at, and there may have been no other to be had. */
    if (!worker->gateways[gateway].caller) {
        return;
    }
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

/* What the monitor has, up to the last. True when the connection broke. */
static bool s_read_monitor(const lex_gateway_t *gateway)
{
    void *handle = zsock_resolve(gateway->monitor);
    bool broke = false;
    zmq_msg_t parts[2]; /* number and value; address */
    unsigned count;
    while ((count = lex_receive(handle, parts, 2)) > 0) {
        uint16_t event = 0;
        if (zmq_msg_size(&parts[0]) >= sizeof(event)) {
            memcpy(&event, zmq_msg_data(&parts[0]), sizeof(event));
        }
        broke = broke || event == ZMQ_EVENT_DISCONNECTED;
        lex_close_parts(parts, count, 2);
    }
    return broke;
}

void lex_calls_monitor(lex_worker_t *worker, unsigned index)
{
    lex_gateway_t *gateway = &worker->gateways[index];
    /* It may have been changed since it was looked at, and there may have been no other to be had. */
    if (!gateway->monitor || !s_read_monitor(gateway)) {
        return;
    }
    gateway->broken_until = lex_monotonic_ms() + S_BROKEN_MS;
    s_avoid(worker, (int)index);
    unsigned recalled =
        lex_open_calls_recall(&worker->calls, (int)index, lex_monotonic_ms() + LEX_CALL_GRACE_MS);
    if (recalled > 0) {
        lex_info("worker: connection to %s broke, %u calls go another way", gateway->endpoint,
                 recalled);
    }
}

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
        s_close_caller(&worker->gateways[i]);
    }
}
