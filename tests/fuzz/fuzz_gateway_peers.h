/* Peers of a gateway in the same process: DEALERs over inproc that send what an input says, and remember what is owed to them. */

#ifndef LEXMQ_TESTS_FUZZ_GATEWAY_PEERS_H
#define LEXMQ_TESTS_FUZZ_GATEWAY_PEERS_H

#include <czmq.h>

#include "common/mdp.h"
#include "common/packet.h"
#include "gateway/service.h"
#include "tests/fuzz/fuzz.h"

#define PEERS      8  /* the first half on the front, the others on the back */
#define HELD_MAX   64 /* addresses that a peer remembers of requests it was given */
#define FRAMES_ALL 40

typedef struct {
    void *socket;
    bool is_counted; /* nothing it is sent can be lost: it is owed exactly one FINAL a request */
    bool reads;
    unsigned sent; /* requests that the gateway has not read yet */
    unsigned asked, answered;
    unsigned held;
    unsigned char address[HELD_MAX][MDP_ADDRESS_SIZE];
} peer_end_t;

typedef struct {
    const void *data;
    size_t size;
} part_t;

static inline void peer_close(peer_end_t *self)
{
    if (self->socket)
        zmq_close(self->socket);
    *self = (peer_end_t){0};
}

/* `flags`: 1 takes a routing id of its own choice, which others may have; 2 has little room for what it is sent. */
static inline void peer_open(peer_end_t *self, const char *endpoint, unsigned flags)
{
    int linger = 0, room = flags & 2 ? 1 : 0;
    peer_close(self);
    self->socket = zmq_socket(zsys_init(), ZMQ_DEALER);
    FUZZ_CHECK(self->socket);
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(self->socket, ZMQ_RCVHWM, &room, sizeof room);
    room = 0;
    zmq_setsockopt(self->socket, ZMQ_SNDHWM, &room, sizeof room);
    if (flags & 1)
        zmq_setsockopt(self->socket, ZMQ_ROUTING_ID, flags & 4 ? "one" : "another",
                       flags & 4 ? 3 : 7);
    FUZZ_CHECK(zmq_connect(self->socket, endpoint) == 0);
    self->is_counted = !(flags & 3);
    self->reads = true;
}

/* docs/protocol.md sections 2.1 and 4: what has a right to an answer. */
static inline bool parts_are_request(const part_t *parts, size_t count)
{
    return count >= 4 && count <= 3 + MDP_BODY_FRAMES_MAX && parts[0].size == 6 &&
           memcmp(parts[0].data, "MDPC02", 6) == 0 && parts[1].size == 1 &&
           *(const char *)parts[1].data == 1 && service_name_is_valid(parts[2].data, parts[2].size);
}

static inline void peer_send(peer_end_t *self, const part_t *parts, size_t count)
{
    if (!self->socket || count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        int more = i + 1 < count ? ZMQ_SNDMORE : 0;
        int rc = zmq_send(self->socket, parts[i].data, parts[i].size, ZMQ_DONTWAIT | more);
        if (rc == -1 && i == 0)
            return;
        FUZZ_CHECK(rc == (int)parts[i].size);
    }
    self->sent += parts_are_request(parts, count);
}

static inline void peer_hold(peer_end_t *self, const void *address, size_t size)
{
    FUZZ_CHECK(size == MDP_ADDRESS_SIZE);
    memcpy(self->address[self->held++ % HELD_MAX], address, size);
}

static inline void peer_take_batch(peer_end_t *self, const zmq_msg_t *packed_const)
{
    zmq_msg_t *packed = (zmq_msg_t *)packed_const;
    lex_packet_record_t record;
    size_t offset = 0;
    int rc;
    while ((rc = lex_packet_next(zmq_msg_data(packed), zmq_msg_size(packed), &offset, &record)) ==
           1)
        peer_hold(self, record.address, record.address_size);
    FUZZ_CHECK(rc == 0);
}

/* What the gateway says is always by the protocol. */
static inline void peer_take(peer_end_t *self, zmq_msg_t *parts, unsigned count)
{
    FUZZ_CHECK(count >= 2 && zmq_msg_size(&parts[0]) == 6 && zmq_msg_size(&parts[1]) == 1);
    bool is_client = memcmp(zmq_msg_data(&parts[0]), "MDPC02", 6) == 0;
    FUZZ_CHECK(is_client || memcmp(zmq_msg_data(&parts[0]), "MDPW02", 6) == 0);
    switch ((is_client ? 16 : 0) + *(unsigned char *)zmq_msg_data(&parts[1])) {
    case 16 + MDPC_PARTIAL:
        FUZZ_CHECK(count >= 4);
        break;
    case 16 + MDPC_FINAL:
        FUZZ_CHECK(count >= 4);
        self->answered++;
        break;
    case MDPW_REQUEST:
        FUZZ_CHECK(count >= 5 && zmq_msg_size(&parts[3]) == 0);
        peer_hold(self, zmq_msg_data(&parts[2]), zmq_msg_size(&parts[2]));
        break;
    case MDPW_BATCH:
        FUZZ_CHECK(count == 3);
        peer_take_batch(self, &parts[2]);
        break;
    default: {
        unsigned char command = *(unsigned char *)zmq_msg_data(&parts[1]);
        FUZZ_CHECK(!is_client && (command == MDPW_HEARTBEAT || command == MDPW_DISCONNECT));
        FUZZ_CHECK(count == 2);
    }
    }
}

static inline void peer_read(peer_end_t *self)
{
    while (self->socket && self->reads) {
        zmq_msg_t parts[FRAMES_ALL];
        unsigned count = 0;
        bool more = true;
        while (more) {
            FUZZ_CHECK(count < FRAMES_ALL);
            zmq_msg_init(&parts[count]);
            if (zmq_msg_recv(&parts[count], self->socket, ZMQ_DONTWAIT) == -1) {
                FUZZ_CHECK(count == 0);
                return;
            }
            more = zmq_msg_more(&parts[count++]);
        }
        peer_take(self, parts, count);
        FUZZ_CHECK(!self->is_counted || self->answered <= self->asked + self->sent);
        for (unsigned i = 0; i < count; i++)
            zmq_msg_close(&parts[i]);
    }
}

#endif
