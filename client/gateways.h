/* Every gateway of the list, asked at the same time: each has a handle and a thread of its own, so that
 * one that is away or silent keeps nobody waiting. */

#ifndef GATEWAYS_H
#define GATEWAYS_H

#include <lexmq.h>

typedef struct gateways gateways_t;

/* What one of them said last. */
typedef struct {
    lexmq_status_t outcome;         /* of asking for the status */
    char *reason;                   /* a cleaned sentence, when that is not LEXMQ_OK; else NULL */
    lexmq_gateway_status_t *status; /* NULL: away */
    lexmq_workers_t *workers;       /* NULL: away, or it does not know the question */
} gateway_answer_t;

/* Frees what is in it, and zeroes it. */
void gateway_answer_clear(gateway_answer_t *self);

/* One for each gateway of the handle's list; nobody is asked yet. Signals that are blocked now stay so
 * for the threads. Caller owns return value and must destroy it when done. */
gateways_t *gateways_new(const lexmq_t *lexmq, unsigned timeout_ms);
/* Gives up what is under way. */
void gateways_destroy(gateways_t **self_p);

size_t gateways_count(const gateways_t *self);
/* The endpoint of one; lives as long as `self`. */
const char *gateways_name(const gateways_t *self, size_t index);

/* Asks all that are not being asked. */
void gateways_ask(gateways_t *self);
/* Waits until nobody is being asked. */
void gateways_wait(gateways_t *self);

/* A descriptor that has input when somebody may have answered. */
int gateways_descriptor(const gateways_t *self);
/* Empties it, before gateways_take is called for all. */
void gateways_heard(gateways_t *self);
/* Moves the answer of one, which the caller then owns, into `out`. False when there is none that was
 * not taken. */
bool gateways_take(gateways_t *self, size_t index, gateway_answer_t *out);

#endif
