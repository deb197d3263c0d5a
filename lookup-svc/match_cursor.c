#include "lookup-svc/match_cursor.h"

#include <string.h>

#define CURSOR_VERSION 1u
#define CURSOR_ACCENT  1u
#define CURSOR_BY_FOLD 2u

/* Packed, in the byte order of the machine: another kind of machine finds the check wrong, and the
 * client starts anew. The key follows. */
typedef struct {
    uint8_t version;
    uint8_t flags;
    uint16_t key_size;
    uint32_t check; /* of all the rest, and of the query */
    uint64_t passed;
    uint32_t dictionary;
    uint32_t reserved;
} s_head_t;

_Static_assert(sizeof(s_head_t) == 24, "no padding");
_Static_assert(sizeof(s_head_t) + LEX_KEY_MAX <= MATCH_CURSOR_MAX, "a cursor has room");

static void s_mix(uint64_t *hash, const void *data, size_t size)
{
    uint64_t parts[3] = {*hash, size, index_hash(data, size)};
    *hash = index_hash(parts, sizeof parts);
}

/* Of everything in a query that decides which words match, and in what order. */
static uint32_t s_check(const match_query_t *query, s_head_t head, const char *key)
{
    const match_filter_t *filter = &query->filter;
    uint32_t numbers[] = {query->strategy, query->distance, query->skip,     query->count,
                          query->by_rank,  filter->collins, filter->max_rank};
    uint64_t hash = CURSOR_VERSION;
    head.check = 0;
    s_mix(&hash, &head, sizeof head);
    s_mix(&hash, key, head.key_size);
    s_mix(&hash, numbers, sizeof numbers);
    s_mix(&hash, query->pattern, query->pattern_size);
    for (size_t i = 0; i < filter->tag_count; i++)
        s_mix(&hash, filter->tags[i].data, filter->tags[i].size);
    return (uint32_t)(hash >> 32);
}

int match_cursor_read(const match_query_t *query, match_cursor_t *cursor)
{
    s_head_t head;
    *cursor = (match_cursor_t){0};
    if (!query->cursor)
        return 0;
    if (query->cursor_size < sizeof head || query->cursor_size > MATCH_CURSOR_MAX)
        return -1;
    memcpy(&head, query->cursor, sizeof head);
    size_t size = query->cursor_size - sizeof head;
    if (head.version != CURSOR_VERSION || size != head.key_size || size > sizeof cursor->place.key)
        return -1;
    memcpy(cursor->place.key, query->cursor + sizeof head, size);
    if (s_check(query, head, cursor->place.key) != head.check)
        return -1;
    cursor->passed = head.passed;
    cursor->place.accent = head.flags & CURSOR_ACCENT;
    cursor->place.by_fold = head.flags & CURSOR_BY_FOLD;
    cursor->place.dictionary = head.dictionary;
    cursor->place.size = size;
    return 0;
}

void match_cursor_write(const match_query_t *query, const match_cursor_t *cursor,
                        match_result_t *result)
{
    const match_place_t *place = &cursor->place;
    s_head_t head = {.version = CURSOR_VERSION,
                     .flags = (uint8_t)((place->accent ? CURSOR_ACCENT : 0) |
                                        (place->by_fold ? CURSOR_BY_FOLD : 0)),
                     .key_size = (uint16_t)place->size,
                     .passed = cursor->passed,
                     .dictionary = place->dictionary};
    head.check = s_check(query, head, place->key);
    memcpy(result->cursor, &head, sizeof head);
    memcpy(result->cursor + sizeof head, place->key, place->size);
    result->cursor_size = sizeof head + place->size;
}
