/* The two echoes. Neither returns. */

#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

/* A DEALER behind zmq_proxy: routing id and request in, routing id and reply out. */
void echo_for_proxy(void *socket) __attribute__((noreturn));

typedef struct {
    const char *service;
    unsigned credit; /* READY options, docs/protocol.md section 2.3 */
    unsigned batch;
    unsigned cost_us; /* of processor, for each request */
} echo_worker_t;

/* An MDP/0.2 worker: answers a REQUEST with a FINAL and a BATCH with a BATCH, and heartbeats. */
void echo_for_gateway(void *socket, const echo_worker_t *worker) __attribute__((noreturn));

#endif
