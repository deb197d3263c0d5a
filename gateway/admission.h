/* Which request may be opened, and at whose cost. Each limit has its number in the metrics
 * (lexmq_gateway_busy_total, docs/metrics.md) and its words in the answer `busy`.
 *
 * A connection on the front may have so many requests and bytes open. Where a bound is shared, of a
 * service's queue or of all open requests, who has most pays: the last request of the longest lane
 * is answered `busy` to make room, unless the newcomer would have as much itself (buffer stealing:
 * P. E. McKenney, Stochastic Fairness Queueing, INFOCOM 1990). */

#ifndef GATEWAY_ADMISSION_H
#define GATEWAY_ADMISSION_H

#include <stddef.h>

#include "gateway/lane.h"

typedef struct gateway gateway_t;

typedef enum {
    LIMIT_CLIENT_REQUESTS, /* --client-requests */
    LIMIT_CLIENT_BYTES,    /* --client-bytes */
    LIMIT_QUEUE_REQUESTS,  /* --queue-requests */
    LIMIT_QUEUE_BYTES,     /* --queue-bytes */
    LIMIT_OPEN_REQUESTS,   /* REQUESTS_MAX */
    LIMIT_NONE,            /* also: how many there are */
} limit_t;

/* The limit's name, a label of the metrics; and what its `busy` says. */
const char *limit_name(limit_t limit);
const char *limit_message(limit_t limit);

/* Where a request would come to: its asker and lane are NULL while they have nothing open. */
typedef struct {
    asker_t *asker;
    lane_t *lane;
    struct service *service;
    size_t bytes; /* of the body */
    bool is_back; /* asked on the back: no connection's limit */
} admission_t;

/* LIMIT_NONE, and there is room for the request now, made by answering others `busy` if need be;
 * else the limit that refuses it, which is counted. */
limit_t admission_check(gateway_t *self, const admission_t *admission);

#endif
