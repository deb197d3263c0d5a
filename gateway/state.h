/* What the parts of the gateway share; for the files of this folder only. */

#ifndef GATEWAY_STATE_H
#define GATEWAY_STATE_H

#include <czmq.h>
#include <stdatomic.h>

#include "common/body.h"
#include "common/monitor.h"
#include "common/writer.h"
#include "gateway/admission.h"
#include "gateway/asker.h"
#include "gateway/certificates.h"
#include "gateway/frames.h"
#include "gateway/gateway.h"
#include "gateway/guard.h"
#include "gateway/list.h"
#include "gateway/peer.h"
#include "gateway/request.h"
#include "gateway/service.h"
#include "gateway/story.h"

#define RETRY_BUSY_MS                                                                              \
    100 /* retry_ms of `busy`: a full queue of 10,000 is worked off in about that */
#define RETRY_DRAIN_MS 200 /* retry_ms of `unavailable` while draining */

struct gateway {
    gateway_options_t options;
    zsock_t *front_socket; /* owns the two below */
    zsock_t *back_socket;
    void *front; /* the libzmq sockets, for the hot path */
    void *back;
    guard_t *guard;
    meter_t *meter;               /* the guard's */
    zactor_t *zap;                /* NULL with insecure */
    certificates_t *certificates; /* NULL with insecure */
    int signals;                  /* signalfd */

    services_t services;
    peers_t peers;
    requests_t *requests;
    askers_t askers;
    list_t arrivals;  /* open requests by `arrival`, the next deadline first: all have the same time
                         to live */
    list_t abandoned; /* abandoned requests by `arrival`, likewise */
    list_t dirty;     /* peers with a filled outbox */
    unsigned open;    /* requests in `arrivals` */
    unsigned open_front; /* of those, the ones from the front */
    uint64_t turns;      /* dispatches so far; peer_t.turn */

    int64_t now;    /* monotonic ms, read once or twice a round */
    int64_t now_us; /* the same moment in microseconds */
    int64_t started;
    int64_t tick_at;     /* next look at heartbeats, certificates and signals */
    int64_t drain_until; /* while draining */
    unsigned refusals;   /* requests from the front answered `busy` in this round */
    bool is_draining;
    bool is_done;
    bool is_cut_short; /* by a second signal or a fault */

    lex_monitor_t *monitor; /* NULL: nobody may ask */
    int wake;               /* eventfd: written by the monitor's thread after is_asked */
    atomic_bool is_asked;   /* the monitor waits for an answer */
    story_t story;

    uint64_t bad_frames;          /* messages that were no valid command */
    uint64_t unroutable;          /* messages whose receiver was gone or did not read */
    uint64_t late_replies;        /* replies to nothing that is open at that worker */
    uint64_t refused;             /* requests for what the peer may not ask for */
    uint64_t limited[LIMIT_NONE]; /* requests answered `busy`, by the limit */

    frames_t frames;     /* the message in hand */
    lex_writer_t writer; /* bodies of our own, and READY options */
    lex_body_t *body;
};

/* Takes a round's messages from one of the two sockets and does what they ask, without waiting; outboxes fill and are not sent. True when
 * there may be more. The step of gateway_run that reads; a test that has its own clock takes it by itself. */
bool gateway_read(gateway_t *self, void *socket);

#endif
