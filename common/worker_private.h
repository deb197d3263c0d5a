/* Inside the worker runtime. common/worker.h is what services see.
 *
 *   worker.c           construction, registration, what may be called from any thread
 *   worker_loop.c      lex_worker_run: poll, rounds, timers
 *   worker_mailbox.c   what other threads hand to the loop: posted functions and replies
 *   worker_signals.c   SIGTERM and SIGINT as a file descriptor
 *   worker_socket.c    DEALERs with every option set
 *   session.c          one MDP session: socket, READY, heartbeats, liveness, a fresh start
 *   session_input.c    frames from a gateway
 *   session_output.c   commands and packed replies to a gateway
 *   request.c          request objects: parse, check, dispatch
 *   reply.c            lex_reply_*
 *   calls.h, calls.c   calls to other services: sockets, sending, replies
 *   calls_open.c       the open calls by id, and their deadlines
 *   drain.c            leaving
 *   worker_watch.c     the monitor, readiness, the page of metrics
 *   worker_story.c     lines of log about a request
 *
 * A round is: wait, mailbox, sessions, calls, timers, after_round callbacks, mailbox again, flush,
 * and (a few times per heartbeat) upkeep. Everything runs on the loop thread unless a comment says
 * otherwise, so only the mailbox has a lock. */

#ifndef LEX_WORKER_PRIVATE_H
#define LEX_WORKER_PRIVATE_H

#include <czmq.h>
#include <pthread.h>
#include <stdatomic.h>

#include "common/curve.h"
#include "common/mdp.h"
#include "common/pool.h"
#include "common/worker.h"
#include "common/worker_watch.h"

#define LEX_GATEWAYS_MAX 16
#define LEX_SERVICES_MAX 16
#define LEX_FRAME_MAX    (16 << 20) /* bytes of one frame that we accept */
#define LEX_ROUND_MESSAGES                                                                         \
    256                         /* messages read from one socket before the others have their turn \
                                 */
#define LEX_ROUND_REQUESTS 1024 /* and requests, which a BATCH holds many of */
#define LEX_FREE_REQUESTS  1024 /* request objects kept for reuse */
#define LEX_KEEP_BYTES     (16 << 10) /* a request object keeps no larger buffers */
#define LEX_CREDIT_SLACK   16         /* open requests over our credit that we still take */
#define LEX_WAITING_MAX                                                                            \
    20000 /* replies that wait for a session's socket; past it requests are dropped */
#define LEX_PARTIAL_BYTES                                                                          \
    (32 << 20) /* PARTIAL bytes that wait to be sent before pool threads have to wait */
#define LEX_PARTIAL_WAIT_MS    10000 /* as long as a gateway waits for an answer */
#define LEX_LINGER_MS          1000  /* how long the last replies may hold up our exit */
#define LEX_CALLS_MAX          10000 /* open calls */
#define LEX_CALL_GRACE_MS      100 /* how long a call waits for a gateway when none is connected */
#define LEX_CALL_BUCKETS       1024
#define LEX_DEFAULT_POOL_QUEUE 10000

typedef struct lex_session lex_session_t;
typedef struct lex_call lex_call_t;

/* ---- what leaves ---- */

/* A PARTIAL or FINAL on its way to a session. A FINAL is part of its request, a PARTIAL stands
 * alone and owns its data. */
typedef struct lex_outgoing {
    struct lex_outgoing *next;
    lex_session_t *session;
    uint64_t epoch;         /* the session's when the request came */
    lex_request_t *request; /* what a FINAL ends; NULL for a PARTIAL */
    char *data;
    size_t size;
    uint8_t kind;
    uint8_t address_size;
    unsigned char address[255];
} lex_outgoing_t;

typedef struct {
    lex_outgoing_t *first;
    lex_outgoing_t *last;
} lex_outgoing_list_t;

/* ---- requests ---- */

struct lex_request {
    lex_outgoing_t reply;    /* where it came from, and the FINAL once it is ended */
    lex_request_t *previous; /* neighbours in the worker's list of open requests */
    lex_request_t *next;     /* also the next free object */
    lex_worker_t *worker;
    const struct lex_served *service;
    const lex_op_t *op; /* NULL until it is found */
    lex_handler_fn *handler;
    zmq_msg_t frame; /* shared with the other requests of its BATCH */
    size_t size;     /* bytes of the body */
    lex_body_t *body;
    lex_writer_t writer;
    const unsigned char *id; /* into the frame; NULL while unknown */
    const void *token;       /* into the frame; NULL: none */
    size_t token_size;
    bool begun;  /* lex_reply_begin was called since the last page */
    bool spoilt; /* a page could not be sent: FINAL will be too_large, or timeout */
    lex_code_t spoilt_code;
    bool mailed; /* a page went through the mailbox: the FINAL must follow it there */
    bool has_claims;
    lex_claims_t claims;
    lex_code_t code;     /* how it was ended */
    int64_t received_us; /* the round's beginning, monotonic */
};

/* A service that we serve. */
typedef struct lex_served {
    char *name;
    const lex_op_t *ops;
    unsigned credit;
    unsigned batch;
    void *context;
    lex_service_counts_t *counts;
} lex_served_t;

/* ---- gateways and sessions ---- */

typedef struct {
    char *endpoint;
    zsock_t *caller;  /* MDP/Client; opened with the first call */
    zsock_t *monitor; /* where libzmq says that the caller's connection broke; NULL: it cannot */
    unsigned key;     /* which of its keys let a session in last; the caller's */
    int64_t
        broken_until; /* the caller's connection has just broken: what libzmq may still take is lost */
    bool silent;      /* a session was lost to silence and nothing was heard since */
    bool complained; /* that it is away was logged */
} lex_gateway_t;

typedef enum {
    LEX_SESSION_PAUSED,     /* no socket; a fresh one at `reopen_at` */
    LEX_SESSION_CONNECTING, /* socket, not connected yet: READY is still to be sent */
    LEX_SESSION_OPEN,       /* READY sent */
    LEX_SESSION_DRAINING,   /* leaving: requests are finished, none is expected */
    LEX_SESSION_DONE        /* left for good */
} lex_session_state_t;

struct lex_session {
    lex_worker_t *worker;
    lex_gateway_t *gateway;
    const lex_served_t *service;
    lex_session_state_t state;
    unsigned key;        /* of the gateway, that this socket was opened with */
    unsigned keys_tried; /* since one let us in */
    zsock_t *socket;
    void *handle;   /* the libzmq socket in `socket`, or NULL */
    uint64_t epoch; /* changes whenever a socket is opened or closed: replies of another epoch are
                       dropped */
    unsigned open;  /* requests of this epoch without a FINAL */
    int64_t heard_at;
    int64_t sent_at;
    int64_t opened_at;
    int64_t reopen_at;
    unsigned pause_ms; /* the next pause, before jitter */
    bool writable;     /* at the last upkeep, or since */
    bool drain_sent;
    bool welcome; /* the gateway has said something since READY that was no DISCONNECT */
    lex_outgoing_list_t outgoing;
    unsigned waiting; /* in `outgoing` */
};

/* ---- what other threads hand over ---- */

typedef struct lex_posted {
    struct lex_posted *next;
    lex_loop_fn *run;
    void *arg;
} lex_posted_t;

typedef struct {
    pthread_mutex_t lock; /* guards everything below but the descriptor */
    pthread_cond_t room;  /* there is room for PARTIALs again, or nobody will send them any more */
    int wake;             /* eventfd */
    bool woken;           /* it was written to and not yet read */
    bool closed;          /* the loop has ended */
    lex_outgoing_list_t replies;
    lex_posted_t *first_posted;
    lex_posted_t *last_posted;
    size_t partial_bytes; /* here and in the sessions */
} lex_mailbox_t;

void lex_mailbox_init(lex_mailbox_t *self);
void lex_mailbox_close(lex_mailbox_t *self); /* frees posted functions that did not run */
/* From any thread. */
void lex_mailbox_wake(lex_mailbox_t *self);
void lex_mailbox_post(lex_mailbox_t *self, lex_loop_fn *fn, void *arg);
void lex_mailbox_reply(lex_mailbox_t *self, lex_outgoing_t *item);
/* Accounts for a PARTIAL of `size` bytes. With `wait` blocks while too many are unsent: false when
 * that took too long. */
bool lex_mailbox_reserve(lex_mailbox_t *self, size_t size, bool wait);
void lex_mailbox_unreserve(lex_mailbox_t *self, size_t size);
/* On the loop. */
lex_outgoing_t *lex_mailbox_take(lex_mailbox_t *self, lex_posted_t **posted);
void lex_mailbox_end(lex_mailbox_t *self);

/* ---- signals ---- */

typedef struct {
    int fd; /* readable after a signal; -1: another worker of this process has them */
    struct sigaction terminate, interrupt, broken_pipe; /* what was there before */
} lex_signals_t;

void lex_signals_catch(lex_signals_t *self);
void lex_signals_restore(lex_signals_t *self);
/* Signals since the last look. */
unsigned lex_signals_take(lex_signals_t *self);

/* ---- the worker ---- */

typedef struct {
    unsigned interval;
    int64_t next;
    lex_loop_fn *run;
    void *arg;
} lex_timer_t;

typedef struct {
    lex_call_t *buckets[LEX_CALL_BUCKETS];
    unsigned count;
    unsigned unsent;       /* of those, waiting for a gateway */
    int64_t next_deadline; /* no open call is due before; INT64_MAX: none is open */
} lex_open_calls_t;

struct lex_worker {
    unsigned heartbeat_ms;
    unsigned drain_ms;
    unsigned threads;
    unsigned queue;
    lex_curve_t *curve; /* NULL: plaintext */
    lex_verifier_t *verifier;

    lex_gateway_t gateways[LEX_GATEWAYS_MAX];
    unsigned gateway_count;
    lex_served_t services[LEX_SERVICES_MAX];
    unsigned service_count;
    lex_session_t *sessions; /* gateway_count x service_count, while running */
    unsigned session_count;

    lex_pool_t *pool;
    pthread_t loop_thread;
    bool running;
    int64_t now;    /* monotonic ms, read once a round */
    int64_t now_us; /* the same in microseconds, and again before replies are sent */
    int64_t utc;
    int64_t upkeep_at; /* when sessions are looked after next */
    int64_t upkept_at; /* and when they were last */
    lex_mailbox_t mailbox;
    lex_signals_t signals;

    lex_timer_t *timers;
    unsigned timer_count;
    lex_timer_t *rounds; /* after_round callbacks; only run and arg are used */
    unsigned round_count;

    lex_request_t *open_requests;
    unsigned open_count;
    lex_request_t *free_requests;
    unsigned free_count;

    lex_open_calls_t calls;
    unsigned preferred; /* gateway for the next call */
    bool callers_open;
    lex_body_t *call_body;

    atomic_bool stop;
    atomic_bool draining;
    atomic_bool ended; /* jobs that still queue are dropped */
    atomic_uint holds;
    int64_t drain_deadline;

    lex_watch_t watch;
    int64_t logged_bad_frame;
    lex_ready_fn *ready; /* sessions wait for it; NULL: they need not, or it was true */
    void *ready_arg;
    int64_t logged_credit;
};

bool lex_worker_is_on_loop(const lex_worker_t *self);
/* False while the service says that it cannot serve yet (lex_worker_open_when). On the loop. */
bool lex_worker_is_ready(lex_worker_t *self);

/* ---- sockets ---- */

/* A connecting DEALER with every limit and interval set, for the gateway's key of that number; NULL and a logged error when the
 * endpoint is malformed. */
zsock_t *lex_worker_dealer(const lex_worker_t *self, const lex_gateway_t *gateway, unsigned key,
                           unsigned hwm);
/* Sends one part; goes on after a signal. -1 when the socket cannot take it. Only the first part of
 * a message may carry ZMQ_DONTWAIT: libzmq never blocks on a later one, and drops the rest of a
 * message whose connection broke in between. */
int lex_send_part(void *handle, const void *data, size_t size, int flags);
int lex_send_msg(void *handle, zmq_msg_t *msg, int flags);
/* Receives a whole message without waiting into `parts`, which has room for `max`. Returns its
 * number of parts, of which those past `max` were thrown away; 0 when none is waiting. */
unsigned lex_receive(void *handle, zmq_msg_t *parts, unsigned max);
void lex_close_parts(zmq_msg_t *parts, unsigned count, unsigned max);
/* True for the header and one-byte command that every MDP message begins with; *command is then
 * set. */
bool lex_mdp_command(zmq_msg_t *parts, unsigned count, const char *header, uint8_t *command);
/* Counts a frame that is no command, and says so now and then. */
void lex_worker_bad_frame(lex_worker_t *self, const lex_gateway_t *gateway, const char *what);

/* ---- sessions ---- */

void lex_session_init(lex_session_t *self, lex_worker_t *worker, lex_gateway_t *gateway,
                      const lex_served_t *service);
/* Opens a fresh socket. -1 and a logged error when the endpoint is malformed. */
int lex_session_open(lex_session_t *self);
/* Closes the socket, which has `linger` ms to send what it holds, and forgets the epoch's replies.
 */
void lex_session_close(lex_session_t *self, int linger);
/* Closes, and opens again after a pause; while draining, for good. `linger` as in
 * lex_session_close. */
void lex_session_restart(lex_session_t *self, int linger);
/* Connected: says READY. */
void lex_session_ready(lex_session_t *self);
/* The connection stands again after a break. The gateway no longer knows us: the sooner it hears from us, the sooner it says so. */
void lex_session_back(lex_session_t *self);
/* True when our READY carries options, so that BATCH and DRAIN may be used. */
bool lex_session_has_options(const lex_session_t *self);
/* The gateway has said something; `welcome` unless that was DISCONNECT. */
void lex_session_heard(lex_session_t *self, bool welcome);
/* Heartbeat, liveness, reopening. */
void lex_session_upkeep(lex_session_t *self);
/* Reads what is waiting, up to the budget of a round. */
void lex_session_input(lex_session_t *self);

/* A command without further frames. False when the socket cannot take it now. */
bool lex_session_command(lex_session_t *self, uint8_t command);
/* Queues a PARTIAL or FINAL for the end of the round, or drops it when its session is gone. Takes
 * the item. */
void lex_session_queue(lex_outgoing_t *item);
void lex_session_flush(lex_session_t *self);
void lex_session_forget_outgoing(lex_session_t *self);

/* ---- requests and replies ---- */

/* One request of `size` bytes at `offset` in `frame`, which is shared, not taken. `frames` is the
 * number of its body frames. */
void lex_request_accept(lex_session_t *session, zmq_msg_t *frame, size_t offset, size_t size,
                        const unsigned char *address, uint8_t address_size, unsigned frames);
/* Back to the free list. On the loop. */
void lex_request_release(lex_request_t *self);
/* Its FINAL leaves, or is dropped: counts it, and says so where that is due. On the loop. */
void lex_request_answered(const lex_request_t *self);
void lex_requests_destroy(lex_worker_t *worker);

void lex_outgoing_append(lex_outgoing_list_t *list, lex_outgoing_t *item);
/* Frees a PARTIAL, releases the request of a FINAL. On the loop. */
void lex_outgoing_release(lex_outgoing_t *item);

/* ---- leaving ---- */

void lex_drain_begin(lex_worker_t *worker);
/* Says what is still to be said; true when everything is finished or the time is up. */
bool lex_drain_is_over(lex_worker_t *worker);
/* DISCONNECT to everybody, sockets closed. */
void lex_drain_end(lex_worker_t *worker);

#endif
