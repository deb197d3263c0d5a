/* The queue of a service: a lane for each asker, and the lanes take turns, one request each.
 *
 * Turns go by requests (fair queueing: J. Nagle, RFC 970, 1985) and not by bytes (deficit round
 * robin: M. Shreedhar, G. Varghese, SIGCOMM 1995), because what is shared is the credit of the
 * workers, and a request takes one of it whatever its size; bytes are bounded on their own
 * (admission.c). A step costs O(1) but for the heaps of who has most, O(log lanes).
 *
 * Turns alone share the order in which requests leave here, and not the workers: a worker answers
 * in the order it was asked, so whoever fills its credit makes the others wait there. So a lane
 * may have at the workers only its part: what keeps them occupied, divided by the lanes; or twice
 * what the others have on average, so that several that ask much may together use all credit. A
 * lane that has its part is held: it takes no turns until that changes. Who asks alone may have
 * all.
 *
 * A worker answers many requests in one message, and for a moment all those who asked have nothing
 * open. So lanes are counted by the most there were at once a while ago, or a moment would do to
 * fill all credit again. */

#include <assert.h>

#include "gateway/service.h"

/* Requests that keep one worker occupied while answers and new requests travel: two of the BATCH
 * frames that ours take, one at work and one on its way. */
#define WORKER_DEPTH 128

/* How long lanes that are gone count: this while and the one before. */
#define WHILE_MS 100

static unsigned s_more(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

void service_seen(service_t *self, int64_t now)
{
    if (now - self->lanes_since >= WHILE_MS) {
        bool is_next = now - self->lanes_since < 2 * WHILE_MS;
        self->lanes_most[1] = is_next ? self->lanes_most[0] : 0;
        self->lanes_most[0] = 0;
        self->lanes_since = now;
    }
    self->lanes_most[0] = s_more(self->lanes_most[0], self->lanes);
}

bool service_is_held(const service_t *self, const lane_t *lane)
{
    uint64_t lanes = s_more(self->lanes_most[0], self->lanes_most[1]);
    uint64_t own = lane->at_work;
    uint64_t others = self->open - self->queued - own;
    return lanes > 1 && own > 0 && own * lanes >= (uint64_t)WORKER_DEPTH * self->workers &&
           own * (lanes - 1) >= 2 * others;
}

static void s_to_end(list_t *list, lane_t *lane)
{
    list_remove(&lane->turn);
    list_append(list, &lane->turn);
}

static void s_hold(service_t *self, lane_t *lane, bool is_held)
{
    lane->is_held = is_held;
    s_to_end(is_held ? &self->held : &self->turns, lane);
}

/* The lane whose turn it is, or NULL. Of those that are held one is looked at in each call, for
 * when others leave. */
static lane_t *s_next(service_t *self)
{
    while (!list_is_empty(&self->turns)) {
        lane_t *lane = list_item(self->turns.next, lane_t, turn);
        if (!service_is_held(self, lane))
            return lane;
        s_hold(self, lane, true);
    }
    if (list_is_empty(&self->held))
        return NULL;
    lane_t *lane = list_item(self->held.next, lane_t, turn);
    s_hold(self, lane, service_is_held(self, lane));
    return lane->is_held ? NULL : lane;
}

/* A request joins its lane (1) or leaves it (-1). */
static void s_weigh(service_t *self, request_t *request, int sign)
{
    lane_t *lane = request->lane;
    uint64_t one = (uint64_t)(int64_t)sign;
    uint64_t bytes = one * request->bytes;
    self->queued += (unsigned)sign;
    self->queued_bytes += bytes;
    heap_weigh(&self->by_requests, &lane->waiting, lane->waiting.weight + one);
    heap_weigh(&self->by_bytes, &lane->bytes, lane->bytes.weight + bytes);
}

static void s_queued(service_t *self, request_t *request)
{
    request->state = REQUEST_QUEUED;
    request->worker = NULL;
    s_weigh(self, request, 1);
}

void service_push(service_t *self, request_t *request)
{
    lane_t *lane = request->lane;
    bool is_first = lane_waiting(lane) == 0;
    list_append(&lane->queue, &request->place);
    s_queued(self, request);
    if (is_first)
        s_hold(self, lane, service_is_held(self, lane));
}

void service_put_back(service_t *self, request_t *request)
{
    lane_t *lane = request->lane;
    list_prepend(&lane->queue, &request->place);
    lane->is_held = false;
    list_remove(&lane->turn);
    list_prepend(&self->turns, &lane->turn);
    s_queued(self, request);
}

request_t *service_pop(service_t *self)
{
    lane_t *lane = s_next(self);
    if (!lane)
        return NULL;
    request_t *request = list_item(lane->queue.next, request_t, place);
    s_to_end(&self->turns, lane);
    service_unqueue(self, request);
    return request;
}

void service_unqueue(service_t *self, request_t *request)
{
    assert(request->state == REQUEST_QUEUED && request->service == self);
    list_remove(&request->place);
    s_weigh(self, request, -1);
    if (lane_waiting(request->lane) == 0)
        list_remove(&request->lane->turn);
}

request_t *service_last_of_longest(const service_t *self, bool by_bytes)
{
    heap_node_t *first = heap_first(by_bytes ? &self->by_bytes : &self->by_requests);
    if (!first)
        return NULL;
    lane_t *lane = by_bytes ? list_item(first, lane_t, bytes) : list_item(first, lane_t, waiting);
    return list_item(lane->queue.prev, request_t, place);
}

void service_given(lane_t *lane)
{
    lane->at_work++;
}

void service_left(service_t *self, lane_t *lane)
{
    assert(lane->at_work > 0);
    lane->at_work--;
    if (lane->is_held && lane_waiting(lane) > 0)
        s_hold(self, lane, false);
}
