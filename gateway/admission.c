#include "gateway/admission.h"

#include "gateway/dispatch.h"
#include "gateway/reply.h"
#include "gateway/state.h"

static const struct {
    const char *name, *message;
} s_limits[LIMIT_NONE] = {
    [LIMIT_CLIENT_REQUESTS] = {"client_requests", "this connection has too many requests open"},
    [LIMIT_CLIENT_BYTES] = {"client_bytes", "this connection has too many bytes open"},
    [LIMIT_QUEUE_REQUESTS] = {"queue_requests", "the queue is full"},
    [LIMIT_QUEUE_BYTES] = {"queue_bytes", "the queue is full of bytes"},
    [LIMIT_OPEN_REQUESTS] = {"open_requests", "the gateway has too many requests open"},
};

const char *limit_name(limit_t limit)
{
    return s_limits[limit].name;
}

const char *limit_message(limit_t limit)
{
    return s_limits[limit].message;
}

/* Ends a request that waits, for another that takes its room. */
static void s_end(gateway_t *self, request_t *request, limit_t limit)
{
    request->service->count.busy++;
    self->limited[limit]++;
    reply_error(self, request, LEX_BUSY, limit_message(limit), RETRY_BUSY_MS);
    dispatch_finish(self, request);
}

static limit_t s_check_client(const gateway_t *self, const admission_t *admission)
{
    const asker_t *asker = admission->asker;
    if (admission->is_back)
        return LIMIT_NONE;
    if ((asker ? asker->open : 0) >= self->options.client_requests)
        return LIMIT_CLIENT_REQUESTS;
    if ((asker ? asker->bytes : 0) + admission->bytes > self->options.client_bytes)
        return LIMIT_CLIENT_BYTES;
    return LIMIT_NONE;
}

/* With free credit, and a part of it left for the asker, there is no queue to be full. */
static bool s_waits(const admission_t *admission)
{
    return !service_best(admission->service) ||
           (admission->lane && service_is_held(admission->service, admission->lane));
}

static limit_t s_check_queue(gateway_t *self, const admission_t *admission)
{
    service_t *service = admission->service;
    const lane_t *lane = admission->lane;
    if (!s_waits(admission))
        return LIMIT_NONE;
    if (service->queued >= self->options.queue_requests) {
        request_t *last = service_last_of_longest(service, false);
        if (!last || lane_waiting(last->lane) <= (lane ? lane_waiting(lane) : 0) + 1)
            return LIMIT_QUEUE_REQUESTS;
        s_end(self, last, LIMIT_QUEUE_REQUESTS);
    }
    while (service->queued_bytes + admission->bytes > self->options.queue_bytes) {
        request_t *last = service_last_of_longest(service, true);
        if (!last || last->lane->bytes.weight <= (lane ? lane->bytes.weight : 0) + admission->bytes)
            return LIMIT_QUEUE_BYTES;
        s_end(self, last, LIMIT_QUEUE_BYTES);
    }
    return LIMIT_NONE;
}

/* The last request of the longest lane of all services: a look at each of at most SERVICES_MAX, and
 * only while as many requests are open as may be. */
static request_t *s_last_of_all(const gateway_t *self)
{
    request_t *longest = NULL;
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next) {
        request_t *last = service_last_of_longest(list_item(node, service_t, all), false);
        if (last && (!longest || lane_waiting(last->lane) > lane_waiting(longest->lane)))
            longest = last;
    }
    return longest;
}

static limit_t s_check_open(gateway_t *self, const admission_t *admission)
{
    if (requests_has_room(self->requests))
        return LIMIT_NONE;
    request_t *last = s_last_of_all(self);
    unsigned own = admission->asker ? admission->asker->open : 0;
    if (!last || lane_waiting(last->lane) <= own + 1)
        return LIMIT_OPEN_REQUESTS;
    s_end(self, last, LIMIT_OPEN_REQUESTS);
    return LIMIT_NONE;
}

limit_t admission_check(gateway_t *self, const admission_t *admission)
{
    limit_t limit = s_check_client(self, admission);
    if (limit == LIMIT_NONE)
        limit = s_check_queue(self, admission);
    if (limit == LIMIT_NONE)
        limit = s_check_open(self, admission);
    if (limit != LIMIT_NONE)
        self->limited[limit]++;
    return limit;
}
