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
    uint64_t credit = 0;
    uint64_t unused = 0;
    for (unsigned i = 0; i < service->workers; i++) {
        credit += service->heap[i]->credit;
        unused += peer_free_credit(service->heap[i]);
    }
    lex_write_map(writer, 13);
    lex_put_text(writer, "service", service->name);
    lex_put_uint(writer, "workers", service->workers);
    lex_put_uint(writer, "credit", credit);
    lex_put_uint(writer, "free", unused);
    lex_put_uint(writer, "queued", service->queued);
    lex_put_uint(writer, "queued_bytes", service->queued_bytes);
    lex_put_uint(writer, "open", service->open);
    lex_put_uint(writer, "requests", service->count.requests);
    lex_put_uint(writer, "finals", service->count.finals);
    lex_put_uint(writer, "busy", service->count.busy);
    lex_put_uint(writer, "timeouts", service->count.timeouts);
    lex_put_uint(writer, "unavailable", service->count.unavailable);
    lex_put_uint(writer, "redispatched", service->count.redispatched);
}

/* docs/protocol.md section 4.1. */
static void s_write_status(gateway_t *self)
{
    lex_writer_t *writer = &self->writer;
    lex_writer_clear(writer);
    lex_write_map(writer, 8);
    lex_put_text(writer, "version", LEXMQ_VERSION);
    lex_put_uint(writer, "uptime_ms", (uint64_t)(self->now - self->started));
    lex_put_bool(writer, "draining", self->is_draining);
    lex_put_uint(writer, "open", self->open);
    lex_put_uint(writer, "bad_frames", self->bad_frames);
    lex_put_uint(writer, "unroutable", self->unroutable);
    lex_put_uint(writer, "late_replies", self->late_replies);
    lex_write_text(writer, "services");
    lex_write_array(writer, table_count(self->services.by_name));
    for (list_t *node = self->services.all.next; node != &self->services.all; node = node->next)
        s_write_service(writer, list_item(node, service_t, all));
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
    } else if (frames_equal(frames, PART_SERVICE, "mmi.service", 11))
        reply_direct(self, socket, frames, s_service_code(self, frames), 3);
    else
        reply_direct(self, socket, frames, "501", 3);
}
