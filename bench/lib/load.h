/* A load: clients, each a thread with one connection, that keep up to `window` requests open and count the answers. */

#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lib/histogram.h"
#include "bench/lib/wire.h"
#include "bench/lib/words.h"

#define LOAD_REQUEST_SIZE 40  /* of an echo */
#define LOAD_REPLY_SIZE   300 /* of an echo: the request, then filling */

typedef struct load load_t;

typedef struct {
    uint64_t answered; /* all requests, every one of them answered rightly */
    uint64_t counted;  /* those answered in the time measured */
    uint64_t
        refused; /* mdp: times that `busy` or `timeout` was waited out, which is in the latency */
    uint64_t unrecorded; /* of all: define's answers that came before their words were committed */
    histogram_t latency;
} load_result_t;

/* How to talk to one kind of server. A connection is used by one thread. What is not as it should be fails
 * (failure.h): a reply that is missing, wrong, or to no open request. */
typedef struct {
    const char *name;
    void *(*open)(const load_t *load, unsigned client);
    /* Sends a request that takes the slot, or gathers it for the next receive to send with others. */
    void (*send)(void *connection, unsigned slot);
    /* Waits for the next answer and returns its slot; counts in `result` only what load_run cannot know. */
    unsigned (*receive)(void *connection, load_result_t *result);
    void (*close)(void **connection_p);
} contender_t;

/* proxy: the echo behind a bare proxy, one frame each way. mdp: the echo behind the gateway.
 * define: the whole stack, `define` of a random word, recorded. match: the whole stack, `match` of a random pattern, page
 * after page until it has them all. dict: dictd, DEFINE of a random word, or MATCH with a strategy, over TCP. */
extern const contender_t contender_proxy;
extern const contender_t contender_mdp;
extern const contender_t contender_define;
extern const contender_t contender_match;
extern const contender_t contender_dict;

struct load {
    const contender_t *contender;
    const char *endpoint;
    const char *service; /* mdp */
    bool
        waits_out; /* mdp, with a window of 1: `busy` and `timeout` are waited out, as liblexmq does, else they fail */
    const char *server;   /* the server's certificate, NULL: plaintext */
    const words_t *words; /* define, match, dict */
    const char *database; /* dict */
    const char *strategy; /* match; dict, NULL: DEFINE */
    const void *token;    /* define, match */
    size_t token_size;
    void *context; /* of libzmq */
    unsigned clients;
    unsigned window;
    unsigned warm_up_ms; /* under load, not counted */
    unsigned measure_ms;
};

/* Runs the load. Each client's first request is answered before the clock starts, so connecting is not measured. */
void load_run(const load_t *load, load_result_t *result);

#endif
