/* How many bytes libzmq holds for one connection, from what the kernel counted for it and what the loop took and gave
 * (meter.h), at looks some time apart.
 *
 * Unread is what came less what the loop was handed. Some of what comes is for libzmq alone, the handshake and the heartbeats of
 * the connection, so this sum would creep up by a megabyte or two a day. It is put right whenever it can be known better: when the
 * loop had read the socket empty between the last two looks, and has taken a message of this connection since, then that message
 * was not complete before; bytes arrive in order, so all that had come by the look before the last is handed over. Only a
 * connection that says nothing but heartbeats for weeks is not put right: it is ended once, and made anew by its client.
 *
 * Unsent is what was given less what the other side's kernel has. Heartbeats make that too little; where it falls below nothing, it
 * is nothing. What was given to a connection that ended before under the same descriptor makes it too much; when nothing moves
 * and the kernel has nothing to send, there is nothing. */

#ifndef GATEWAY_BACKLOG_H
#define GATEWAY_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t received, acked; /* the kernel's */
    bool is_all_acked;
    uint64_t taken, given; /* the meter's: read before the kernel was asked */
    bool was_dry;          /* the loop has read the socket empty since the last look */
} backlog_sample_t;

typedef struct {
    uint64_t taken_base; /* of the meter's numbers, what is not this connection's */
    uint64_t given_base;
    uint64_t received_before; /* at the look before the last */
    backlog_sample_t last;
    uint64_t unread; /* bytes, at the last look, those in the kernel included */
    uint64_t doubt;  /* bytes that may lie unread besides: see backlog_begin */
    uint64_t unsent;
} backlog_t;

/* A connection begins, of which libzmq has read `read` bytes already: for the guard may hear of it late. How much of that the loop
 * has taken, the meter's numbers of now do not tell; so it counts as taken, and as a doubt, until what came by then must be handed
 * over, by the rule above. */
void backlog_begin(backlog_t *self, uint64_t taken, uint64_t given, uint64_t read);
void backlog_look(backlog_t *self, const backlog_sample_t *sample);

#endif
