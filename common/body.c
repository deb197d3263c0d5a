#include "common/body.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/scan.h"

/* Room for 170 objects: a request of fifty words is parsed without an allocation, and a thousand
 * idle readers cost 4 MiB. */
#define ZONE_SIZE 4096

struct lex_body {
    msgpack_object root; /* always a map, empty until a body was accepted */
    const char *error;
    msgpack_zone *zone;
};

static const msgpack_object s_empty = {.type = MSGPACK_OBJECT_MAP};

lex_body_t *lex_body_new(void)
{
    lex_body_t *self = lex_calloc(1, sizeof *self);

    self->root = s_empty;
    self->zone = lex_allocated(msgpack_zone_new(ZONE_SIZE));
    return self;
}

void lex_body_destroy(lex_body_t **self_p)
{
    lex_body_t *self = *self_p;

    if (self) {
        msgpack_zone_free(self->zone);
        free(self);
        *self_p = NULL;
    }
}

int lex_body_parse(lex_body_t *self, const void *data, size_t size)
{
    size_t offset = 0;

    msgpack_zone_clear(self->zone);
    self->root = s_empty;
    self->error = lex_scan(data, size);
    if (self->error)
        return -1;
    if (msgpack_unpack(data, size, &offset, self->zone, &self->root) == MSGPACK_UNPACK_SUCCESS)
        return 0;
    self->root = s_empty;
    self->error = "the message cannot be unpacked";
    return -1;
}

const char *lex_body_error(const lex_body_t *self)
{
    return self->error ? self->error : "";
}

const msgpack_object *lex_body_root(const lex_body_t *self)
{
    return &self->root;
}

const msgpack_object *lex_map_find(const msgpack_object *map, const char *key)
{
    if (!map || map->type != MSGPACK_OBJECT_MAP)
        return NULL;
    size_t size = strlen(key);
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.type == MSGPACK_OBJECT_STR && pair->key.via.str.size == size &&
            memcmp(pair->key.via.str.ptr, key, size) == 0)
            return &pair->val;
    }
    return NULL;
}

static const msgpack_object *s_find(const msgpack_object *map, const char *key,
                                    msgpack_object_type type)
{
    const msgpack_object *value = lex_map_find(map, key);

    return value && value->type == type ? value : NULL;
}

bool lex_map_str(const msgpack_object *map, const char *key, const char **text, size_t *size)
{
    const msgpack_object *value = s_find(map, key, MSGPACK_OBJECT_STR);

    if (!value)
        return false;
    *text = value->via.str.ptr;
    *size = value->via.str.size;
    return true;
}

bool lex_map_bin(const msgpack_object *map, const char *key, const unsigned char **data,
                 size_t *size)
{
    const msgpack_object *value = s_find(map, key, MSGPACK_OBJECT_BIN);

    if (!value)
        return false;
    *data = (const unsigned char *)value->via.bin.ptr;
    *size = value->via.bin.size;
    return true;
}

bool lex_map_uint(const msgpack_object *map, const char *key, uint64_t *out)
{
    const msgpack_object *value = s_find(map, key, MSGPACK_OBJECT_POSITIVE_INTEGER);

    if (!value)
        return false;
    *out = value->via.u64;
    return true;
}

bool lex_map_bool(const msgpack_object *map, const char *key, bool *out)
{
    const msgpack_object *value = s_find(map, key, MSGPACK_OBJECT_BOOLEAN);

    if (!value)
        return false;
    *out = value->via.boolean;
    return true;
}

const unsigned char *lex_body_id(const lex_body_t *self)
{
    const unsigned char *id;
    size_t size;

    return lex_body_bin(self, "id", &id, &size) && size == LEX_ID_SIZE ? id : NULL;
}

lex_code_t lex_body_outcome(const lex_body_t *self, const char **message, size_t *message_size,
                            uint64_t *retry_ms)
{
    const char *text = "", *name;
    size_t text_size = 0, name_size;
    uint64_t retry = 0;
    bool ok = false;
    lex_code_t code = LEX_INTERNAL;

    if (lex_body_bool(self, "ok", &ok) && ok) {
        code = LEX_OK;
    } else {
        const msgpack_object *error = lex_body_find(self, "err");
        if (lex_map_str(error, "code", &name, &name_size))
            code = lex_code_parse(name, name_size);
        /* An error that calls itself "ok" is none that we know. */
        if (code == LEX_OK)
            code = LEX_INTERNAL;
        lex_map_str(error, "msg", &text, &text_size);
        lex_map_uint(error, "retry_ms", &retry);
    }
    if (message)
        *message = text;
    if (message_size)
        *message_size = text_size;
    if (retry_ms)
        *retry_ms = retry;
    return code;
}
