/* The network of the fault campaign: so many network namespaces, and the wire between them.
 *
 *   lexmq-wire NODES
 *
 * Makes NODES network namespaces without a name, each with a loopback and one TUN device lexmq0 that has the address 10.77.0.N
 * (N from 1 on, /24), and forwards IPv4 packets between them. They go when this program and all who entered them are gone, so
 * nothing is ever left behind. To enter one: nsenter --net=/proc/PID/fd/FD.
 *
 * Standard output: a line `node N FD` each, then `ready`, then `ok` or `error TEXT` for every line of standard input:
 *
 *   link A B DELAY JITTER LOSS CUT   packets from A to B: delayed by DELAY microseconds and up to JITTER more (their order stays),
 *                                    lost with LOSS parts of a million, all dropped when CUT is 1
 *   seed S                           of the generator that loss and jitter are drawn from
 *   count                            answers `ok FORWARDED LOST DROPPED`: packets that arrived, that LOSS or CUT took, that found no room
 *
 * Ends at the end of standard input. Exit 1 and a line on standard error when the kernel refuses namespaces or TUN devices. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/chaos/wire_queue.h"

#define NODES_MAX  64
#define MTU        1500
#define BURST      32 /* packets read from one node before the others have their turn */
#define LINE_BYTES 256
#define IP_HEADER  20
#define NETWORK    0x0a4d0000u /* 10.77.0.0 */
#define PARTS      1000000u
#define DELAY_MAX  60000000u /* microseconds */

typedef struct {
    unsigned delay, jitter; /* microseconds */
    unsigned loss;          /* parts of a million */
    bool cut;
    uint64_t last_due; /* of the packet before, which the next may not overtake */
} link_t;

typedef struct {
    int nodes;
    int home;              /* the namespace this program was started in */
    int space[NODES_MAX];  /* namespaces */
    int device[NODES_MAX]; /* TUN devices */
    link_t link[NODES_MAX][NODES_MAX];
    wire_queue_t *queue; /* packets under way */
    uint64_t random;
    uint64_t forwarded, lost, dropped;
    char line[LINE_BYTES];
    size_t line_size;
} wire_t;

static void s_fail(const char *what)
{
    fprintf(stderr, "lexmq-wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t s_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* xorshift64*, Vigna 2016: plenty for dropping packets. */
static unsigned s_random_below(wire_t *self, unsigned limit)
{
    self->random ^= self->random >> 12;
    self->random ^= self->random << 25;
    self->random ^= self->random >> 27;
    return (unsigned)((self->random * 0x2545f4914f6cdd1dULL >> 32) * limit >> 32);
}

/* ---- namespaces ---- */

static void s_up(int control, const char *name, int node)
{
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (node > 0) {
        struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
        address->sin_family = AF_INET;
        address->sin_addr.s_addr = htonl(NETWORK + (unsigned)node);
        if (ioctl(control, SIOCSIFADDR, &request))
            s_fail("SIOCSIFADDR");
        address->sin_addr.s_addr = htonl(0xffffff00u);
        if (ioctl(control, SIOCSIFNETMASK, &request))
            s_fail("SIOCSIFNETMASK");
    }
    if (ioctl(control, SIOCGIFFLAGS, &request))
        s_fail("SIOCGIFFLAGS");
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    if (ioctl(control, SIOCSIFFLAGS, &request))
        s_fail("SIOCSIFFLAGS");
}

static void s_make_node(wire_t *self, int node)
{
    if (unshare(CLONE_NEWNET))
        s_fail("a network namespace");
    /* Without O_CLOEXEC they would outlive us in whoever we started; we start nobody. */
    if ((self->space[node] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
        s_fail("/proc/self/ns/net");
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device < 0)
        s_fail("/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof request.ifr_name, "lexmq0");
    if (ioctl(device, TUNSETIFF, &request))
        s_fail("TUNSETIFF");
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0)
        s_fail("socket");
    s_up(control, "lo", 0);
    s_up(control, "lexmq0", node + 1);
    close(control);
    self->device[node] = device;
    printf("node %d %d\n", node + 1, self->space[node]);
}

/* ---- packets ---- */

static void s_deliver(wire_t *self, int to, const void *packet, size_t size)
{
    if (write(self->device[to], packet, size) == (ssize_t)size)
        self->forwarded++;
    else
        self->dropped++;
}

static void s_carry(wire_t *self, int from, const uint8_t *packet, size_t size)
{
    if (size < IP_HEADER || packet[0] >> 4 != 4)
        return; /* IPv6 neighbours looking for each other, and the like */
    uint32_t destination;
    memcpy(&destination, packet + 16, sizeof destination);
    uint32_t to = ntohl(destination) - NETWORK - 1;
    if (to >= (uint32_t)self->nodes)
        return;
    link_t *link = &self->link[from][to];
    if (link->cut || (link->loss && s_random_below(self, PARTS) < link->loss)) {
        self->lost++;
        return;
    }
    uint64_t now = s_now_us();
    uint64_t due = now + link->delay + (link->jitter ? s_random_below(self, link->jitter + 1) : 0);
    if (due < link->last_due)
        due = link->last_due;
    if (due <= now) {
        s_deliver(self, (int)to, packet, size);
        return;
    }
    if (wire_queue_push(self->queue, due, (int)to, packet, size))
        self->dropped++;
    else
        link->last_due = due;
}

static void s_read_node(wire_t *self, int node)
{
    uint8_t packet[MTU + 64];
    for (int count = 0; count < BURST; count++) {
        ssize_t size = read(self->device[node], packet, sizeof packet);
        if (size <= 0)
            return;
        s_carry(self, node, packet, (size_t)size);
    }
}

static void s_deliver_due(wire_t *self)
{
    uint64_t now = s_now_us();
    wire_packet_t *packet;
    while ((packet = wire_queue_pop(self->queue, now))) {
        s_deliver(self, packet->to, packet->data, packet->size);
        free(packet);
    }
}

/* ---- orders ---- */

static const char *s_set_link(wire_t *self, const char *line)
{
    int a, b;
    unsigned delay, jitter, loss, cut;
    if (sscanf(line, "link %d %d %u %u %u %u", &a, &b, &delay, &jitter, &loss, &cut) != 6)
        return "link A B DELAY JITTER LOSS CUT";
    if (a < 1 || b < 1 || a > self->nodes || b > self->nodes)
        return "no such node";
    if (delay > DELAY_MAX || jitter > DELAY_MAX || loss > PARTS || cut > 1)
        return "out of range";
    link_t *link = &self->link[a - 1][b - 1];
    link->delay = delay;
    link->jitter = jitter;
    link->loss = loss;
    link->cut = cut;
    return NULL;
}

static void s_obey(wire_t *self, const char *line)
{
    const char *error = NULL;
    unsigned long long seed;
    if (strncmp(line, "link ", 5) == 0)
        error = s_set_link(self, line);
    else if (sscanf(line, "seed %llu", &seed) == 1)
        self->random = seed * 2 + 1; /* never 0, where xorshift stays */
    else if (strcmp(line, "count") == 0) {
        printf("ok %llu %llu %llu\n", (unsigned long long)self->forwarded,
               (unsigned long long)self->lost, (unsigned long long)self->dropped);
        return;
    } else
        error = "link, seed or count";
    if (error)
        printf("error %s\n", error);
    else
        puts("ok");
}

/* False at the end of standard input. */
static bool s_read_orders(wire_t *self)
{
    ssize_t size =
        read(STDIN_FILENO, self->line + self->line_size, sizeof self->line - 1 - self->line_size);
    if (size <= 0)
        return false;
    self->line_size += (size_t)size;
    self->line[self->line_size] = 0;
    char *start = self->line, *end;
    while ((end = strchr(start, '\n'))) {
        *end = 0;
        s_obey(self, start);
        start = end + 1;
    }
    self->line_size -= (size_t)(start - self->line);
    memmove(self->line, start, self->line_size);
    /* A line that never ends would stop us reading. */
    return self->line_size < sizeof self->line - 1;
}

static void s_run(wire_t *self)
{
    struct pollfd polled[NODES_MAX + 1] = {{.fd = STDIN_FILENO, .events = POLLIN}};
    for (int node = 0; node < self->nodes; node++)
        polled[node + 1] = (struct pollfd){.fd = self->device[node], .events = POLLIN};
    while (true) {
        int64_t wait = wire_queue_wait(self->queue, s_now_us());
        struct timespec timeout = {.tv_sec = wait / 1000000, .tv_nsec = wait % 1000000 * 1000};
        if (ppoll(polled, (nfds_t)self->nodes + 1, wait < 0 ? NULL : &timeout, NULL) < 0 &&
            errno != EINTR)
            s_fail("poll");
        s_deliver_due(self);
        for (int node = 0; node < self->nodes; node++)
            if (polled[node + 1].revents & POLLIN)
                s_read_node(self, node);
        if (polled[0].revents && !s_read_orders(self))
            return;
    }
}

static void s_close(wire_t *self)
{
    for (int node = 0; node < self->nodes; node++) {
        close(self->device[node]);
        close(self->space[node]);
    }
    close(self->home);
    wire_queue_destroy(&self->queue);
}

int main(int argc, char **argv)
{
    static wire_t wire = {.random = 1};
    wire.nodes = argc == 2 ? atoi(argv[1]) : 0;
    if (wire.nodes < 1 || wire.nodes > NODES_MAX) {
        fprintf(stderr, "usage: lexmq-wire NODES (1 to %d)\n", NODES_MAX);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if ((wire.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
        s_fail("/proc/self/ns/net");
    if (!(wire.queue = wire_queue_new()))
        s_fail("memory");
    for (int node = 0; node < wire.nodes; node++)
        s_make_node(&wire, node);
    if (setns(wire.home, CLONE_NEWNET))
        s_fail("setns");
    puts("ready");
    s_run(&wire);
    s_close(&wire);
    return 0;
}
