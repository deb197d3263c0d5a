/* Message bodies and packed frames, as they come from the network: the strict msgpack reader, the look for an id in a body that
 * may be anything, READY options, and the records of a BATCH. */

#include "common/body.h"
#include "common/mdp.h"
#include "common/packet.h"
#include "common/scan.h"
#include "common/text.h"
#include "gateway/ready.h"
#include "tests/fuzz/fuzz.h"

static void s_check_object(const msgpack_object *object, unsigned depth, size_t *budget);

static void s_check_map(const msgpack_object_map *map, unsigned depth, size_t *budget)
{
    FUZZ_CHECK(map->size <= LEX_SCAN_PAIRS_MAX);
    for (uint32_t i = 0; i < map->size; i++) {
        const msgpack_object_str *key = &map->ptr[i].key.via.str;
        FUZZ_CHECK(map->ptr[i].key.type == MSGPACK_OBJECT_STR);
        for (uint32_t j = 0; j < i; j++) {
            const msgpack_object_str *other = &map->ptr[j].key.via.str;
            FUZZ_CHECK(other->size != key->size || memcmp(other->ptr, key->ptr, key->size) != 0);
        }
        s_check_object(&map->ptr[i].key, depth + 1, budget);
        s_check_object(&map->ptr[i].val, depth + 1, budget);
    }
}

/* What common/body.h promises of everything it accepts; an object takes at least a byte, and only what holds others is a level. */
static void s_check_object(const msgpack_object *object, unsigned depth, size_t *budget)
{
    bool holds = object->type == MSGPACK_OBJECT_ARRAY || object->type == MSGPACK_OBJECT_MAP;
    FUZZ_CHECK(depth <= LEX_BODY_DEPTH_MAX + !holds && *budget > 0);
    --*budget;
    switch (object->type) {
    case MSGPACK_OBJECT_STR:
        FUZZ_CHECK(lex_text_is_utf8(object->via.str.ptr, object->via.str.size));
        break;
    case MSGPACK_OBJECT_ARRAY:
        for (uint32_t i = 0; i < object->via.array.size; i++)
            s_check_object(&object->via.array.ptr[i], depth + 1, budget);
        break;
    case MSGPACK_OBJECT_MAP:
        s_check_map(&object->via.map, depth, budget);
        break;
    default:
        FUZZ_CHECK(object->type != MSGPACK_OBJECT_EXT && object->type != MSGPACK_OBJECT_FLOAT32 &&
                   object->type != MSGPACK_OBJECT_FLOAT64);
    }
}

/* What was read, written again, is read again. */
static void s_check_again(const msgpack_object *root)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    lex_body_t *body = lex_body_new();
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_object(&packer, *root);
    FUZZ_CHECK(lex_body_parse(body, buffer.data, buffer.size) == 0);
    FUZZ_CHECK(msgpack_object_equal(*root, *lex_body_root(body)));
    msgpack_sbuffer_destroy(&buffer);
    lex_body_destroy(&body);
}

static void s_read_body(lex_body_t *body, const uint8_t *data, size_t size)
{
    size_t budget = size;
    const char *message = NULL;
    size_t message_size = 0;
    uint64_t retry_ms;
    const unsigned char *peeked = lex_body_peek_id(data, size);
    FUZZ_CHECK(!peeked || (peeked >= data && peeked + LEX_ID_SIZE <= data + size));
    if (lex_body_parse(body, data, size) != 0) {
        FUZZ_CHECK(*lex_body_error(body) && lex_body_root(body)->via.map.size == 0);
        return;
    }
    FUZZ_CHECK(lex_body_root(body)->type == MSGPACK_OBJECT_MAP);
    s_check_object(lex_body_root(body), 1, &budget);
    FUZZ_CHECK(peeked == lex_body_id(body));
    lex_code_t code = lex_body_outcome(body, &message, &message_size, &retry_ms);
    FUZZ_CHECK((unsigned)code < LEX_CODE_COUNT);
    FUZZ_CHECK(message_size == 0 || lex_text_is_utf8(message, message_size));
    s_check_again(lex_body_root(body));
}

static void s_read_options(lex_body_t *body, const uint8_t *data, size_t size)
{
    ready_options_t options;
    if (!ready_options(body, data, size, &options))
        return;
    FUZZ_CHECK(options.credit >= 1 && options.credit <= MDP_CREDIT_MAX);
    FUZZ_CHECK(options.batch <= MDP_BATCH_MAX && strlen(options.name) < PEER_NAME_SIZE);
}

/* A frame that is read to its end is what writing its records again makes. */
static void s_read_packet(const uint8_t *data, size_t size)
{
    lex_packet_record_t record;
    size_t offset = 0, before = 0;
    int rc;
    while ((rc = lex_packet_next(data, size, &offset, &record)) == 1) {
        size_t record_size = lex_packet_record_size(record.address_size, record.body_size);
        unsigned char *copy = malloc(record_size);
        FUZZ_CHECK(offset - before == record_size && offset <= size && record.address_size > 0);
        FUZZ_CHECK(record.kind >= MDPW_REQUEST && record.kind <= MDPW_FINAL);
        FUZZ_CHECK(lex_packet_write(copy, record.kind, record.address, record.address_size,
                                    record.body, record.body_size) == copy + record_size);
        FUZZ_CHECK(memcmp(copy, data + before, record_size) == 0);
        free(copy);
        before = offset;
    }
    FUZZ_CHECK(rc == -1 || offset == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lex_body_t *body; /* one reader for many bodies, as in the programs */
    if (!body)
        body = lex_body_new();
    s_read_body(body, data, size);
    s_read_options(body, data, size);
    s_read_packet(data, size);
    return 0;
}
