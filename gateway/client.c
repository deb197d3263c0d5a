#include "gateway/client.h"

#include <string.h>

#include "gateway/dispatch.h"
#include "gateway/mmi.h"
#include "gateway/reply.h"

/* Parts: 0 routing id, 1 header, 2 command, 3 service, 4… body. */
enum { PART_HEADER = 1, PART_COMMAND = 2, PART_SERVICE = 3, PART_BODY = 4 };

static bool s_is_request(frames_t *frames)
{
    return !frames->overlong && frames->count > PART_BODY &&
           frames->count <= PART_BODY + MDP_BODY_FRAMES_MAX &&
           frames_equal(frames, PART_HEADER, MDP_CLIENT, MDP_HEADER_SIZE) &&
           frames_byte(frames, PART_COMMAND) == MDPC_REQUEST &&
           service_name_is_valid(frames_data(frames, PART_SERVICE),
                                 frames_size(frames, PART_SERVICE));
}

/* docs/protocol.md section 4: dotted names are for callers on the back whose key lists them. */
static bool s_is_allowed(gateway_t *self, frames_t *frames, bool from_back)
{
    const char *name = frames_data(frames, PART_SERVICE);
    size_t size = frames_size(frames, PART_SERVICE);
    if (!from_back)
        return !memchr(name, '.', size);
    if (!self->certificates)
        return true;
    const char *key = frames_user(frames);
    return key && certificates_allow(self->certificates, key, CERTIFICATE_CALLS, name, size);
}

/* While draining, open requests of clients may still need calls from worker to worker to be
 * finished. */
static bool s_is_refused_by_drain(const gateway_t *self, bool from_back)
{
    return self->is_draining && (!from_back || self->open_front == 0);
}

static service_t *s_service(gateway_t *self, frames_t *frames)
{
    const void *name = frames_data(frames, PART_SERVICE);
    size_t size = frames_size(frames, PART_SERVICE);
    service_t *service = services_find(&self->services, name, size);
    return service ? service : services_add(&self->services, name, size);
}

static size_t s_body_bytes(const frames_t *frames)
{
    size_t bytes = 0;
    for (unsigned i = PART_BODY; i < frames->count; i++)
        bytes += frames_size(frames, i);
    return bytes;
}

/* Opens the request in hand, for which there is room. */
static void s_open(gateway_t *self, frames_t *frames, admission_t *admission)
{
    asker_t *asker = admission->asker;
    if (!asker)
        asker = askers_add(&self->askers, &frames->part[0], admission->is_back);
    request_t *request = requests_take(self->requests);
    request->service = admission->service;
    request->lane = admission->lane ? admission->lane : lane_add(asker, admission->service);
    request->from_back = admission->is_back;
    request->connection = frames->connection;
    request_take_body(request, frames, PART_BODY);
    request->received = self->now_us;
    if (self->options.is_following)
        story_received(self, request);
    dispatch_request(self, request);
}

/* A request for a service that we know. */
static void s_accept(gateway_t *self, frames_t *frames, service_t *service, bool from_back)
{
    void *socket = from_back ? self->back : self->front;
    service->count.requests++;
    if (s_is_refused_by_drain(self, from_back)) {
        service->count.unavailable++;
        reply_refuse(self, socket, frames, LEX_UNAVAILABLE, "the gateway is going down",
                     RETRY_DRAIN_MS);
        return;
    }
    asker_t *asker = askers_find(&self->askers, &frames->part[0], from_back);
    admission_t admission = {.asker = asker,
                             .lane = asker ? lane_find(asker, service) : NULL,
                             .service = service,
                             .bytes = s_body_bytes(frames),
                             .is_back = from_back};
    limit_t limit = admission_check(self, &admission);
    if (limit == LIMIT_NONE) {
        s_open(self, frames, &admission);
        return;
    }
    service->count.busy++;
    self->refusals += !from_back;
    reply_refuse(self, socket, frames, LEX_BUSY, limit_message(limit), RETRY_BUSY_MS);
}

void client_message(gateway_t *self, frames_t *frames, bool from_back)
{
    if (!s_is_request(frames)) {
        self->bad_frames++;
        return;
    }
    void *socket = from_back ? self->back : self->front;
    if (mmi_is_name(frames_data(frames, PART_SERVICE), frames_size(frames, PART_SERVICE))) {
        mmi_answer(self, socket, frames);
        return;
    }
    if (!s_is_allowed(self, frames, from_back)) {
        self->refused++;
        reply_refuse(self, socket, frames, LEX_FORBIDDEN, "not a service for this peer", 0);
        return;
    }
    service_t *service = s_service(self, frames);
    if (!service) {
        reply_refuse(self, socket, frames, LEX_UNAVAILABLE, "too many services are asked for", 0);
        return;
    }
    s_accept(self, frames, service, from_back);
}
