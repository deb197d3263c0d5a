/* What the tests of calls share: a handle, and gateways that answer a logout in one way or another. */

#ifndef CALLS_H
#define CALLS_H

#include "tests/unit/client/fake_gateway.h"

#include <lexmq.h>

static inline lexmq_t *calls_connect(const char *gateways, unsigned timeout_ms)
{
    const lexmq_options_t options = {
        .gateways = gateways, .insecure = true, .timeout_ms = timeout_ms};
    char why[256] = "";
    lexmq_t *lexmq = lexmq_new(&options, why, sizeof why);

    if (!lexmq)
        fail_msg("%s", why);
    lexmq_set_token(lexmq, "token", 5);
    return lexmq;
}

static inline void calls_assert_one_id(const fake_gateway_t *gateway)
{
    for (int i = 1; i < gateway->requests; i++)
        assert_memory_equal(gateway->ids[i], gateway->ids[0], 16);
}

/* A port that nobody listens on. */
static inline void calls_free_endpoint(char *out, size_t size)
{
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_ROUTER);

    assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, out, &size), 0);
    zmq_close(socket);
    zmq_ctx_term(context);
}

/* Answers a logout that is as it should be. */
static inline void calls_answer(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    const char *op;
    const unsigned char *token;
    size_t size, token_size;
    uint64_t version;

    (void)nth;
    if (lex_body_str(request, "op", &op, &size) && size == 6 && memcmp(op, "logout", 6) == 0 &&
        lex_body_uint(request, "v", &version) && version == 1 &&
        lex_body_bin(request, "tok", &token, &token_size) && token_size == 5 &&
        strcmp(gateway->service, "auth") == 0)
        fake_ok(gateway);
    else
        fake_error(gateway, LEX_INTERNAL, "this is no proper request", 0);
}

static inline void calls_silent(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)gateway;
    (void)request;
    (void)nth;
}

static inline void calls_unavailable(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)request;
    (void)nth;
    fake_error(gateway, LEX_UNAVAILABLE, "draining", 0);
}

#endif
