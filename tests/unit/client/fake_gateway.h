/* A gateway for the tests of liblexmq: a raw ROUTER on a thread, which answers as the test tells it. */

#ifndef FAKE_GATEWAY_H
#define FAKE_GATEWAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/body.h"
#include "common/writer.h"

#define FAKE_IDS_MAX 64

typedef struct fake_gateway fake_gateway_t;

/* Called for each request, on the gateway's thread; `nth` counts them from 1. */
typedef void(fake_handler_fn)(fake_gateway_t *self, const lex_body_t *request, int nth);

struct fake_gateway {
    void *context, *router, *stop;
    char endpoint[128];
    fake_handler_fn *handler;
    void *arg; /* the handler's; set between start and the first request */
    pthread_t thread;
    atomic_int requests;
    char client[256]; /* routing id of the request in hand */
    int client_size;
    char service[64];
    unsigned char id[16];
    unsigned char ids[FAKE_IDS_MAX][16]; /* of all requests, for after fake_gateway_stop */
};

static inline void fake_send(fake_gateway_t *self, const void *header, size_t header_size,
                             unsigned char command, const char *service, const void *body,
                             size_t body_size)
{
    zmq_send(self->router, self->client, (size_t)self->client_size, ZMQ_SNDMORE);
    zmq_send(self->router, header, header_size, ZMQ_SNDMORE);
    zmq_send(self->router, &command, 1, ZMQ_SNDMORE);
    zmq_send(self->router, service, strlen(service), ZMQ_SNDMORE);
    zmq_send(self->router, body, body_size, 0);
}

static inline void fake_final(fake_gateway_t *self, const void *body, size_t size)
{
    fake_send(self, "MDPC02", 6, 3, self->service, body, size);
}

static inline void fake_writer(fake_gateway_t *self, lex_writer_t *writer)
{
    fake_final(self, writer->buffer.data, writer->buffer.size);
    lex_writer_close(writer);
}

static inline void fake_error(fake_gateway_t *self, lex_code_t code, const char *message,
                              uint64_t retry_ms)
{
    lex_writer_t writer;

    lex_writer_init(&writer);
    lex_write_error(&writer, self->id, code, message, retry_ms);
    fake_writer(self, &writer);
}

/* A good answer without results. */
static inline void fake_ok(fake_gateway_t *self)
{
    lex_writer_t writer;

    lex_writer_init(&writer);
    lex_write_ok(&writer, self->id, 0);
    fake_writer(self, &writer);
}

/* Takes the next part of a message; the rest of one that is longer than `size` is lost. Returns its size. */
static inline size_t fake_part(fake_gateway_t *self, void *out, size_t size)
{
    int got = zmq_recv(self->router, out, size, 0);

    return got < 0 ? 0 : (size_t)got < size ? (size_t)got : size;
}

static inline void fake_one(fake_gateway_t *self, lex_body_t *body)
{
    static const size_t header_size = 6;
    char header[16], command[1], data[65536];

    self->client_size = (int)fake_part(self, self->client, sizeof self->client);
    bool good = fake_part(self, header, sizeof header) == header_size;
    good = fake_part(self, command, sizeof command) == 1 && command[0] == 1 && good;
    self->service[fake_part(self, self->service, sizeof self->service - 1)] = '\0';
    size_t size = fake_part(self, data, sizeof data);
    if (!good || lex_body_parse(body, data, size) != 0)
        return;
    const unsigned char *id = lex_body_id(body);
    if (id)
        memcpy(self->id, id, 16);
    int nth = ++self->requests;
    if (nth <= FAKE_IDS_MAX)
        memcpy(self->ids[nth - 1], self->id, 16);
    self->handler(self, body, nth);
}

static inline void *fake_run(void *arg)
{
    fake_gateway_t *self = arg;
    lex_body_t *body = lex_body_new();

    while (true) {
        zmq_pollitem_t items[] = {{self->router, 0, ZMQ_POLLIN, 0}, {self->stop, 0, ZMQ_POLLIN, 0}};
        zmq_poll(items, 2, -1);
        if (items[1].revents)
            break;
        if (items[0].revents)
            fake_one(self, body);
    }
    lex_body_destroy(&body);
    return NULL;
}

/* Starts it on a free port of 127.0.0.1; under CURVE with a secret key in Z85, without when it is NULL. */
static inline void fake_gateway_start_with_key(fake_gateway_t *self, fake_handler_fn *handler,
                                               const char *secret_key)
{
    size_t size = sizeof self->endpoint;
    int linger = 0, server = 1;

    memset(self, 0, sizeof *self);
    self->handler = handler;
    self->context = zmq_ctx_new();
    self->router = zmq_socket(self->context, ZMQ_ROUTER);
    self->stop = zmq_socket(self->context, ZMQ_PAIR);
    zmq_setsockopt(self->router, ZMQ_LINGER, &linger, sizeof linger);
    if (secret_key) {
        zmq_setsockopt(self->router, ZMQ_CURVE_SERVER, &server, sizeof server);
        zmq_setsockopt(self->router, ZMQ_CURVE_SECRETKEY, secret_key, 41);
    }
    assert_int_equal(zmq_bind(self->router, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(self->router, ZMQ_LAST_ENDPOINT, self->endpoint, &size), 0);
    assert_int_equal(zmq_bind(self->stop, "inproc://stop"), 0);
    assert_int_equal(pthread_create(&self->thread, NULL, fake_run, self), 0);
}

static inline void fake_gateway_start(fake_gateway_t *self, fake_handler_fn *handler)
{
    fake_gateway_start_with_key(self, handler, NULL);
}

static inline void fake_gateway_stop(fake_gateway_t *self)
{
    void *stopper = zmq_socket(self->context, ZMQ_PAIR);

    zmq_connect(stopper, "inproc://stop");
    zmq_send(stopper, "", 0, 0);
    pthread_join(self->thread, NULL);
    zmq_close(stopper);
    zmq_close(self->stop);
    zmq_close(self->router);
    zmq_ctx_term(self->context);
}

#endif
