/* Connections: DEALER sockets to the front of a gateway (docs/protocol.md sections 1 and 2.1). */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/mdp.h"

#define RECONNECT_MS      100
#define RECONNECT_MAX_MS  1000
#define HANDSHAKE_MS      5000 /* a peer that takes our connection and says nothing */
#define HEARTBEAT_MS      3000 /* below MDP: finds out about connections that died silently */
#define HEARTBEAT_LOST_MS 9000

static void s_set(void *socket, int option, int value)
{
    int rc = zmq_setsockopt(socket, option, &value, sizeof value);
    assert(rc == 0);
    (void)rc;
}

static void s_set_key(void *socket, int option, const char *key)
{
    int rc = zmq_setsockopt(socket, option, key, LEXMQ_KEY_SIZE + 1);
    assert(rc == 0);
    (void)rc;
}

static void *s_connect(lexmq_t *self, const char *endpoint)
{
    void *socket = zmq_socket(self->context, ZMQ_DEALER);

    /* Out of descriptors: not our bug, and the next try may have one. */
    if (!socket)
        return NULL;
    s_set(socket, ZMQ_LINGER, 0);
    s_set(socket, ZMQ_IMMEDIATE, 1);
    s_set(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    s_set(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    s_set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    s_set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    s_set(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS);
    int64_t frame_max = LEXMQ_REPLY_FRAME_MAX;
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max);
    if (strchr(endpoint, '['))
        s_set(socket, ZMQ_IPV6, 1);
    if (!self->insecure) {
        s_set_key(socket, ZMQ_CURVE_SERVERKEY, self->server_key);
        s_set_key(socket, ZMQ_CURVE_PUBLICKEY, self->public_key);
        s_set_key(socket, ZMQ_CURVE_SECRETKEY, self->secret_key);
    }
    if (zmq_connect(socket, endpoint) == 0)
        return socket;
    zmq_close(socket);
    return NULL;
}

static void s_close(lexmq_t *self, size_t link)
{
    if (self->links[link].socket)
        zmq_close(self->links[link].socket);
    self->link_count--;
    memmove(&self->links[link], &self->links[link + 1],
            (self->link_count - link) * sizeof self->links[0]);
}

void lexmq_link_open(lexmq_t *self, size_t gateway)
{
    if (self->link_count == LEXMQ_LINKS_MAX)
        s_close(self, 0);
    self->links[self->link_count++] = (lexmq_link_t){
        .socket = s_connect(self, self->gateways[gateway]),
        .gateway = gateway,
    };
}

void lexmq_link_close_others(lexmq_t *self, int keep)
{
    for (size_t i = self->link_count; i-- > 0;)
        if ((int)i != keep)
            s_close(self, i);
    for (size_t i = 0; i < self->link_count; i++)
        self->links[i].asked = false;
}

static int s_send(void *socket, const void *data, size_t size, int flags)
{
    int rc;

    while ((rc = zmq_send(socket, data, size, flags)) < 0 && errno == EINTR)
        ;
    return rc;
}

bool lexmq_link_send(lexmq_t *self, size_t link, const char *service)
{
    static const unsigned char request = MDPC_REQUEST;
    void *socket = self->links[link].socket;

    /* Only the first part can be refused; the others follow it into the same pipe. */
    if (!socket || s_send(socket, MDP_CLIENT, MDP_HEADER_SIZE, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return false;
    s_send(socket, &request, 1, ZMQ_SNDMORE);
    s_send(socket, service, strlen(service), ZMQ_SNDMORE);
    s_send(socket, self->request.buffer.data, self->request.buffer.size, 0);
    self->links[link].asked = true;
    return true;
}

/* True when part number `index` of a FINAL of `service` may look like `part`. */
static bool s_fits(zmq_msg_t *part, size_t index, bool last, const char *service)
{
    const void *data = zmq_msg_data(part);
    size_t size = zmq_msg_size(part);

    switch (index) {
    case 0:
        return size == MDP_HEADER_SIZE && memcmp(data, MDP_CLIENT, size) == 0 && !last;
    case 1:
        return size == 1 && *(const unsigned char *)data == MDPC_FINAL && !last;
    case 2:
        return size == strlen(service) && memcmp(data, service, size) == 0 && !last;
    case 3:
        return last;
    default:
        return false;
    }
}

lexmq_received_t lexmq_link_receive(lexmq_t *self, size_t link, const char *service)
{
    bool fits = true, last = false;
    zmq_msg_t part;

    for (size_t index = 0; !last; index++) {
        int rc;
        zmq_msg_init(&part);
        while ((rc = zmq_msg_recv(&part, self->links[link].socket, ZMQ_DONTWAIT)) < 0 &&
               errno == EINTR)
            ;
        if (rc < 0) {
            zmq_msg_close(&part);
            return LEXMQ_LINK_EMPTY;
        }
        last = !zmq_msg_more(&part);
        fits = fits && s_fits(&part, index, last, service);
        if (fits && last)
            zmq_msg_move(&self->frame, &part);
        zmq_msg_close(&part);
    }
    return fits ? LEXMQ_LINK_FINAL : LEXMQ_LINK_IGNORED;
}
