#include "auth-svc/profile.h"

#include <string.h>

#include "common/text.h"

static bool s_is_key(const char *key, size_t size)
{
    if (size < 1 || size > PROFILE_KEY_MAX)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", key[i]) || !key[i])
            return false;
    return true;
}

static bool s_is_value(const char *value, size_t size)
{
    return size <= PROFILE_VALUE_MAX && lex_text_length(value, size) <= PROFILE_VALUE_CHARACTERS &&
           !lex_text_has_control(value, size);
}

const char *profile_parse(profile_t *self, const msgpack_object *map)
{
    self->count = 0;
    if (!map)
        return NULL;
    if (map->type != MSGPACK_OBJECT_MAP)
        return "a profile is a map";
    if (map->via.map.size > PROFILE_PAIRS_MAX)
        return "a profile has at most 16 pairs";
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.type != MSGPACK_OBJECT_STR || pair->val.type != MSGPACK_OBJECT_STR)
            return "a profile's keys and values are str";
        const msgpack_object_str *key = &pair->key.via.str;
        const msgpack_object_str *value = &pair->val.via.str;
        if (!s_is_key(key->ptr, key->size))
            return "a profile's key is 1 to 32 of a-z, 0-9, _ and -";
        if (!s_is_value(value->ptr, value->size))
            return "a profile's value has at most 256 characters and no control characters";
        self->pairs[i].key = key->ptr;
        self->pairs[i].key_size = key->size;
        self->pairs[i].value = value->ptr;
        self->pairs[i].value_size = value->size;
        self->count++;
    }
    return NULL;
}

lex_db_status_t profile_insert(const profile_t *self, lex_db_t *db, uint64_t user)
{
    lex_db_status_t status = LEX_DB_OK;
    for (size_t i = 0; i < self->count && status == LEX_DB_OK; i++)
        status = lex_db_exec(db, "INSERT INTO profiles (user_id, attribute, text) VALUES (?, ?, ?)",
                             LEX_UINT(user), LEX_TEXT(self->pairs[i].key, self->pairs[i].key_size),
                             LEX_TEXT(self->pairs[i].value, self->pairs[i].value_size));
    return status;
}

typedef struct {
    lex_writer_t *writer;
    size_t left; /* rows that the map's header has announced and that have not come */
} s_map_t;

/* The number of all rows comes with each: a map says its size first. */
static int s_write_pair(void *arg, const lex_row_t *row)
{
    s_map_t *map = arg;
    if (map->left == 0) {
        map->left = lex_row_uint(row, 2);
        lex_write_map(map->writer, map->left);
    }
    size_t size;
    const char *key = lex_row_bytes(row, 0, &size);
    lex_write_str(map->writer, key, size);
    const char *value = lex_row_bytes(row, 1, &size);
    lex_write_str(map->writer, value, size);
    return --map->left == 0;
}

lex_db_status_t profile_write(lex_db_t *db, uint64_t user, lex_writer_t *writer)
{
    s_map_t map = {.writer = writer};
    size_t before = writer->buffer.size;
    lex_db_status_t status = lex_db_query(
        db, s_write_pair, &map,
        "SELECT p.attribute, p.text, (SELECT COUNT(*) FROM profiles c WHERE c.user_id = p.user_id)"
        " FROM profiles p WHERE p.user_id = ? ORDER BY p.attribute",
        LEX_UINT(user));
    if (writer->buffer.size == before)
        lex_write_map(writer, 0);
    return status == LEX_DB_OK && map.left ? LEX_DB_CONFLICT : status;
}
