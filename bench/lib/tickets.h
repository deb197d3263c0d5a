/* Which of a client's requests are open. Each request carries a ticket, 16 bytes as random as a request's id, and a
 * reply counts only when it shows the ticket of a request that is open. */

#ifndef BENCH_TICKETS_H
#define BENCH_TICKETS_H

#include <stdint.h>

#define TICKET_SIZE 16

typedef struct tickets tickets_t;

/* At most `window` requests are open at a time, each in a slot from 0 to window - 1. */
tickets_t *tickets_new(unsigned window);
void tickets_destroy(tickets_t **self_p);

/* Opens the slot for a request about `subject`, a number of the caller's, and returns its ticket: TICKET_SIZE bytes
 * that stay until the slot is opened again. */
const unsigned char *tickets_open(tickets_t *self, unsigned slot, unsigned subject);

/* Closes the slot of a reply's ticket and returns its number; fails (failure.h) when no such request is open. */
unsigned tickets_close(tickets_t *self, const unsigned char ticket[TICKET_SIZE], unsigned *subject);

#endif
