/* A recursive walk, bounded by LEX_BODY_DEPTH_MAX, that allocates nothing. s_head reads what stands
 * before an object's contents; everything that could be too long is compared with the bytes that
 * are left before it is believed. */

#include "common/scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/body.h"
#include "common/text.h"

typedef enum {
    KIND_BROKEN, /* cut short, or the byte C1, which means nothing */
    KIND_PLAIN,  /* nil, a boolean or an integer; counts no further bytes */
    KIND_FLOAT,
    KIND_EXT,
    KIND_STR,   /* `count` bytes follow */
    KIND_BIN,   /* `count` bytes follow */
    KIND_ARRAY, /* `count` objects follow */
    KIND_MAP    /* `count` pairs follow */
} s_kind_t;

typedef struct {
    const unsigned char *at;
    const unsigned char *end;
    const char *error;
} s_scan_t;

/* The keys of one map. `sign` tells nearly all different keys apart without a look at their bytes.
 */
typedef struct {
    uint64_t sign[LEX_SCAN_PAIRS_MAX];
    const unsigned char *text[LEX_SCAN_PAIRS_MAX];
} s_keys_t;

/* What the bytes C0 to DF announce: their kind, and the size of the count, or of the plain value,
 * behind them. */
static const struct {
    uint8_t kind, size;
} s_heads[32] = {
    {KIND_PLAIN, 0}, {KIND_BROKEN, 0}, {KIND_PLAIN, 0}, {KIND_PLAIN, 0}, /* nil, -, false, true */
    {KIND_BIN, 1},   {KIND_BIN, 2},    {KIND_BIN, 4},                    /* bin 8, 16, 32 */
    {KIND_EXT, 1},   {KIND_EXT, 2},    {KIND_EXT, 4},                    /* ext 8, 16, 32 */
    {KIND_FLOAT, 4}, {KIND_FLOAT, 8},                                    /* float 32, 64 */
    {KIND_PLAIN, 1}, {KIND_PLAIN, 2},  {KIND_PLAIN, 4}, {KIND_PLAIN, 8}, /* uint 8 to 64 */
    {KIND_PLAIN, 1}, {KIND_PLAIN, 2},  {KIND_PLAIN, 4}, {KIND_PLAIN, 8}, /* int 8 to 64 */
    {KIND_EXT, 0},   {KIND_EXT, 0},    {KIND_EXT, 0},   {KIND_EXT, 0},   /* fixext 1 to 8 */
    {KIND_EXT, 0},                                                       /* fixext 16 */
    {KIND_STR, 1},   {KIND_STR, 2},    {KIND_STR, 4},                    /* str 8, 16, 32 */
    {KIND_ARRAY, 2}, {KIND_ARRAY, 4},                                    /* array 16, 32 */
    {KIND_MAP, 2},   {KIND_MAP, 4},                                      /* map 16, 32 */
};

/* Reads the head of the next object and moves behind it, and behind a plain value too. */
static s_kind_t s_head(s_scan_t *self, uint32_t *count)
{
    if (self->at == self->end)
        return KIND_BROKEN;
    unsigned first = *self->at++;

    *count = 0;
    if (first < 0x80 || first >= 0xE0)
        return KIND_PLAIN;
    if (first < 0xC0) {
        *count = first & (first < 0xA0 ? 0x0F : 0x1F);
        return first < 0x90 ? KIND_MAP : first < 0xA0 ? KIND_ARRAY : KIND_STR;
    }
    size_t size = s_heads[first - 0xC0].size;
    if (size > (size_t)(self->end - self->at))
        return KIND_BROKEN;
    for (size_t i = 0; i < size; i++)
        *count = *count << 8 | self->at[i];
    self->at += size;
    return (s_kind_t)s_heads[first - 0xC0].kind;
}

static size_t s_left(const s_scan_t *self)
{
    return (size_t)(self->end - self->at);
}

static bool s_fail(s_scan_t *self, const char *error)
{
    self->error = error;
    return false;
}

static bool s_str(s_scan_t *self, uint32_t size)
{
    if (size > s_left(self))
        return s_fail(self, "a str is longer than the message");
    if (!lex_text_is_utf8(self->at, size))
        return s_fail(self, "a str is not UTF-8");
    self->at += size;
    return true;
}

/* The size and the first bytes of a key. */
static uint64_t s_sign(const unsigned char *text, uint32_t size)
{
    uint32_t start = 0;

    memcpy(&start, text, size < sizeof start ? size : sizeof start);
    return (uint64_t)size << 32 | start;
}

static bool s_key(s_scan_t *self, s_keys_t *keys, uint32_t index)
{
    uint32_t size;

    if (s_head(self, &size) != KIND_STR)
        return s_fail(self, "a key is not a str");
    const unsigned char *text = self->at;
    if (!s_str(self, size))
        return false;
    uint64_t sign = s_sign(text, size);
    for (uint32_t i = 0; i < index; i++)
        if (keys->sign[i] == sign && memcmp(keys->text[i], text, size) == 0)
            return s_fail(self, "a key occurs twice");
    keys->sign[index] = sign;
    keys->text[index] = text;
    return true;
}

static bool s_object(s_scan_t *self, unsigned depth);

static bool s_map(s_scan_t *self, uint32_t pairs, unsigned depth)
{
    s_keys_t keys;

    if (depth > LEX_BODY_DEPTH_MAX)
        return s_fail(self, "nested too deep");
    if (pairs > s_left(self) / 2)
        return s_fail(self, "a map claims more pairs than the message holds");
    if (pairs > LEX_SCAN_PAIRS_MAX)
        return s_fail(self, "a map has too many pairs");
    for (uint32_t i = 0; i < pairs; i++)
        if (!s_key(self, &keys, i) || !s_object(self, depth))
            return false;
    return true;
}

static bool s_array(s_scan_t *self, uint32_t items, unsigned depth)
{
    if (depth > LEX_BODY_DEPTH_MAX)
        return s_fail(self, "nested too deep");
    if (items > s_left(self))
        return s_fail(self, "an array claims more items than the message holds");
    for (uint32_t i = 0; i < items; i++)
        if (!s_object(self, depth))
            return false;
    return true;
}

/* One object inside `depth` maps and arrays. */
static bool s_object(s_scan_t *self, unsigned depth)
{
    uint32_t count;

    switch (s_head(self, &count)) {
    case KIND_PLAIN:
        return true;
    case KIND_STR:
        return s_str(self, count);
    case KIND_BIN:
        if (count > s_left(self))
            return s_fail(self, "a bin is longer than the message");
        self->at += count;
        return true;
    case KIND_ARRAY:
        return s_array(self, count, depth + 1);
    case KIND_MAP:
        return s_map(self, count, depth + 1);
    case KIND_FLOAT:
        return s_fail(self, "a float is not allowed");
    case KIND_EXT:
        return s_fail(self, "an ext type is not allowed");
    case KIND_BROKEN:
        break;
    }
    return s_fail(self, "the message is cut short");
}

const char *lex_scan(const unsigned char *data, size_t size)
{
    s_scan_t self = {data, data + size, NULL};
    uint32_t pairs;

    if (s_head(&self, &pairs) != KIND_MAP)
        return "the body is not a map";
    if (s_map(&self, pairs, 1) && self.at != self.end)
        return "bytes after the map";
    return self.error;
}

/* Moves behind the next object without recursion: `open` counts the objects that are still to come,
 * and since each takes a byte at least, the walk ends with the data. */
static bool s_skip(s_scan_t *self)
{
    uint64_t open = 1;

    while (open > 0) {
        uint32_t count;
        s_kind_t kind = s_head(self, &count);
        open--;
        if (kind == KIND_ARRAY || kind == KIND_MAP)
            open += kind == KIND_MAP ? (uint64_t)count * 2 : count;
        else if (kind != KIND_PLAIN && kind != KIND_STR && kind != KIND_BIN)
            return false;
        else if (count > s_left(self) && kind != KIND_PLAIN)
            return false;
        else if (kind != KIND_PLAIN)
            self->at += count;
        if (open > s_left(self))
            return false;
    }
    return true;
}

const unsigned char *lex_body_peek_id(const void *data, size_t size)
{
    s_scan_t self = {data, (const unsigned char *)data + size, NULL};
    uint32_t pairs, count;

    if (s_head(&self, &pairs) != KIND_MAP)
        return NULL;
    for (uint32_t i = 0; i < pairs; i++) {
        if (s_head(&self, &count) != KIND_STR || count > s_left(&self))
            return NULL;
        bool is_id = count == 2 && memcmp(self.at, "id", 2) == 0;
        self.at += count;
        if (is_id)
            return s_head(&self, &count) == KIND_BIN && count == LEX_ID_SIZE &&
                           s_left(&self) >= LEX_ID_SIZE
                       ? self.at
                       : NULL;
        if (!s_skip(&self))
            return NULL;
    }
    return NULL;
}
