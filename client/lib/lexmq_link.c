/* Connections: DEALER sockets to the front of a gateway (docs/protocol.md sections 1 and 2.1). */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/clock.h"
#include "common/mdp.h"

#define RECONNECT_MS      100
#define RECONNECT_MAX_MS  1000
#define HANDSHAKE_MS      5000 /* a peer that takes our connection and says nothing */
#define HEARTBEAT_MS      3000 /* below MDP: finds out about connections that died silently */
#define HEARTBEAT_LOST_MS 9000
#define EARLY_MS          1000 /* who hangs up sooner did not mean to serve us */

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

/* An I/O thread stands still while it looks up a host name: the connection to one gateway must not wait for the name of another. */
static void s_use_own_thread(const lexmq_t *self, void *socket, size_t gateway)
{
    uint64_t threads = UINT64_C(1) << (gateway % self->named_count);
    int rc = zmq_setsockopt(socket, ZMQ_AFFINITY, &threads, sizeof threads);
    assert(rc == 0);
    (void)rc;
}

static void *s_connect(lexmq_t *self, size_t gateway)
{
    const char *endpoint = self->gateways[gateway];
    void *socket = zmq_socket(self->context, ZMQ_DEALER);

    /* Out of descriptors: not our bug, and the next try may have one. */
    if (!socket)
        return NULL;
    s_use_own_thread(self, socket, gateway);
    s_set(socket, ZMQ_LINGER, 0);
    s_set(socket, ZMQ_IMMEDIATE, 1);
    s_set(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    s_set(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    s_set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    /* No bound: libzmq (4.3.4) ends the process when a queue is full, the connection breaks and a heartbeat is due. What we ask for
     * bounds what an honest gateway sends. */
    s_set(socket, ZMQ_RCVHWM, 0);
    s_set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    s_set(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS);
    int64_t frame_max = LEXMQ_REPLY_FRAME_MAX;
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max);
    if (strchr(endpoint, '['))
        s_set(socket, ZMQ_IPV6, 1);
    if (!self->insecure) {
        s_set_key(socket, ZMQ_CURVE_SERVERKEY, self->server_keys[gateway / self->named_count]);
        s_set_key(socket, ZMQ_CURVE_PUBLICKEY, self->public_key);
        s_set_key(socket, ZMQ_CURVE_SECRETKEY, self->secret_key);
    }
    if (zmq_connect(socket, endpoint) == 0)
        return socket;
    zmq_close(socket);
    return NULL;
}

/* Has libzmq tell us when the connection of this socket breaks. Without it, silence still tells. */
static void *s_monitor(lexmq_t *self, void *socket)
{
    char address[32];
    void *monitor = socket ? zmq_socket(self->context, ZMQ_PAIR) : NULL;

    if (!monitor)
        return NULL;
    s_set(monitor, ZMQ_LINGER, 0);
    snprintf(address, sizeof address, "inproc://link-%u", self->links_opened++);
    if (zmq_socket_monitor(socket, address, ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED) == 0 &&
        zmq_connect(monitor, address) == 0)
        return monitor;
    zmq_close(monitor);
    return NULL;
}

void lexmq_link_close(lexmq_t *self, size_t link)
{
    if (self->links[link].monitor) {
        zmq_socket_monitor(self->links[link].socket, NULL, 0);
        zmq_close(self->links[link].monitor);
    }
    if (self->links[link].socket)
        zmq_close(self->links[link].socket);
    self->link_count--;
    memmove(&self->links[link], &self->links[link + 1],
            (self->link_count - link) * sizeof self->links[0]);
}

void lexmq_link_open(lexmq_t *self, size_t gateway)
{
    if (self->link_count == LEXMQ_LINKS_MAX)
        lexmq_link_close(self, 0);
    void *socket = s_connect(self, gateway);
    self->links[self->link_count++] = (lexmq_link_t){
        .socket = socket,
        .monitor = s_monitor(self, socket),
        .gateway = gateway,
    };
}

/* Takes what the monitor has: messages of two parts. True when the connection broke. */
static bool s_broke(lexmq_t *self, lexmq_link_t *link)
{
    void *monitor = link->monitor;
    bool broke = false;
    char part[8];
    int size;

    while ((size = zmq_recv(monitor, part, sizeof part, ZMQ_DONTWAIT)) >= 0 || errno == EINTR) {
        uint16_t event = 0;
        if (size >= (int)sizeof event)
            memcpy(&event, part, sizeof event);
        int more = 0;
        size_t more_size = sizeof more;
        zmq_getsockopt(monitor, ZMQ_RCVMORE, &more, &more_size);
        if (!more) /* the second part is an address, which may begin with anything */
            continue;
        if (event == ZMQ_EVENT_CONNECTED)
            link->connected = lex_monotonic_ms();
        if (event != ZMQ_EVENT_DISCONNECTED)
            continue;
        broke = true;
        if (!link->proven && lex_monotonic_ms() - link->connected < EARLY_MS)
            self->closed_early = true;
    }
    return broke;
}

bool lexmq_link_is_lost(lexmq_t *self, size_t link)
{
    lexmq_link_t *it = &self->links[link];

    if (!it->monitor || !s_broke(self, it))
        return false;
    if (it->asked || !it->proven)
        return it->asked; /* one that never stood: libzmq tries on, in its own time */
    /* Between calls: it may stand again already. */
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(it->socket, ZMQ_EVENTS, &events, &size) < 0 || !(events & ZMQ_POLLOUT);
}

void lexmq_link_close_others(lexmq_t *self, int keep)
{
    for (size_t i = self->link_count; i-- > 0;)
        if ((int)i != keep)
            lexmq_link_close(self, i);
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
    self->links[link].proven = true;
    return fits ? LEXMQ_LINK_FINAL : LEXMQ_LINK_IGNORED;
}
