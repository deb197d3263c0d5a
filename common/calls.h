/* Calls to other services, inside the worker runtime: common/worker.h has what services see of them. All of it on the loop.
 *
 *   calls.c        sockets, sending, replies
 *   calls_open.c   the open calls by id, and their deadlines */

#ifndef LEX_CALLS_H
#define LEX_CALLS_H

#include "common/worker_private.h"

struct lex_call {
    lex_call_t *next; /* in its bucket */
    unsigned char id[LEX_ID_SIZE];
    lex_called_t *called; /* the service, and how calls to it went */
    int64_t begun_us;
    int64_t deadline;
    int64_t give_up_at; /* while unsent */
    int gateway;        /* that it was sent through; -1: unsent */
    unsigned refused;   /* a bit for each gateway that has answered `unavailable` */
    lex_code_t failure; /* LEX_OK, or what to answer at the next look */
    zmq_msg_t body;     /* kept, should it have to be sent again */
    lex_call_fn *callback;
    void *arg;
};

void lex_open_calls_init(lex_open_calls_t *self);
/* Frees what is still open, unanswered. */
void lex_open_calls_close(lex_open_calls_t *self);
void lex_open_calls_add(lex_open_calls_t *self, lex_call_t *call);
/* Removes and returns the call of that id that was sent, or NULL. */
lex_call_t *lex_open_calls_take(lex_open_calls_t *self, const unsigned char id[LEX_ID_SIZE]);
/* Removes and returns a chain of the calls that are due: answered with a failure, past the
 * deadline, or not to be sent in time. */
lex_call_t *lex_open_calls_take_due(lex_open_calls_t *self, int64_t now);

/* Makes those that were sent through this gateway unsent, until `give_up_at`. Returns how many. */
unsigned lex_open_calls_recall(lex_open_calls_t *self, int gateway, int64_t give_up_at);

void lex_calls_input(lex_worker_t *worker, unsigned gateway);
/* The monitor has something to say. When the connection broke, the answers to what was sent through it will not come: that is
 * sent through another gateway. */
void lex_calls_monitor(lex_worker_t *worker, unsigned gateway);
/* A session was let in with this key: the gateway's caller goes by it as well. */
void lex_calls_use_key(lex_worker_t *worker, lex_gateway_t *gateway, unsigned key);
void lex_calls_send_waiting(lex_worker_t *worker);
void lex_calls_expire(lex_worker_t *worker);
/* Answers every open call with `unavailable` and closes the sockets. */
void lex_calls_end(lex_worker_t *worker);

#endif
