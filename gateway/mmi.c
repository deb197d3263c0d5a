#include "gateway/mmi.h"

#include <string.h>

#include "gateway/reply.h"

#define MMI_PREFIX "mmi."

/* Parts of a client request. */
enum { PART_SERVICE = 3, PART_BODY = 4 };

bool mmi_is_name(const void *name, size_t size)
{
    size_t prefix = sizeof MMI_PREFIX - 1;
    return size >= prefix && memcmp(name, MMI_PREFIX, prefix) == 0;
}

static void s_write_service(lex_writer_t *writer, const service_t *service)
{
    lex_write_map(writer, 15);
    lex_put_text(writer, "service", service->name);
    lex_put_uint(writer, "workers", service->workers);
    lex_put_uint(writer, "credit", service_credit(service));
    lex_put_uint(writer, "free", service_free_credit(service));
    lex_put_uint(writer, "queued", service->queued);
    lex_put_uint(writer, "queued_bytes", service->queued_bytes);
    lex_put_uint(writer, "open", service->open);
    lex_put_uint(writer, "requests", service->count.requests);
    lex_put_uint(writer, "finals", service->count.finals);
    lex_put_uint(writer, "busy", service->count.busy);
    lex_put_uint(writer, "timeouts", service->count.timeouts);
    lex_put_uint(writer, "unavailable", service->count.unavailable);
    lex_put_uint(writer, "redispatched", service->count.redispatched);
    lex_put_uint(writer, "lost", service->count.lost);
    lex_write_text(writer, "latency");
    lex_write_array(writer, service->latency.bounds->count + 1);
    for (size_t i = 0; i <= service->latency.bounds->count; i++)
        lex_write_uint(writer, lex_histogram_bucket(&service->latency, i));
}

static void s_write_bounds(lex_writer_t *writer)
{
    lex_write_text(writer, "latency_bounds_us");
    lex_write_array(writer, lex_bounds_duration.count);
    for (size_t i = 0; i < lex_bounds_duration.count; i++)
        lex_write_uint(writer, lex_bounds_duration.upper[i]);
}

/* docs/protocol.md section 4.1. */
static void s_write_status(gateway_t *self)
{
    lex_writer_t *writer = &self->writer;
    lex_writer_clear(writer);
    lex_write_map(writer, 10);
    lex_put_text(writer, "version", LEXMQ_VERSION);
    lex_put_uint(writer, "uptime_ms", (uint64_t)(self->now - self->started));
    lex_put_bool(writer, "draining", self->is_draining);
    lex_put_uint(writer, "open", self->open);
    lex_put_uint(writer, "bad_frames", self->bad_frames);
    lex_put_uint(writer, "unroutable", self->unroutable);
    lex_put_uint(writer, "late_replies", self->late_replies);
    lex_put_uint(writer, "refused", self->refused);
    s_write_bounds(writer);
    lex_write_text(writer, "services");
    lex_write_array(writer, table_count(self->services.by_name));
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next)
        s_write_service(writer, list_item(node, service_t, all));
}

static void s_write_worker(gateway_t *self, const peer_t *worker)
{
    lex_writer_t *writer = &self->writer;
    lex_write_map(writer, 9);
    lex_put_text(writer, "service", worker->service->name);
    lex_put_text(writer, "name", worker->name);
    lex_put_uint(writer, "credit", worker->credit);
    lex_put_uint(writer, "held", worker->held);
    lex_put_uint(writer, "open", worker->open);
    lex_put_uint(writer, "finals", worker->finals);
    lex_put_uint(writer, "ready_ms", (uint64_t)(self->now - worker->ready_at));
    lex_put_uint(writer, "silent_ms",
                 worker->seen < self->now ? (uint64_t)(self->now - worker->seen) : 0);
    lex_put_bool(writer, "draining", worker->is_draining);
}

/* docs/protocol.md section 4.2. */
static void s_write_workers(gateway_t *self)
{
    lex_writer_clear(&self->writer);
    lex_write_map(&self->writer, 1);
    lex_write_text(&self->writer, "workers");
    lex_write_array(&self->writer, peers_count(&self->peers));
    for (list_t *node = self->peers.all.next; node != &self->peers.all; node = node->next)
        s_write_worker(self, list_item(node, peer_t, all));
}

static const char *s_service_code(gateway_t *self, frames_t *frames)
{
    const void *name = frames_data(frames, PART_BODY);
    const service_t *service = services_find(&self->services, name, frames_size(frames, PART_BODY));
    return service && service->workers ? "200" : "404";
}

void mmi_answer(gateway_t *self, void *socket, frames_t *frames)
{
    if (frames_equal(frames, PART_SERVICE, "mmi.status", 10)) {
        s_write_status(self);
        reply_direct(self, socket, frames, self->writer.buffer.data, self->writer.buffer.size);
    } else if (frames_equal(frames, PART_SERVICE, "mmi.workers", 11)) {
        s_write_workers(self);
        reply_direct(self, socket, frames, self->writer.buffer.data, self->writer.buffer.size);
    } else if (frames_equal(frames, PART_SERVICE, "mmi.service", 11))
        reply_direct(self, socket, frames, s_service_code(self, frames), 3);
    else
        reply_direct(self, socket, frames, "501", 3);
}
