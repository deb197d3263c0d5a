#include "gateway/dispatch.h"

#include <assert.h>

#include "common/log.h"
#include "gateway/outbox.h"
#include "gateway/reply.h"

/* How often a request is given to another worker after one was lost with it. */
#define REDISPATCH_MAX 2

static void s_assign(gateway_t *self, peer_t *worker, request_t *request)
{
    request->worker = worker;
    request->state = REQUEST_OUTBOX;
    list_append(&worker->outbox, &request->place);
    if (list_is_empty(&worker->dirty))
        list_append(&self->dirty, &worker->dirty);
    worker->held++;
    worker->open++;
    worker->turn = ++self->turns;
    service_given(request->lane);
    service_worker_changed(worker->service, worker);
    story_given(self, request);
}

void dispatch_service(gateway_t *self, service_t *service)
{
    peer_t *worker;
    request_t *request;
    while (service->queued && (worker = service_best(service)) && (request = service_pop(service)))
        s_assign(self, worker, request);
}

/* Counts a request as open everywhere. */
static void s_open(gateway_t *self, request_t *request)
{
    asker_t *asker = request->lane->asker;
    request->deadline = self->now + self->options.deadline_ms;
    list_append(&self->arrivals, &request->arrival);
    self->open++;
    self->open_front += !request->from_back;
    request->service->open++;
    asker->open++;
    asker->bytes += request->bytes;
}

void dispatch_request(gateway_t *self, request_t *request)
{
    service_t *service = request->service;
    service_seen(service, self->now);
    /* Free credit that is left is for nobody who waits: those are held. */
    peer_t *worker = service_is_held(service, request->lane) ? NULL : service_best(service);
    s_open(self, request);
    if (worker)
        s_assign(self, worker, request);
    else {
        story_queued(self, request);
        service_push(service, request);
    }
}

void dispatch_flush(gateway_t *self)
{
    while (!list_is_empty(&self->dirty)) {
        peer_t *worker = list_item(self->dirty.next, peer_t, dirty);
        list_remove(&worker->dirty);
        worker->spoken = self->now;
        if (outbox_flush(worker, self->back) == -1)
            dispatch_lose(self, worker, zmq_strerror(errno));
    }
}

/* No client waits for the request any more. */
static void s_close(gateway_t *self, request_t *request)
{
    lane_t *lane = request->lane;
    asker_t *asker = lane->asker;
    self->open--;
    self->open_front -= !request->from_back;
    request->service->open--;
    if (request->state == REQUEST_QUEUED)
        service_unqueue(request->service, request);
    else {
        request->worker->open--;
        service_left(request->service, lane);
    }
    request->lane = NULL;
    if (lane->at_work == 0 && lane_waiting(lane) == 0)
        lane_remove(lane);
    asker->bytes -= request->bytes;
    if (--asker->open == 0)
        asker_remove(asker);
}

void dispatch_finish(gateway_t *self, request_t *request)
{
    peer_t *worker = request->worker;
    if (request->state != REQUEST_ABANDONED)
        s_close(self, request);
    requests_release(self->requests, request);
    if (!worker)
        return;
    worker->held--;
    if (!worker->is_draining)
        service_worker_changed(worker->service, worker);
    dispatch_service(self, worker->service);
}

void dispatch_abandon(gateway_t *self, request_t *request)
{
    assert(request->state == REQUEST_SENT);
    s_close(self, request);
    request_drop_frames(request);
    request->state = REQUEST_ABANDONED;
    request->deadline = self->now + self->options.deadline_ms;
    list_remove(&request->arrival);
    list_append(&self->abandoned, &request->arrival);
}

/* The worker was lost with this request: back to the head of the queue, or the end of its tries. */
static void s_return(gateway_t *self, request_t *request)
{
    service_t *service = request->service;
    bool was_sent = request->state == REQUEST_SENT;
    list_remove(&request->place);
    request->worker = NULL;
    if (request->state == REQUEST_ABANDONED) {
        requests_release(self->requests, request);
        return;
    }
    service_left(service, request->lane);
    /* Also for the one that is given up here: whoever ends it takes it from the queue. */
    service_put_back(service, request);
    if (was_sent && (request->has_partial || request->losses == REDISPATCH_MAX)) {
        service->count.unavailable++;
        reply_error(self, request, LEX_UNAVAILABLE, "the worker was lost", 0);
        dispatch_finish(self, request);
    } else if (was_sent) {
        story_returned(self, request);
        request->losses++;
        service->count.redispatched++;
    }
}

static void s_return_all(gateway_t *self, list_t *list)
{
    while (!list_is_empty(list))
        s_return(self, list_item(list->prev, request_t, place));
}

void dispatch_lose(gateway_t *self, peer_t *worker, const char *why)
{
    service_t *service = worker->service;
    bool is_orderly = worker->open == 0 && (worker->is_draining || worker->is_leaving);
    service->count.lost += !is_orderly && !self->is_done;
    if (!worker->is_draining)
        service_remove_worker(service, worker);
    lex_info("worker of %s left: %s; %s, %u open requests, %u workers remain", service->name, why,
             worker->name, worker->open, service->workers);
    /* Latest first, each to the head of the queue: so they stand there in the order they came. */
    s_return_all(self, &worker->outbox);
    s_return_all(self, &worker->at_work);
    peers_remove(&self->peers, &worker);
    service->sessions--;
    dispatch_service(self, service);
}

void dispatch_disconnect(gateway_t *self, peer_t *worker, const char *why)
{
    reply_worker(self, &worker->routing_id, MDPW_DISCONNECT);
    dispatch_lose(self, worker, why);
}

bool dispatch_end_drain(gateway_t *self, peer_t *worker)
{
    if (!worker->is_draining || worker->open > 0)
        return false;
    dispatch_disconnect(self, worker, "drained");
    return true;
}
