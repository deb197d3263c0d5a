/* What is no ZeroMQ at all, or hardly: garbage, and greetings and handshakes that are broken, over plain TCP. */

#ifndef LEXMQ_LIVE_RAW_H
#define LEXMQ_LIVE_RAW_H

#include "tests/fuzz/live/lib/message.h"

#define RAW_SOCKETS 16 /* that stay open for a while, saying nothing more */

typedef struct {
    int sockets[RAW_SOCKETS]; /* -1: none */
    unsigned next;
    unsigned refused; /* connections that could not be had */
} raw_t;

void raw_open(raw_t *self);
void raw_close(raw_t *self);
/* Connects to a port of this machine and sends something; it is let go some connections later, or at once. */
void raw_send(raw_t *self, unsigned port, dice_t *dice);

#endif
