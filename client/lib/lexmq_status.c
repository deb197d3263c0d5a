/* The gateway's own account of itself: mmi.status and mmi.workers (docs/protocol.md sections 4.1 and
 * 4.2). What older gateways do not say may be missing. */

#include <lexmq.h>

#include "client/lib/lexmq_private.h"

void lexmq_gateway_status_destroy(lexmq_gateway_status_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static bool s_maybe_uint(const msgpack_object *map, const char *key, uint64_t *out)
{
    return !lex_map_find(map, key) || lex_map_uint(map, key, out);
}

/* An array of uint; NULL and 0 when it is missing. */
static bool s_maybe_uints(void *result, const msgpack_object *map, const char *key,
                          const uint64_t **out, size_t *count)
{
    const msgpack_object *value = lex_map_find(map, key);

    *out = NULL;
    *count = 0;
    if (!value)
        return true;
    if (value->type != MSGPACK_OBJECT_ARRAY)
        return false;
    uint64_t *list = lexmq_result_array(result, value->via.array.size, sizeof *list);
    for (; *count < value->via.array.size; ++*count) {
        const msgpack_object *item = &value->via.array.ptr[*count];
        if (item->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
            return false;
        list[*count] = item->via.u64;
    }
    *out = list;
    return true;
}

/* One place for each bound and one for the rest, or nothing. */
static bool s_take_latency(lexmq_gateway_status_t *result, const msgpack_object *map,
                           lexmq_service_t *out)
{
    size_t count;

    return s_maybe_uints(result, map, "latency", &out->latency, &count) &&
           (!out->latency ||
            (result->latency_bounds_us && count == result->latency_bound_count + 1));
}

static bool s_take_service(lexmq_gateway_status_t *result, const msgpack_object *map,
                           lexmq_service_t *out)
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
           lex_map_uint(map, "redispatched", &out->redispatched) &&
           s_maybe_uint(map, "lost", &out->lost) && s_take_latency(result, map, out);
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
        !s_maybe_uint(root, "refused", &out->refused) ||
        !s_maybe_uints(out, root, "latency_bounds_us", &out->latency_bounds_us,
                       &out->latency_bound_count) ||
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

void lexmq_workers_destroy(lexmq_workers_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

static bool s_take_worker(void *result, const msgpack_object *map, lexmq_worker_t *out)
{
    return lexmq_result_str(result, map, "service", &out->service) &&
           lexmq_result_str(result, map, "name", &out->name) &&
           lex_map_uint(map, "credit", &out->credit) && lex_map_uint(map, "held", &out->held) &&
           lex_map_uint(map, "open", &out->open) && lex_map_uint(map, "finals", &out->finals) &&
           lex_map_uint(map, "ready_ms", &out->ready_ms) &&
           lex_map_uint(map, "silent_ms", &out->silent_ms) &&
           lex_map_bool(map, "draining", &out->draining);
}

static bool s_take_workers(lexmq_workers_t *out, const msgpack_object *root)
{
    const msgpack_object_array *array;

    if (!lexmq_result_maps(root, "workers", &array))
        return false;
    out->list = lexmq_result_array(out, array->size, sizeof *out->list);
    for (; out->count < array->size; out->count++)
        if (!s_take_worker(out, &array->ptr[out->count], &out->list[out->count]))
            return false;
    return true;
}

lexmq_status_t lexmq_workers(lexmq_t *self, lexmq_workers_t **out)
{
    *out = NULL;
    lexmq_call_begin(self, "workers", 0);
    lexmq_status_t status = lexmq_call_run(self, "mmi.workers");
    if (status != LEXMQ_OK)
        return status;
    lexmq_workers_t *result = lexmq_result_new(sizeof *result);
    if (s_take_workers(result, lex_body_root(self->reply))) {
        *out = result;
        return LEXMQ_OK;
    }
    lexmq_workers_destroy(&result);
    return lexmq_call_broken(self, "mmi.workers");
}
