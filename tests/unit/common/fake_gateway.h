/* A gateway in the hands of a test: a bare ROUTER that says exactly what the test wants said. Every
 * wait has a limit. */

#ifndef FAKE_GATEWAY_H
#define FAKE_GATEWAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <czmq.h>

#include "common/body.h"
#include "common/clock.h"
#include "common/mdp.h"
#include "common/packet.h"
#include "common/writer.h"
#include "tests/unit/patience.h"

#define FAKE_LIMIT_MS (10000 * TEST_PATIENCE)

typedef struct {
    zsock_t *router;
    char *endpoint;
    zframe_t *peer; /* whom we keep alive with heartbeats while we wait; NULL: nobody */
    zmsg_t
        *packed; /* records of a BATCH that are still to be returned, each as kind, address, body */
    lex_body_t *body;
    unsigned batches;    /* BATCH frames seen */
    unsigned heartbeats; /* and HEARTBEATs */
} fake_gateway_t;

typedef struct {
    uint8_t kind;
    bool packed;
    size_t address_size;
    unsigned char address[255];
    zframe_t *data;   /* of the last reply; the gateway's */
    lex_body_t *body; /* parsed; the gateway's, until the next reply */
    lex_code_t code;
} fake_reply_t;

/* `affinity` says on which I/O threads it works, 0 on any. */
static inline fake_gateway_t *fake_gateway_new_on(const char *endpoint, int affinity)
{
    fake_gateway_t *self = calloc(1, sizeof(*self));
    self->router = zsock_new(ZMQ_ROUTER);
    zsock_set_affinity(self->router, affinity);
    zsock_set_linger(self->router, 0);
    zsock_set_rcvtimeo(self->router, FAKE_LIMIT_MS);
    zsock_set_sndtimeo(self->router, FAKE_LIMIT_MS);
    zsock_set_router_mandatory(self->router, 1);
    /* A socket that was closed leaves its port a moment later. */
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (zsock_bind(self->router, "%s", endpoint) < 0) {
        assert_true(lex_monotonic_ms() < end);
        zclock_sleep(5);
    }
    self->endpoint = zsock_last_endpoint(self->router);
    self->body = lex_body_new();
    self->packed = zmsg_new();
    return self;
}

static inline fake_gateway_t *fake_gateway_new_at(const char *endpoint)
{
    return fake_gateway_new_on(endpoint, 0);
}

static inline fake_gateway_t *fake_gateway_new(void)
{
    return fake_gateway_new_at("tcp://127.0.0.1:*");
}

static inline void fake_gateway_destroy(fake_gateway_t **self_p)
{
    fake_gateway_t *self = *self_p;
    if (self) {
        zsock_destroy(&self->router);
        zframe_destroy(&self->peer);
        zmsg_destroy(&self->packed);
        lex_body_destroy(&self->body);
        zstr_free(&self->endpoint);
        free(self);
        *self_p = NULL;
    }
}

/* An endpoint at which nobody listens, and nobody else can for as long as *fd is open. The caller frees it. */
static inline char *fake_gateway_nowhere(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(*fd, (struct sockaddr *)&address, &size), 0);
    return zsys_sprintf("tcp://127.0.0.1:%d", ntohs(address.sin_port));
}

/* ---- speaking ---- */

/* Sends header, command and the frames of `rest` (taken, may be NULL). */
static inline int fake_gateway_say(fake_gateway_t *self, zframe_t *peer, const char *header,
                                   uint8_t command, zmsg_t *rest)
{
    zmsg_t *msg = rest ? rest : zmsg_new();
    zmsg_pushmem(msg, &command, 1);
    zmsg_pushmem(msg, header, MDP_HEADER_SIZE);
    zframe_t *routing = zframe_dup(peer);
    zmsg_prepend(msg, &routing);
    int rc = zmsg_send(&msg, self->router);
    zmsg_destroy(&msg);
    return rc;
}

static inline void fake_gateway_command(fake_gateway_t *self, uint8_t command)
{
    assert_int_equal(fake_gateway_say(self, self->peer, MDP_WORKER, command, NULL), 0);
}

static inline void fake_gateway_request_to(fake_gateway_t *self, zframe_t *peer, uint64_t address,
                                           const lex_writer_t *body)
{
    zmsg_t *msg = zmsg_new();
    zmsg_addmem(msg, &address, sizeof(address));
    zmsg_addmem(msg, "", 0);
    zmsg_addmem(msg, body->buffer.data, body->buffer.size);
    assert_int_equal(fake_gateway_say(self, peer, MDP_WORKER, MDPW_REQUEST, msg), 0);
}

static inline void fake_gateway_request(fake_gateway_t *self, uint64_t address,
                                        const lex_writer_t *body)
{
    fake_gateway_request_to(self, self->peer, address, body);
}

/* `count` requests with the same body and the addresses from `first` on, in one BATCH. */
static inline void fake_gateway_batch(fake_gateway_t *self, uint64_t first, unsigned count,
                                      const lex_writer_t *body)
{
    size_t size = lex_packet_record_size(sizeof(first), body->buffer.size) * count;
    zframe_t *packed = zframe_new(NULL, size);
    unsigned char *out = zframe_data(packed);
    for (unsigned i = 0; i < count; i++) {
        uint64_t address = first + i;
        out = lex_packet_write(out, MDPW_REQUEST, &address, sizeof(address), body->buffer.data,
                               (uint32_t)body->buffer.size);
    }
    zmsg_t *msg = zmsg_new();
    zmsg_append(msg, &packed);
    assert_int_equal(fake_gateway_say(self, self->peer, MDP_WORKER, MDPW_BATCH, msg), 0);
}

/* ---- listening ---- */

/* The next message, heartbeats left out, without header and command; NULL when the limit is over.
 * *peer is the caller's. */
static inline zmsg_t *fake_gateway_receive(fake_gateway_t *self, int limit_ms, char *header,
                                           uint8_t *command, zframe_t **peer)
{
    int64_t end = lex_monotonic_ms() + limit_ms, beat = 0;
    while (lex_monotonic_ms() < end) {
        if (self->peer && lex_monotonic_ms() - beat >= 40) {
            beat = lex_monotonic_ms();
            fake_gateway_say(self, self->peer, MDP_WORKER, MDPW_HEARTBEAT, NULL);
        }
        zmq_pollitem_t item = {.socket = zsock_resolve(self->router), .events = ZMQ_POLLIN};
        if (zmq_poll(&item, 1, 20) <= 0) {
            continue;
        }
        zmsg_t *msg = zmsg_recv(self->router);
        *peer = zmsg_pop(msg);
        zframe_t *head = zmsg_pop(msg), *kind = zmsg_pop(msg);
        assert_true(head && kind && zframe_size(head) == MDP_HEADER_SIZE && zframe_size(kind) == 1);
        memcpy(header, zframe_data(head), MDP_HEADER_SIZE);
        *command = zframe_data(kind)[0];
        zframe_destroy(&head);
        zframe_destroy(&kind);
        if (memcmp(header, MDP_WORKER, MDP_HEADER_SIZE) != 0 || *command != MDPW_HEARTBEAT) {
            return msg;
        }
        self->heartbeats++;
        zframe_destroy(peer);
        zmsg_destroy(&msg);
    }
    return NULL;
}

/* The next message must be this command. The caller owns the rest of its frames, and *peer unless
 * that is NULL. */
static inline zmsg_t *fake_gateway_expect(fake_gateway_t *self, const char *header, uint8_t command,
                                          zframe_t **peer)
{
    char got_header[MDP_HEADER_SIZE];
    uint8_t got = 0;
    zframe_t *from = NULL;
    zmsg_t *msg = fake_gateway_receive(self, FAKE_LIMIT_MS, got_header, &got, &from);
    assert_non_null(msg);
    assert_memory_equal(got_header, header, MDP_HEADER_SIZE);
    assert_int_equal(got, command);
    if (peer) {
        *peer = from;
    } else {
        zframe_destroy(&from);
    }
    return msg;
}

/* Waits for READY and makes its sender our peer. Options are checked; credit 0: there must be none.
 */
static inline void fake_gateway_ready(fake_gateway_t *self, const char *service, unsigned credit,
                                      unsigned batch)
{
    zframe_t *peer = NULL;
    zmsg_t *msg = fake_gateway_expect(self, MDP_WORKER, MDPW_READY, &peer);
    assert_int_equal(zmsg_size(msg), credit > 0 ? 2 : 1);
    zframe_t *name = zmsg_pop(msg);
    assert_true(zframe_streq(name, service));
    zframe_destroy(&name);
    if (credit > 0) {
        zframe_t *options = zmsg_pop(msg);
        uint64_t number = 0;
        assert_int_equal(lex_body_parse(self->body, zframe_data(options), zframe_size(options)), 0);
        assert_true(lex_body_uint(self->body, "credit", &number));
        assert_int_equal(number, credit);
        assert_true(lex_body_uint(self->body, "batch", &number));
        assert_int_equal(number, batch);
        zframe_destroy(&options);
    }
    zmsg_destroy(&msg);
    zframe_destroy(&self->peer);
    self->peer = peer;
}

static inline void fake_gateway_unpack(fake_gateway_t *self, zmsg_t *msg)
{
    zframe_t *frame = zmsg_pop(msg);
    lex_packet_record_t record;
    size_t offset = 0;
    int rc;
    assert_int_equal(zmsg_size(msg), 0);
    while ((rc = lex_packet_next(zframe_data(frame), zframe_size(frame), &offset, &record)) == 1) {
        zmsg_addmem(self->packed, &record.kind, 1);
        zmsg_addmem(self->packed, record.address, record.address_size);
        zmsg_addmem(self->packed, record.body, record.body_size);
    }
    assert_int_equal(rc, 0);
    assert_true(zmsg_size(self->packed) > 0);
    assert_true(zmsg_size(self->packed) <= 3 * MDP_BATCH_MAX);
    assert_true(zframe_size(frame) < MDP_BATCH_BYTES || zmsg_size(self->packed) == 3);
    self->batches++;
    zframe_destroy(&frame);
}

/* The next PARTIAL or FINAL, packed or not, within the limit. False when none came. The caller
 * destroys reply->data. */
static inline bool fake_gateway_next_reply(fake_gateway_t *self, int limit_ms, fake_reply_t *reply)
{
    zmsg_t *msg = NULL;
    reply->packed = zmsg_size(self->packed) > 0;
    if (!reply->packed) {
        char header[MDP_HEADER_SIZE];
        uint8_t command = 0;
        zframe_t *peer = NULL;
        msg = fake_gateway_receive(self, limit_ms, header, &command, &peer);
        if (!msg) {
            return false;
        }
        assert_memory_equal(header, MDP_WORKER, MDP_HEADER_SIZE);
        zframe_destroy(&peer);
        if (command == MDPW_BATCH) {
            fake_gateway_unpack(self, msg);
            zmsg_destroy(&msg);
            reply->packed = true;
        } else {
            assert_true(command == MDPW_PARTIAL || command == MDPW_FINAL);
            assert_int_equal(zmsg_size(msg), 3);
            reply->kind = command;
        }
    }
    zmsg_t *from = msg ? msg : self->packed;
    if (reply->packed) {
        zframe_t *kind = zmsg_pop(from);
        reply->kind = zframe_data(kind)[0];
        zframe_destroy(&kind);
    }
    zframe_t *address = zmsg_pop(from);
    reply->address_size = zframe_size(address);
    memcpy(reply->address, zframe_data(address), reply->address_size);
    zframe_destroy(&address);
    if (!reply->packed) {
        zframe_t *empty = zmsg_pop(from);
        assert_int_equal(zframe_size(empty), 0);
        zframe_destroy(&empty);
    }
    reply->data = zmsg_pop(from);
    zmsg_destroy(&msg);
    reply->body = self->body;
    assert_int_equal(lex_body_parse(self->body, zframe_data(reply->data), zframe_size(reply->data)),
                     0);
    reply->code = lex_body_outcome(self->body, NULL, NULL, NULL);
    return true;
}

static inline uint64_t fake_reply_address(const fake_reply_t *reply)
{
    uint64_t address;
    assert_int_equal(reply->address_size, sizeof(address));
    memcpy(&address, reply->address, sizeof(address));
    return address;
}

/* The next reply must be of this kind, to this address, with this outcome. The caller destroys
 * ->data. */
static inline fake_reply_t fake_gateway_reply(fake_gateway_t *self, uint64_t address, uint8_t kind,
                                              lex_code_t code)
{
    fake_reply_t reply = {0};
    assert_true(fake_gateway_next_reply(self, FAKE_LIMIT_MS, &reply));
    assert_int_equal(fake_reply_address(&reply), address);
    assert_int_equal(reply.kind, kind);
    assert_string_equal(lex_code_name(reply.code), lex_code_name(code));
    return reply;
}

/* As above when only the outcome matters. */
static inline void fake_gateway_final(fake_gateway_t *self, uint64_t address, lex_code_t code)
{
    fake_reply_t reply = fake_gateway_reply(self, address, MDPW_FINAL, code);
    zframe_destroy(&reply.data);
}

/* A text of the reply's body. */
static inline void fake_reply_has(const fake_reply_t *reply, const char *key, const char *text)
{
    const char *got = NULL;
    size_t size = 0;
    assert_true(lex_body_str(reply->body, key, &got, &size));
    assert_int_equal(size, strlen(text));
    assert_memory_equal(got, text, size);
}

#endif
