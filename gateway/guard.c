#include "gateway/guard.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "gateway/actor.h"
#include "gateway/spare.h"
#include "gateway/wire_count.h"

/* A look takes half a microsecond a connection. At the speed of the loopback a stranger brings 100 MB from one to the next. */
#define TICK_MS 100                /* when memory grows */
#define LOOK_MS 1000               /* when it does not */
#define GROWTH  (INT64_C(8) << 20) /* bytes of memory that are worth a look */
#define LOG_MS  1000 /* at most one line of a kind in this time: a stranger must not fill the log */

/* Descriptors may be above the number of connections: the process has others, and some are accepted before we see them. */
#define DESCRIPTORS_MORE 4096

/* What a server has sent at least when a handshake is over. ZMTP 3.1: a greeting of 64 bytes; under CURVE (RFC 26) then WELCOME,
 * a command of 168 bytes, and READY or ERROR. In plaintext it says READY unasked, so there the peer's READY tells. */
#define GREETING_BYTES 64
#define WELCOME_BYTES  170

#define ENDED_AT_ONCE 64 /* descriptors doubled at a time */
#define ASKED_MOST                                                                                 \
    4 /* a look is 2 us; more than four messages in a row hardly ever end within one */

typedef struct {
    zsock_t *monitor;
    void *socket; /* the watched one */
    uint64_t dry; /* of the meter, after the last look */
    atomic_uint_fast64_t open, accepted, refused, ended, unread, unsent;
    int64_t refused_logged;
} s_side_t;

struct guard {
    meter_t meter;
    connections_t connections;
    s_side_t side[SIDES];
    bool is_encrypted;
    zactor_t *actor;
    spare_t spare;
    int64_t tick_at, look_at;
    int64_t resident; /* bytes of memory at the last look */
    int64_t ended_logged;
};

static const char *const s_names[SIDES] = {"front", "back"};

/* ---- what is decided by the kernel's numbers ---- */

static uint64_t s_taken(guard_t *self, int fd)
{
    return atomic_load_explicit(&self->meter.cells[fd].taken, memory_order_relaxed);
}

static uint64_t s_given(guard_t *self, int fd)
{
    return atomic_load_explicit(&self->meter.cells[fd].given, memory_order_relaxed);
}

/* What cannot be asked is of this machine (ipc), where nobody is kept out by strangers. */
static bool s_is_finished(void *arg, int fd, side_t side)
{
    guard_t *self = arg;
    wire_count_t count;
    (void)side;
    if (!wire_count(fd, &count))
        return true;
    return self->is_encrypted ? count.sent > GREETING_BYTES + WELCOME_BYTES
                              : count.received > GREETING_BYTES;
}

/* What libzmq has read of a connection; 0 when that cannot be told. */
static uint64_t s_read(int fd)
{
    wire_count_t count;
    return wire_count(fd, &count) ? count.received - wire_unread(fd) : 0;
}

/* The meter and the kernel cannot be asked at once, and between the two questions this thread may have to wait for the processor while the
 * loop takes megabytes: what came meanwhile would seem to lie unread. So they are asked again until nothing was taken meanwhile. */
static bool s_sample(guard_t *self, int fd, backlog_sample_t *sample)
{
    wire_count_t count;
    for (unsigned i = 0; i < ASKED_MOST; i++) {
        sample->taken = s_taken(self, fd);
        sample->given = s_given(self, fd);
        if (!wire_count(fd, &count))
            return false;
        sample->received = count.received - wire_unread(fd);
        sample->acked = count.acked;
        sample->is_all_acked = count.is_all_acked;
        if (s_taken(self, fd) == sample->taken)
            break;
    }
    return true;
}

static void s_look_at(guard_t *self, int fd, connection_t *connection, bool was_dry)
{
    backlog_sample_t sample = {.was_dry = was_dry};
    if (!s_sample(self, fd, &sample))
        return;
    backlog_look(&connection->backlog, &sample);
    atomic_store_explicit(&self->meter.cells[fd].given_base, connection->backlog.given_base,
                          memory_order_relaxed);
}

static uint64_t s_dry(guard_t *self, side_t side)
{
    return atomic_load_explicit(&self->meter.dry[side], memory_order_acquire);
}

static void s_look(guard_t *self)
{
    bool was_dry[SIDES];
    for (int side = 0; side < SIDES; side++)
        was_dry[side] = s_dry(self, side) != self->side[side].dry;
    for (int fd = 0; fd < self->connections.count; fd++) {
        connection_t *connection = connections_find(&self->connections, fd);
        if (connection && !connection->doom)
            s_look_at(self, fd, connection, was_dry[connection->side]);
    }
    for (int side = 0; side < SIDES; side++) {
        s_side_t *own = &self->side[side];
        own->dry = s_dry(self, side);
        connections_judge(&self->connections, side);
        atomic_store(&own->unread, self->connections.side[side].unread);
        atomic_store(&own->unsent, self->connections.side[side].unsent);
    }
}

/* ---- events ---- */

static void s_ended(guard_t *self, int fd, side_t side);

static void s_event(guard_t *self, side_t side, unsigned event, int fd)
{
    s_side_t *own = &self->side[side];
    if (event == ZMQ_EVENT_DISCONNECTED)
        connections_closed(&self->connections, fd);
    else if (event == ZMQ_EVENT_ACCEPTED) {
        bool is_metered = fd < self->meter.count;
        uint64_t taken = is_metered ? s_taken(self, fd) : 0;
        uint64_t given = is_metered ? s_given(self, fd) : 0;
        uint64_t read = is_metered ? s_read(fd) : 0;
        atomic_fetch_add(&own->accepted, 1);
        if (!connections_accepted(&self->connections, fd, side, taken, given, read))
            s_ended(self, fd, side);
        else
            atomic_store_explicit(&self->meter.cells[fd].given_base, given, memory_order_relaxed);
    }
    atomic_store(&own->open, self->connections.side[side].open);
}

/* An event is a frame of two numbers, 16 bits and 32, and a frame with the endpoint. */
static bool s_read_event(guard_t *self, side_t side)
{
    unsigned char numbers[6];
    char endpoint[8];
    void *monitor = zsock_resolve(self->side[side].monitor);
    int size = zmq_recv(monitor, numbers, sizeof numbers, ZMQ_DONTWAIT);
    if (size == -1)
        return errno == EINTR;
    zmq_recv(monitor, endpoint, sizeof endpoint, 0);
    uint16_t event;
    int32_t value;
    memcpy(&event, numbers, sizeof event);
    memcpy(&value, numbers + sizeof event, sizeof value);
    if (size == sizeof numbers)
        s_event(self, side, event, value);
    return true;
}

static void s_read_events(guard_t *self)
{
    for (int side = 0; side < SIDES; side++)
        while (s_read_event(self, side)) {
        }
}

/* ---- ending connections ---- */

typedef struct {
    int fd;
    int copy; /* another descriptor of the same connection */
    uint32_t serial;
} s_victim_t;

static void s_address(int fd, char text[NI_MAXHOST + NI_MAXSERV])
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    if (getpeername(fd, (struct sockaddr *)&address, &size) == 0)
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(text, NI_MAXHOST + NI_MAXSERV, "%s port %s", host, port);
}

static void s_tell(guard_t *self, const connection_t *connection, int copy)
{
    s_side_t *own = &self->side[connection->side];
    bool is_full = connection->doom == DOOM_FULL;
    atomic_fetch_add(is_full ? &own->refused : &own->ended, 1);
    if (!lex_log_due(is_full ? &own->refused_logged : &self->ended_logged, LOG_MS))
        return;
    const backlog_t *backlog = &connection->backlog;
    char address[NI_MAXHOST + NI_MAXSERV];
    s_address(copy, address);
    if (is_full)
        lex_warning("connection refused on the %s from %s: %u are open", s_names[connection->side],
                    address, self->connections.limit[connection->side].connections);
    else
        lex_warning(
            "connection ended on the %s from %s: %llu bytes unread, %llu unsent: too many%s",
            s_names[connection->side], address, (unsigned long long)backlog->unread,
            (unsigned long long)backlog->unsent,
            connection->doom == DOOM_ALL ? " together with the others'" : "");
}

/* One that the table has no room for: there are more than the limit by far. */
static void s_ended(guard_t *self, int fd, side_t side)
{
    atomic_fetch_add(&self->side[side].refused, 1);
    shutdown(fd, SHUT_RDWR);
}

static unsigned s_gather(guard_t *self, s_victim_t victims[ENDED_AT_ONCE])
{
    unsigned count = 0;
    connection_t *connection;
    int fd;
    while (count < ENDED_AT_ONCE &&
           (connection = connections_next_doomed(&self->connections, &fd))) {
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        /* Without a free descriptor we take the one there is. */
        victims[count++] = (s_victim_t){fd, copy, connection->serial};
    }
    return count;
}

/* libzmq tells of an end before it closes the descriptor. So when we have a second descriptor, and no end of the first was told
 * up to now, the second is of this very connection, whatever becomes of the first; without that, a number that was closed and used
 * again would have us end somebody else. */
static void s_end_doomed(guard_t *self)
{
    s_victim_t victims[ENDED_AT_ONCE];
    for (unsigned count; (count = s_gather(self, victims)) > 0;) {
        s_read_events(self);
        for (unsigned i = 0; i < count; i++) {
            const s_victim_t *victim = &victims[i];
            const connection_t *connection = connections_find(&self->connections, victim->fd);
            int fd = victim->copy == -1 ? victim->fd : victim->copy;
            if (connection && connection->serial == victim->serial) {
                s_tell(self, connection, fd);
                shutdown(fd, SHUT_RDWR);
            }
            if (victim->copy != -1)
                close(victim->copy);
        }
    }
}

/* ---- the thread ---- */

/* Here, for the loop has not the time. */
static void s_give_back(guard_t *self, int64_t now, int64_t resident)
{
    int64_t yield = spare_look(&self->spare, now, resident);
    if (yield > 0)
        lex_debug("%lld bytes of memory were idle and given back", (long long)yield);
}

static void s_tick(guard_t *self, int64_t now)
{
    int64_t resident = spare_resident(&self->spare);
    bool is_growing = resident == 0 || resident > self->resident + GROWTH;
    self->tick_at = now + TICK_MS;
    s_give_back(self, now, resident);
    if (!is_growing && now < self->look_at)
        return;
    s_look(self);
    self->resident = resident;
    self->look_at = now + LOOK_MS;
}

static void s_actor(zsock_t *pipe, void *arg)
{
    guard_t *self = arg;
    zmq_pollitem_t items[] = {{zsock_resolve(pipe), 0, ZMQ_POLLIN, 0},
                              {zsock_resolve(self->side[SIDE_FRONT].monitor), 0, ZMQ_POLLIN, 0},
                              {zsock_resolve(self->side[SIDE_BACK].monitor), 0, ZMQ_POLLIN, 0}};
    zsock_signal(pipe, 0);
    while (!items[0].revents) {
        int64_t wait = self->tick_at - lex_monotonic_ms();
        zmq_poll(items, 3, wait > 0 ? wait : 0);
        s_read_events(self);
        s_end_doomed(self);
        int64_t now = lex_monotonic_ms();
        if (now >= self->tick_at)
            s_tick(self, now);
        s_end_doomed(self);
    }
}

/* ---- for the loop ---- */

guard_t *guard_new(const connections_limit_t limit[SIDES], bool is_encrypted)
{
    guard_t *self = lex_calloc(1, sizeof *self);
    uint64_t unsent_max[SIDES];
    int count = DESCRIPTORS_MORE;
    for (int side = 0; side < SIDES; side++) {
        unsent_max[side] = limit[side].connection_bytes;
        count += (int)limit[side].connections;
    }
    self->is_encrypted = is_encrypted;
    meter_open(&self->meter, count, is_encrypted, unsent_max);
    connections_init(&self->connections, count, limit, s_is_finished, self);
    spare_open(&self->spare, lex_monotonic_ms());
    return self;
}

bool guard_watch(guard_t *self, side_t side, zsock_t *socket)
{
    s_side_t *own = &self->side[side];
    char address[48];
    /* libzmq lets go of a name some time after its socket was closed. */
    static atomic_uint count;
    snprintf(address, sizeof address, "inproc://%s-connections-%u", s_names[side],
             atomic_fetch_add(&count, 1));
    own->socket = zsock_resolve(socket);
    own->monitor = zsock_new(ZMQ_PAIR);
    zsock_set_rcvhwm(own->monitor, 0);
    if (zmq_socket_monitor(own->socket, address, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) ==
            0 &&
        zsock_connect(own->monitor, "%s", address) == 0)
        return true;
    lex_error("connections of the %s cannot be watched: %s", s_names[side], zmq_strerror(errno));
    return false;
}

void guard_start(guard_t *self)
{
    self->actor = actor_new(s_actor, self);
}

/* First the monitors: an event that finds nobody would stop an I/O thread. */
void guard_stop(guard_t *self)
{
    for (int side = 0; side < SIDES; side++)
        if (self->side[side].socket)
            zmq_socket_monitor(self->side[side].socket, NULL, 0);
    actor_destroy(&self->actor);
    for (int side = 0; side < SIDES; side++) {
        self->side[side].socket = NULL;
        zsock_destroy(&self->side[side].monitor);
    }
}

void guard_destroy(guard_t **self_p)
{
    guard_t *self = *self_p;
    if (!self)
        return;
    guard_stop(self);
    spare_close(&self->spare);
    connections_close(&self->connections);
    meter_close(&self->meter);
    free(self);
    *self_p = NULL;
}

meter_t *guard_meter(guard_t *self)
{
    return &self->meter;
}

void guard_figures(guard_t *self, side_t side, guard_figures_t *figures)
{
    s_side_t *own = &self->side[side];
    *figures = (guard_figures_t){.open = atomic_load(&own->open),
                                 .max = self->connections.limit[side].connections,
                                 .accepted = atomic_load(&own->accepted),
                                 .refused = atomic_load(&own->refused),
                                 .ended = atomic_load(&own->ended),
                                 .unread = atomic_load(&own->unread),
                                 .unsent = atomic_load(&own->unsent)};
}
