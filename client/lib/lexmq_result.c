/* Results: what a call hands to its caller, freed in one go. Their size is bounded by the reply's,
 * since every object of a checked body takes at least a byte of it. */

#include <stdlib.h>
#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/memory.h"

/* Before each block; the first block's payload is the result itself, and its `next` leads to the
 * others. */
typedef union s_block {
    union s_block *next;
    max_align_t alignment;
} s_block_t;

static s_block_t *s_new(size_t size)
{
    s_block_t *block = lex_calloc(1, sizeof *block + size);

    block->next = NULL;
    return block;
}

static void *s_hang(void *result, size_t size)
{
    s_block_t *first = (s_block_t *)result - 1, *block = s_new(size);

    block->next = first->next;
    first->next = block;
    return block + 1;
}

void *lexmq_result_new(size_t size)
{
    return s_new(size) + 1;
}

void *lexmq_result_array(void *result, size_t count, size_t size)
{
    /* One more, so that an empty array is no NULL either. */
    return s_hang(result, (count + 1) * size);
}

const char *lexmq_result_text(void *result, const char *text, size_t size)
{
    char *copy = s_hang(result, size + 1);

    memcpy(copy, text, size);
    for (char *nul = memchr(copy, '\0', size); nul;
         nul = memchr(nul, '\0', size - (size_t)(nul - copy)))
        *nul = ' ';
    return copy;
}

void lexmq_result_free(void *result)
{
    s_block_t *block = result ? (s_block_t *)result - 1 : NULL;

    while (block) {
        s_block_t *next = block->next;
        free(block);
        block = next;
    }
}

bool lexmq_result_str(void *result, const msgpack_object *map, const char *key, const char **out)
{
    const char *text;
    size_t size;

    if (!lex_map_str(map, key, &text, &size))
        return false;
    *out = lexmq_result_text(result, text, size);
    return true;
}

bool lexmq_result_time(const msgpack_object *map, const char *key, int64_t *out)
{
    uint64_t value;

    if (!lex_map_uint(map, key, &value) || value > INT64_MAX)
        return false;
    *out = (int64_t)value;
    return true;
}

static bool s_array(const msgpack_object *map, const char *key, msgpack_object_type type,
                    const msgpack_object_array **out)
{
    const msgpack_object *value = lex_map_find(map, key);

    if (!value || value->type != MSGPACK_OBJECT_ARRAY)
        return false;
    for (uint32_t i = 0; i < value->via.array.size; i++)
        if (value->via.array.ptr[i].type != type)
            return false;
    *out = &value->via.array;
    return true;
}

bool lexmq_result_maps(const msgpack_object *map, const char *key, const msgpack_object_array **out)
{
    return s_array(map, key, MSGPACK_OBJECT_MAP, out);
}

bool lexmq_result_texts(void *result, const msgpack_object *map, const char *key,
                        const char ***list, size_t *count)
{
    const msgpack_object_array *array;

    if (!s_array(map, key, MSGPACK_OBJECT_STR, &array))
        return false;
    *list = lexmq_result_array(result, array->size, sizeof **list);
    for (uint32_t i = 0; i < array->size; i++)
        (*list)[i] =
            lexmq_result_text(result, array->ptr[i].via.str.ptr, array->ptr[i].via.str.size);
    *count = array->size;
    return true;
}

bool lexmq_result_maybe_str(void *result, const msgpack_object *map, const char *key,
                            const char **out)
{
    *out = NULL;
    return !lex_map_find(map, key) || lexmq_result_str(result, map, key, out);
}

bool lexmq_result_maybe_texts(void *result, const msgpack_object *map, const char *key,
                              const char ***list, size_t *count)
{
    *list = NULL;
    *count = 0;
    return !lex_map_find(map, key) || lexmq_result_texts(result, map, key, list, count);
}

bool lexmq_result_maybe_uint(const msgpack_object *map, const char *key, uint32_t *out)
{
    uint64_t value;

    *out = 0;
    if (!lex_map_find(map, key))
        return true;
    if (!lex_map_uint(map, key, &value) || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

bool lexmq_result_session(const msgpack_object *map, unsigned char out[LEXMQ_ID_SIZE])
{
    const unsigned char *id;
    size_t size;

    if (!lex_map_bin(map, "session", &id, &size) || size != LEXMQ_ID_SIZE)
        return false;
    memcpy(out, id, size);
    return true;
}
