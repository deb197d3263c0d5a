/* The gateway's own account of itself: mmi.status (docs/protocol.md section 4.1). */

#include <lexmq.h>

#include "client/lib/lexmq_private.h"

void lexmq_gateway_status_destroy(lexmq_gateway_status_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static bool s_take_service(void *result, const msgpack_object *map, lexmq_service_t *out)
{
    return lexmq_result_str(result, map, "service", &out->service) &&
           lex_map_uint(map, "workers", &out->workers) &&
           lex_map_uint(map, "credit", &out->credit) && lex_map_uint(map, "free", &out->free) &&
           lex_map_uint(map, "queued", &out->queued) &&
           lex_map_uint(map, "queued_bytes", &out->queued_bytes) &&
           lex_map_uint(map, "open", &out->open) && lex_map_uint(map, "requests", &out->requests) &&
           lex_map_uint(map, "finals", &out->finals) && lex_map_uint(map, "busy", &out->busy) &&
           lex_map_uint(map, "timeouts", &out->timeouts) &&
           lex_map_uint(map, "unavailable", &out->unavailable) &&
           lex_map_uint(map, "redispatched", &out->redispatched);
}

static bool s_take_status(lexmq_gateway_status_t *out, const msgpack_object *root)
{
    const msgpack_object_array *array;

    if (!lexmq_result_str(out, root, "version", &out->version) ||
        !lex_map_uint(root, "uptime_ms", &out->uptime_ms) ||
        !lex_map_bool(root, "draining", &out->draining) ||
        !lex_map_uint(root, "open", &out->open) ||
        !lex_map_uint(root, "bad_frames", &out->bad_frames) ||
        !lex_map_uint(root, "unroutable", &out->unroutable) ||
        !lex_map_uint(root, "late_replies", &out->late_replies) ||
        !lexmq_result_maps(root, "services", &array))
        return false;
    out->services = lexmq_result_array(out, array->size, sizeof *out->services);
    for (; out->service_count < array->size; out->service_count++)
        if (!s_take_service(out, &array->ptr[out->service_count],
                            &out->services[out->service_count]))
            return false;
    return true;
}

lexmq_status_t lexmq_gateway_status(lexmq_t *self, lexmq_gateway_status_t **out)
{
    *out = NULL;
    /* The body may be anything; an ordinary one does no harm. */
    lexmq_call_begin(self, "status", 0);
    lexmq_status_t status = lexmq_call_run(self, "mmi.status");
    if (status != LEXMQ_OK)
        return status;
    lexmq_gateway_status_t *result = lexmq_result_new(sizeof *result);
    if (s_take_status(result, lex_body_root(self->reply))) {
        *out = result;
        return LEXMQ_OK;
    }
    lexmq_gateway_status_destroy(&result);
    return lexmq_call_broken(self, "mmi.status");
}
