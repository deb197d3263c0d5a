#include "gateway/ready.h"

#include <string.h>

#include "common/log.h"
#include "gateway/dispatch.h"
#include "gateway/mmi.h"
#include "gateway/reply.h"

/* Sessions at a time. Each is a connection of a worker, so the limit on open files is near as well.
 */
#define PEERS_MAX 10000

#define REFUSAL_LOG_MS 1000 /* at most one line about a refused READY in this time */

/* Parts: 0 routing id, 1 header, 2 command, 3 service, [4 options]. */
enum { PART_SERVICE = 3, PART_OPTIONS = 4 };

static bool s_option(const lex_body_t *options, const char *key, uint64_t min, uint64_t max,
                     unsigned *out)
{
    uint64_t value;
    if (!lex_body_find(options, key))
        return true;
    if (!lex_body_uint(options, key, &value) || value < min || value > max)
        return false;
    *out = (unsigned)value;
    return true;
}

static bool s_name(const lex_body_t *options, char out[PEER_NAME_SIZE])
{
    const char *name;
    size_t size;
    if (!lex_body_find(options, "name"))
        return true;
    if (!lex_body_str(options, "name", &name, &size) || size >= PEER_NAME_SIZE ||
        !service_name_is_valid(name, size))
        return false;
    memcpy(out, name, size);
    out[size] = '\0';
    return true;
}

bool ready_options(lex_body_t *reader, const void *data, size_t size, ready_options_t *options)
{
    *options = (ready_options_t){.credit = 1};
    return lex_body_parse(reader, data, size) == 0 &&
           s_option(reader, "credit", 1, MDP_CREDIT_MAX, &options->credit) &&
           s_option(reader, "batch", 0, MDP_BATCH_MAX, &options->batch) &&
           s_name(reader, options->name);
}

static const char *s_user(frames_t *frames)
{
    const char *key = frames_user(frames);
    return key ? key : "";
}

static bool s_is_allowed(gateway_t *self, frames_t *frames)
{
    if (!self->certificates)
        return true;
    certificates_refresh(self->certificates);
    return certificates_allow(self->certificates, s_user(frames), CERTIFICATE_SERVICES,
                              frames_data(frames, PART_SERVICE), frames_size(frames, PART_SERVICE));
}

/* Names that clients made up and that no worker serves must make way for a worker. */
static service_t *s_service(gateway_t *self, const void *name, size_t size)
{
    service_t *service = services_find(&self->services, name, size);
    if (!service)
        service = services_add(&self->services, name, size);
    service_t *idle = service ? NULL : services_find_idle(&self->services);
    if (!idle)
        return service;
    request_t *request;
    while ((request = service_last_of_longest(idle, false))) {
        reply_error(self, request, LEX_UNAVAILABLE, "no worker serves this", 0);
        dispatch_finish(self, request);
    }
    services_remove(&self->services, &idle);
    return services_add(&self->services, name, size);
}

/* Why the READY is refused, or NULL and its service and terms. */
static const char *s_check(gateway_t *self, frames_t *frames, service_t **service,
                           ready_options_t *options)
{
    const void *name = frames_data(frames, PART_SERVICE);
    size_t size = frames_size(frames, PART_SERVICE);
    *options = (ready_options_t){.credit = 1};
    if (!service_name_is_valid(name, size))
        return "not a service name";
    if (mmi_is_name(name, size))
        return "mmi. names are the gateway's own";
    if (!s_is_allowed(self, frames))
        return "its certificate does not list the service";
    if (frames->count > PART_OPTIONS &&
        !ready_options(self->body, frames_data(frames, PART_OPTIONS),
                       frames_size(frames, PART_OPTIONS), options))
        return "bad options";
    if (peers_count(&self->peers) >= PEERS_MAX)
        return "too many workers";
    *service = s_service(self, name, size);
    return *service ? NULL : "too many services";
}

void ready_message(gateway_t *self, frames_t *frames)
{
    static int64_t logged;
    service_t *service = NULL;
    ready_options_t options;
    const char *refusal = s_check(self, frames, &service, &options);
    if (refusal) {
        reply_worker(self, &frames->part[0], MDPW_DISCONNECT);
        if (lex_log_due(&logged, REFUSAL_LOG_MS))
            lex_warning("worker refused: %s", refusal);
        return;
    }
    peer_t *worker = peers_add(&self->peers, &frames->part[0]);
    worker->is_extended = frames->count > PART_OPTIONS;
    worker->credit = options.credit;
    worker->batch = options.batch;
    worker->seen = worker->spoken = worker->ready_at = self->now;
    if (options.name[0])
        memcpy(worker->name, options.name, sizeof worker->name);
    if (self->certificates)
        snprintf(worker->key, sizeof worker->key, "%s", s_user(frames));
    service->sessions++;
    service_add_worker(service, worker);
    if (self->tick_at > self->now + self->options.heartbeat_ms)
        self->tick_at = self->now + self->options.heartbeat_ms;
    lex_info("worker of %s is ready: %s, credit %u, batch %u; %u workers", service->name,
             worker->name, worker->credit, worker->batch, service->workers);
    dispatch_service(self, service);
}
