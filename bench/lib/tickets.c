#include "bench/lib/tickets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/random.h"
#include "common/memory.h"
#include "common/random.h"

typedef struct {
    unsigned char ticket[TICKET_SIZE];
    unsigned subject;
    bool is_open;
} s_slot_t;

/* A ticket as it travels: random, as ids of requests are, but for the slot at its end. */
typedef struct {
    uint64_t random;
    uint32_t more_random;
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
    s_ticket_t ticket = {random_next(&self->random), (uint32_t)random_next(&self->random), slot};
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
