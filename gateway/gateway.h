/* The gateway: two ROUTER sockets, one thread, one loop (README.md shows a request's path).
 * It keeps nothing that matters: after a restart workers register and clients ask again. */

#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *front;       /* endpoints to bind, comma-separated */
    const char *back;        /* the same */
    const char *certificate; /* our secret certificate file; NULL only with insecure */
    const char *workers; /* folder with the workers' public certificates; NULL only with insecure */
    bool insecure;       /* plaintext, any worker, any call */
    int64_t deadline_ms; /* a request's, from receipt */
    unsigned queue_requests;    /* waiting in one service's queue */
    size_t queue_bytes;         /* body bytes waiting in one service's queue */
    unsigned client_requests;   /* open of one connection on the front */
    size_t client_bytes;        /* body bytes open of one connection on the front */
    int64_t max_request;        /* bytes of a frame on the front */
    unsigned max_connections;   /* on the front */
    uint64_t connection_bytes;  /* unread, or unsent, of one client's connection */
    uint64_t total_bytes;       /* both, of all clients' together */
    int64_t heartbeat_ms;       /* MDP heartbeats, both directions */
    int64_t drain_ms;           /* what open requests get after the first signal */
    const char *ready_services; /* we are ready with a worker of each; NULL: none */
    const char *metrics;        /* HOST:PORT of the monitor (common/monitor.h); NULL: none */
    bool is_following;          /* some requests are told of step by step (common/log.h) */
} gateway_options_t;

typedef struct gateway gateway_t;

/* Binds the sockets and logs where. libzmq has as many I/O threads as zsys_set_io_threads said before. SIGTERM and SIGINT must be blocked in all threads; the loop
 * reads them itself. The strings of the options must outlive the gateway. NULL and a logged error
 * when a certificate cannot be used or an endpoint not be bound. */
gateway_t *gateway_new(const gateway_options_t *options);
void gateway_destroy(gateway_t **self_p);

/* Serves until SIGTERM or SIGINT and the drain after it. 0; 1 when a second signal cut the drain
 * short, or on a fault that was logged. */
int gateway_run(gateway_t *self);

#endif
