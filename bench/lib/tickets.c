#include "bench/lib/tickets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/random.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/random.h"

typedef struct {
    unsigned char ticket[TICKET_SIZE];
    unsigned subject;
    bool is_open;
} s_slot_t;

/* A ticket as it travels: made as ids of requests are (common/random.h), but for the slot at its end. */
typedef struct {
    unsigned char time[6]; /* UTC ms, big-endian */
    unsigned char random[6];
    uint32_t slot;
} s_ticket_t;

_Static_assert(sizeof(s_ticket_t) == TICKET_SIZE, "a ticket has no padding");

struct tickets {
    random_t random;
    unsigned window;
    s_slot_t slots[];
};

tickets_t *tickets_new(unsigned window)
{
    tickets_t *self = lex_calloc(1, sizeof *self + window * sizeof self->slots[0]);
    self->window = window;
    lex_random_bytes(&self->random, sizeof self->random);
    return self;
}

void tickets_destroy(tickets_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

const unsigned char *tickets_open(tickets_t *self, unsigned slot, unsigned subject)
{
    s_slot_t *opened = &self->slots[slot];
    uint64_t now = (uint64_t)lex_utc_ms(), random = random_next(&self->random);
    s_ticket_t ticket = {.slot = slot};
    for (int i = 0; i < 6; i++)
        ticket.time[i] = (unsigned char)(now >> (40 - 8 * i));
    memcpy(ticket.random, &random, sizeof ticket.random);
    memcpy(opened->ticket, &ticket, sizeof ticket);
    opened->subject = subject;
    opened->is_open = true;
    return opened->ticket;
}

unsigned tickets_close(tickets_t *self, const unsigned char in[TICKET_SIZE], unsigned *subject)
{
    s_ticket_t ticket;
    memcpy(&ticket, in, sizeof ticket);
    s_slot_t *slot = ticket.slot < self->window ? &self->slots[ticket.slot] : NULL;
    if (!slot || !slot->is_open || memcmp(slot->ticket, in, TICKET_SIZE) != 0)
        fail("a reply to no open request: somebody else's, or a second one");
    slot->is_open = false;
    *subject = slot->subject;
    return ticket.slot;
}
