/* What must be true of a gateway's state between two rounds (gateway/README.md, gateway/state.h), whatever was sent to it. */

#ifndef LEXMQ_TESTS_FUZZ_GATEWAY_CHECK_H
#define LEXMQ_TESTS_FUZZ_GATEWAY_CHECK_H

#include "gateway/state.h"
#include "tests/fuzz/fuzz.h"

static inline unsigned check_length(const list_t *list)
{
    unsigned count = 0;
    for (const list_t *node = list->next; node != list; node = node->next) {
        FUZZ_CHECK(node->next->prev == node && node->prev->next == node);
        count++;
    }
    return count;
}

/* The requests that wait: their number, and their bytes as the limits count them. */
static inline void check_queue(const gateway_t *gateway, const service_t *service)
{
    unsigned count = 0;
    size_t bytes = 0;
    const list_t *arrivals = &gateway->arrivals;
    for (list_t *node = arrivals->next; service->open > 0 && node != arrivals; node = node->next) {
        const request_t *request = list_item(node, request_t, arrival);
        if (request->service != service || request->state != REQUEST_QUEUED)
            continue;
        FUZZ_CHECK(!request->worker && request->frames >= 1);
        bytes += request->bytes;
        count++;
    }
    FUZZ_CHECK(count == service->queued && bytes == service->queued_bytes);
    /* Nobody whose turn it is waits while a worker is free; who has his part already may. */
    FUZZ_CHECK(list_is_empty(&service->turns) || !service_best(service));
    FUZZ_CHECK(count == 0 || !list_is_empty(&service->turns) || !list_is_empty(&service->held));
}

static inline void check_service(const gateway_t *gateway, const service_t *service)
{
    check_queue(gateway, service);
    for (unsigned i = 0; i < service->workers; i++) {
        const peer_t *worker = service->heap[i], *parent = service->heap[(i ? i - 1 : 0) / 2];
        FUZZ_CHECK(worker->place == i && worker->service == service && !worker->is_draining);
        FUZZ_CHECK(peer_free_credit(parent) >= peer_free_credit(worker));
    }
    FUZZ_CHECK(service->workers <= service->sessions && service->queued <= service->open);
}

/* Credit in use is what is at the worker; what its clients wait for is a part of that. */
static inline void check_worker(const peer_t *worker)
{
    unsigned open = 0;
    for (list_t *node = worker->at_work.next; node != &worker->at_work; node = node->next) {
        request_t *request = list_item(node, request_t, place);
        FUZZ_CHECK(request->worker == worker);
        FUZZ_CHECK(request->state == REQUEST_SENT || request->state == REQUEST_ABANDONED);
        open += request->state == REQUEST_SENT;
    }
    FUZZ_CHECK(list_is_empty(&worker->outbox) && list_is_empty(&worker->dirty));
    FUZZ_CHECK(worker->held == check_length(&worker->at_work) && worker->open == open);
    FUZZ_CHECK(worker->held <= worker->credit);
    FUZZ_CHECK(!worker->is_draining || worker->open > 0);
}

static inline void check_open(gateway_t *gateway)
{
    unsigned front = 0, count = 0;
    int64_t before = INT64_MIN;
    for (list_t *node = gateway->arrivals.next; node != &gateway->arrivals; node = node->next) {
        request_t *request = list_item(node, request_t, arrival);
        FUZZ_CHECK(request->state == REQUEST_QUEUED || request->state == REQUEST_SENT);
        FUZZ_CHECK(request->deadline >= before && request->deadline > gateway->now);
        before = request->deadline;
        front += !request->from_back;
        count++;
    }
    FUZZ_CHECK(count == gateway->open && front == gateway->open_front);
    for (list_t *node = gateway->abandoned.next; node != &gateway->abandoned; node = node->next)
        FUZZ_CHECK(list_item(node, request_t, arrival)->state == REQUEST_ABANDONED);
}

static inline void check_gateway(gateway_t *gateway)
{
    unsigned open = 0, sessions = 0, at_work = 0, queued = 0, services = 0;
    check_open(gateway);
    for (list_t *node = gateway->services.all.next; node != &gateway->services.all;
         node = node->next) {
        const service_t *service = list_item(node, service_t, all);
        check_service(gateway, service);
        open += service->open;
        sessions += service->sessions;
        queued += service->queued;
        services++;
    }
    for (list_t *node = gateway->peers.all.next; node != &gateway->peers.all; node = node->next) {
        check_worker(list_item(node, peer_t, all));
        at_work += list_item(node, peer_t, all)->held;
    }
    FUZZ_CHECK(open == gateway->open && services == table_count(gateway->services.by_name));
    FUZZ_CHECK(services <= SERVICES_MAX && sessions == peers_count(&gateway->peers));
    FUZZ_CHECK(sessions == check_length(&gateway->peers.all));
    FUZZ_CHECK(queued + at_work == gateway->open + check_length(&gateway->abandoned));
    FUZZ_CHECK(list_is_empty(&gateway->dirty));
}

/* Nobody asks and nobody serves any more. */
static inline void check_is_empty(gateway_t *gateway)
{
    FUZZ_CHECK(gateway->open == 0 && gateway->open_front == 0);
    FUZZ_CHECK(list_is_empty(&gateway->arrivals) && list_is_empty(&gateway->abandoned));
    FUZZ_CHECK(peers_count(&gateway->peers) == 0);
}

#endif
