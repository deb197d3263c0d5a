/* The open connections of both sockets, by descriptor, and which of them have to go: what keeps their number and the bytes that
 * libzmq holds for them within limits. Nothing here touches a socket: the guard (guard.h) tells what happens and does what is
 * decided.
 *
 * At the limit of a side's connections, the oldest one that has not finished its handshake gives way to a newcomer, so that peers
 * who say nothing keep nobody out; when all have finished, the newcomer is refused. */

#ifndef GATEWAY_CONNECTIONS_H
#define GATEWAY_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/backlog.h"
#include "gateway/list.h"
#include "gateway/meter.h"

typedef enum { DOOM_NONE, DOOM_FULL, DOOM_UNREAD, DOOM_ALL } doom_t;

typedef struct {
    list_t young;  /* by age, those that may be in their handshake; else in no list */
    list_t doomed; /* those to be ended, in the order it was decided */
    backlog_t backlog;
    uint32_t serial; /* of this use of the descriptor; 0: it is not open */
    side_t side;
    doom_t doom;
    bool was_over; /* above the limit of bytes at the last look */
} connection_t;

typedef struct {
    unsigned connections; /* most that may be open */
    /* Most that may lie unread for one. What may lie unsent for one is the meter's to keep. */
    uint64_t connection_bytes;
    uint64_t total_bytes; /* both, for all of them together */
} connections_limit_t;

typedef struct {
    unsigned open; /* without those that are doomed */
    list_t young;
    uint64_t unread, unsent; /* sums at the last look, doubts included */
} connections_side_t;

typedef bool(connections_finished_fn)(void *arg, int fd, side_t side);

typedef struct {
    connection_t *all; /* by descriptor */
    int count;         /* descriptors from 0 on that there is room for */
    uint32_t serial;
    connections_limit_t limit[SIDES];
    connections_side_t side[SIDES];
    list_t doomed;
    connections_finished_fn *is_finished; /* the handshake of a connection is over */
    void *arg;
} connections_t;

void connections_init(connections_t *self, int count, const connections_limit_t limit[SIDES],
                      connections_finished_fn *is_finished, void *arg);
void connections_close(connections_t *self);

/* A connection was accepted; `taken` and `given` are the meter's, `read` what libzmq has read of it already (backlog_begin). What was
 * known of the descriptor is forgotten. False when the descriptor is beyond the table: then the caller ends it. */
bool connections_accepted(connections_t *self, int fd, side_t side, uint64_t taken, uint64_t given,
                          uint64_t read);
/* A descriptor was closed; harmless when it is not known. */
void connections_closed(connections_t *self, int fd);

/* The connection of a descriptor, NULL when none is open. */
connection_t *connections_find(connections_t *self, int fd);
/* To be called when all connections of a side were looked at (backlog_look): decides which are above the limits. A
 * connection has to be above its own at two looks in a row, without what is in doubt: one look may fall on a moment when the loop stood still. The sum of
 * all is brought below the total at once, the largest going first, at most `CONNECTIONS_DOOM_MAX` of them. */
#define CONNECTIONS_DOOM_MAX 64
void connections_judge(connections_t *self, side_t side);

/* The next to be ended and its descriptor, or NULL. It stays known until connections_closed. */
connection_t *connections_next_doomed(connections_t *self, int *fd);

#endif
