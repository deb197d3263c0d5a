/* Replies with every field in turn missing or of a wrong type: each must be answered by an error, none by a crash. Fields that may be
 * missing must be missed without one. */

#ifndef SPOIL_H
#define SPOIL_H

#include "tests/unit/client/fake_gateway.h"

#include <lexmq.h>

/* How a good reply is spoiled: the pair number `pair` of all maps, counted as they come, is left out or given another value. */
typedef enum { MUTATE_NOTHING, MUTATE_DROP, MUTATE_VALUE } spoil_t;

typedef void(spoil_write_fn)(lex_writer_t *writer, const unsigned char *id);

typedef struct {
    spoil_write_fn *write;
    spoil_t mutation;
    int pair;
    int at;                      /* while packing */
    bool spoiled;                /* there was such a pair */
    const char *const *optional; /* keys that may be missing, up to NULL */
    bool harmless;               /* what is left is a good reply */
} spoiled_reply_t;

/* A key as of a later server: whatever its value is. */
#define SPOIL_LATER "later"

static inline bool spoil_is(const msgpack_object *key, const char *name)
{
    return strlen(name) == key->via.str.size && memcmp(name, key->via.str.ptr, strlen(name)) == 0;
}

static inline bool spoil_is_optional(const spoiled_reply_t *self, const msgpack_object *key)
{
    for (const char *const *name = self->optional; name && *name; name++)
        if (spoil_is(key, *name))
            return true;
    return spoil_is(key, SPOIL_LATER);
}

static inline void spoil_pack(spoiled_reply_t *self, msgpack_packer *packer,
                              const msgpack_object *object, bool is_root);

static inline void spoil_pack_map(spoiled_reply_t *self, msgpack_packer *packer,
                                  const msgpack_object_map *map, bool is_root)
{
    /* The first two pairs of the reply, id and ok, stay. */
    int first = is_root && map->size > 2 ? 2 : 0;
    int drop = -1;

    if (self->mutation == MUTATE_DROP && self->pair >= self->at &&
        self->pair < self->at + (int)map->size - first)
        drop = first + self->pair - self->at;
    msgpack_pack_map(packer, map->size - (drop >= 0 ? 1 : 0));
    int base = self->at;
    self->at += (int)map->size - first;
    for (int i = 0; i < (int)map->size; i++) {
        if (i == drop) {
            self->spoiled = true;
            self->harmless = spoil_is_optional(self, &map->ptr[i].key);
            continue;
        }
        msgpack_pack_object(packer, map->ptr[i].key);
        if (self->mutation == MUTATE_VALUE && i >= first && base + i - first == self->pair) {
            self->spoiled = true;
            self->harmless = spoil_is(&map->ptr[i].key, SPOIL_LATER);
            msgpack_pack_int(packer, -1);
        } else {
            spoil_pack(self, packer, &map->ptr[i].val, false);
        }
    }
}

static inline void spoil_pack(spoiled_reply_t *self, msgpack_packer *packer,
                              const msgpack_object *object, bool is_root)
{
    if (object->type == MSGPACK_OBJECT_MAP) {
        spoil_pack_map(self, packer, &object->via.map, is_root);
    } else if (object->type == MSGPACK_OBJECT_ARRAY) {
        msgpack_pack_array(packer, object->via.array.size);
        for (uint32_t i = 0; i < object->via.array.size; i++)
            spoil_pack(self, packer, &object->via.array.ptr[i], false);
    } else {
        msgpack_pack_object(packer, *object);
    }
}

static inline void spoil_answer(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    spoiled_reply_t *reply = gateway->arg;
    lex_writer_t good, sent;
    lex_body_t *body = lex_body_new();
    (void)request;
    (void)nth;

    lex_writer_init(&good);
    lex_writer_init(&sent);
    reply->write(&good, gateway->id);
    lex_body_parse(body, good.buffer.data, good.buffer.size);
    reply->at = 0;
    reply->spoiled = false;
    reply->harmless = false;
    spoil_pack(reply, &sent.packer, lex_body_root(body), strncmp(gateway->service, "mmi.", 4) != 0);
    fake_writer(gateway, &sent);
    lex_body_destroy(&body);
    lex_writer_close(&good);
}

typedef lexmq_status_t(spoil_call_fn)(lexmq_t *lexmq, bool check);

/* Runs a call with the good reply, then with each spoiled one. `optional`: keys that may be missing, up to NULL. */
static inline void spoil_try_with(spoil_call_fn *call, spoil_write_fn *write,
                                  const char *const *optional)
{
    spoiled_reply_t reply = {.write = write, .optional = optional};
    fake_gateway_t gateway;
    int spoiled = 0;

    fake_gateway_start(&gateway, spoil_answer);
    gateway.arg = &reply;
    const lexmq_options_t options = {
        .gateways = gateway.endpoint, .insecure = true, .timeout_ms = 5000};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(call(lexmq, true), LEXMQ_OK);
    for (int mutation = MUTATE_DROP; mutation <= MUTATE_VALUE; mutation++) {
        reply.mutation = (spoil_t)mutation;
        for (reply.pair = 0;; reply.pair++) {
            lexmq_set_token(lexmq, "token", 5);
            lexmq_status_t status = call(lexmq, false);
            if (!reply.spoiled)
                break;
            spoiled++;
            if (status != (reply.harmless ? LEXMQ_OK : LEXMQ_SERVER_ERROR))
                fail_msg("mutation %d of pair %d had the outcome %d", mutation, reply.pair, status);
            if (status != LEXMQ_OK)
                assert_string_not_equal(lexmq_error_message(lexmq), "");
        }
    }
    assert_true(spoiled > 0);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

static inline void spoil_try(spoil_call_fn *call, spoil_write_fn *write)
{
    spoil_try_with(call, write, NULL);
}

#endif
