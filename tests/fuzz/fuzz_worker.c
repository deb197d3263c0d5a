/* What a gateway that is not ours can say to a worker, and in answer to its calls.
 *
 * Input: steps, each a byte that says which and what it takes (s_step). The worker serves four ops: one that answers at once, one that
 * answers later, one that answers in pages and one that calls another service first. In the end nothing is open. */

#include "tests/fuzz/fuzz_worker.h"
#include "common/calls.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/random.h"
#include "tests/fuzz/fuzz_alarm.h"

#define STEPS_MAX    100
#define LATER_MAX    64
#define HEARTBEAT_MS 1000
#define CREDIT       8

typedef struct {
    lex_worker_t *worker;
    lex_session_t *session;
    fuzz_gateway_t gateway;
    lex_request_t *later[LATER_MAX];
    unsigned later_count;
} s_world_t;

/* ---- ops ---- */

static void s_echo(void *context, lex_request_t *request)
{
    (void)context;
    const char *text = "";
    size_t size = 0;
    lex_body_str(lex_request_body(request), "text", &text, &size);
    lex_put_str(lex_reply_begin(request, 1), "text", text, size);
    lex_reply_send(&request);
}

static void s_later(void *context, lex_request_t *request)
{
    s_world_t *self = context;
    if (self->later_count < LATER_MAX)
        self->later[self->later_count++] = request;
    else
        lex_reply_error(&request, LEX_BUSY, 1, "enough");
}

static void s_pages(void *context, lex_request_t *request)
{
    (void)context;
    for (int i = 0; i < 3; i++) {
        lex_put_uint(lex_reply_begin(request, 1), "page", (uint64_t)i);
        lex_reply_partial(request);
    }
    lex_reply_begin(request, 0);
    lex_reply_send(&request);
}

static void s_called(void *arg, lex_code_t code, const lex_body_t *reply)
{
    lex_request_t *request = arg;
    if (code == LEX_OK) {
        FUZZ_CHECK(reply && lex_body_root(reply)->type == MSGPACK_OBJECT_MAP);
        lex_reply_begin(request, 0);
        lex_reply_send(&request);
    } else {
        lex_reply_error(&request, code, 0, "the other service says no");
    }
}

static void s_call(void *context, lex_request_t *request)
{
    s_world_t *self = context;
    lex_writer_t body;
    lex_writer_init(&body);
    lex_write_request(&body, lex_request_id(request), "op", NULL, 0, 0);
    lex_worker_call(self->worker, "other", &body, HEARTBEAT_MS, s_called, request);
    lex_writer_close(&body);
}

/* ---- the worker ---- */

static const lex_op_t s_ops[] = {{"echo", 0, s_echo},
                                 {"later", 0, s_later},
                                 {"pages", 0, s_pages},
                                 {"call", 0, s_call},
                                 {NULL, 0, NULL}};

static void s_open(s_world_t *self, unsigned batch)
{
    const lex_service_t service = {.name = "fuzz", .ops = s_ops, .credit = CREDIT, .batch = batch};
    fuzz_gateway_open(&self->gateway);
    lex_worker_options_t options = {
        .gateways = self->gateway.endpoint, .insecure = true, .heartbeat_ms = HEARTBEAT_MS};
    self->worker = lex_worker_new(&options);
    FUZZ_CHECK(self->worker);
    lex_worker_serve(self->worker, &service, self);
    self->worker->now_us = lex_monotonic_us();
    self->worker->now = self->worker->now_us / 1000;
    self->worker->utc = lex_utc_ms();
    self->worker->session_count = 1;
    self->worker->sessions = self->session = calloc(1, sizeof *self->session);
    lex_session_init(self->session, self->worker, &self->worker->gateways[0],
                     &self->worker->services[0]);
    FUZZ_CHECK(lex_session_open(self->session) == 0);
    lex_session_ready(self->session);
}

/* As the loop does it: what came is read, what is to leave leaves. */
static void s_round(s_world_t *self)
{
    lex_session_input(self->session);
    lex_calls_input(self->worker, 0);
    lex_session_flush(self->session);
    fuzz_gateway_read(&self->gateway);
    FUZZ_CHECK(self->session->waiting == 0);
    FUZZ_CHECK(self->session->open <= self->worker->open_count);
    FUZZ_CHECK(self->worker->open_count == self->later_count + self->worker->calls.count);
    FUZZ_CHECK(self->worker->mailbox.partial_bytes == 0);
}

static void s_answer_later(s_world_t *self)
{
    for (unsigned i = 0; i < self->later_count; i++) {
        lex_reply_begin(self->later[i], 0);
        lex_reply_send(&self->later[i]);
    }
    self->later_count = 0;
}

static void s_pass(s_world_t *self, int64_t ms)
{
    self->worker->now += ms;
    lex_calls_expire(self->worker);
    lex_session_upkeep(self->session);
    if (self->session->state == LEX_SESSION_CONNECTING)
        lex_session_ready(self->session);
}

static void s_step(s_world_t *self, const uint8_t **data, size_t *size)
{
    switch (fuzz_byte(data, size) % 5) {
    case 0:
        fuzz_gateway_send(&self->gateway, self->gateway.session, fuzz_gateway_message(data, size));
        break;
    case 1:
        s_answer_later(self);
        break;
    case 2:
        fuzz_gateway_send(&self->gateway, self->gateway.caller, fuzz_gateway_message(data, size));
        break;
    case 3:
        s_pass(self, 10 * fuzz_byte(data, size));
        break;
    default:
        lex_session_restart(self->session, 0);
        s_pass(self, HEARTBEAT_MS);
    }
}

static void s_end(s_world_t *self)
{
    s_answer_later(self);
    s_pass(self, 100 * HEARTBEAT_MS);
    s_round(self);
    FUZZ_CHECK(self->worker->calls.count == 0 && self->worker->open_count == 0);
    atomic_store(&self->worker->ended, true);
    lex_calls_end(self->worker);
    lex_session_close(self->session, 0);
    lex_worker_destroy(&self->worker);
    fuzz_gateway_close(&self->gateway);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    s_world_t world = {0};
    fuzz_alarm_hold();
    zsys_handler_set(NULL);
    zsys_set_max_sockets(0); /* as many as libzmq can: closed ones go some time later */
    lex_log_setup("fuzz", "error", "text");
    lex_log_setup_requests(1, 1);
    lex_random_setup();
    s_open(&world, fuzz_byte(&data, &size) % 16u);
    for (unsigned i = 0; i < STEPS_MAX && size > 0; i++) {
        s_step(&world, &data, &size);
        s_round(&world);
    }
    s_end(&world);
    fuzz_alarm_release();
    return 0;
}
