#include "lookup-svc/nearest.h"

#include <assert.h>
#include <stdbool.h>

#include "common/text.h"

#define BAND (2 * (int)RANKING_NEAR_MAX + 1) /* cells of a row that can be within the limit */
#define FAR  100u                            /* beyond every limit, and one more is no overflow */
/* A key that is longer than the word by more than the limit is given up at that depth at the
 * latest. */
#define DEPTH_MAX (LEX_KEY_MAX + RANKING_NEAR_MAX + 1)

typedef struct {
    size_t length;              /* of the word, in code points */
    uint32_t word[LEX_KEY_MAX]; /* its code points */
    size_t depth;               /* code points of the key on the path */
    uint32_t path[DEPTH_MAX + 1];
    uint32_t ends[DEPTH_MAX + 1]; /* bytes of the key up to there */
    /* Cell b of row i is the distance between the first i code points of the key and the first
     * i + b - RANKING_NEAR_MAX of the word. */
    uint8_t rows[DEPTH_MAX + 1][BAND];
} s_walk_t;

/* Like lex_text_next, but in line, and in bounds on any bytes: what is wrong in the file may give
 * wrong suggestions and nothing worse. */
static inline uint32_t s_next(const unsigned char *text, size_t size, size_t *offset)
{
    uint32_t lead = text[(*offset)++];
    if (lead < 0x80)
        return lead;
    unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    uint32_t point = lead & (0x3Fu >> more);
    for (; more > 0 && *offset < size; more--)
        point = point << 6 | (text[(*offset)++] & 0x3Fu);
    return point;
}

static size_t s_length(const char *text, size_t size)
{
    size_t length = 0, offset = 0;
    while (offset < size) {
        s_next((const unsigned char *)text, size, &offset);
        length++;
    }
    return length;
}

static void s_walk_start(s_walk_t *self, const char *key, size_t size)
{
    assert(size <= LEX_KEY_MAX);
    self->length = 0;
    for (size_t offset = 0; offset < size;)
        self->word[self->length++] = s_next((const unsigned char *)key, size, &offset);
    self->depth = 0;
    self->ends[0] = 0;
    for (int b = 0; b < BAND; b++) {
        int column = b - (int)RANKING_NEAR_MAX;
        self->rows[0][b] = column < 0 || column > (int)self->length ? FAR : (uint8_t)column;
    }
}

static inline unsigned s_least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Goes one code point down; returns the smallest cell of the new row. */
static unsigned s_walk_down(s_walk_t *self, uint32_t point)
{
    const uint8_t *above = self->rows[self->depth];
    const uint8_t *above2 = self->depth > 0 ? self->rows[self->depth - 1] : above;
    uint8_t *row = self->rows[++self->depth];
    self->path[self->depth] = point;
    int depth = (int)self->depth, length = (int)self->length;
    unsigned smallest = FAR;
    for (int b = 0; b < BAND; b++) {
        int column = depth + b - (int)RANKING_NEAR_MAX;
        unsigned cell = FAR;
        if (column == 0) {
            cell = (unsigned)depth;
        } else if (column > 0 && column <= length) {
            cell = above[b] + (self->word[column - 1] != point);
            if (b + 1 < BAND)
                cell = s_least(cell, above[b + 1] + 1u);
            if (b > 0)
                cell = s_least(cell, row[b - 1] + 1u);
            if (depth > 1 && column > 1 && self->word[column - 2] == point &&
                self->word[column - 1] == self->path[depth - 1])
                cell = s_least(cell, above2[b] + 1u);
        }
        row[b] = (uint8_t)s_least(cell, FAR);
        smallest = s_least(smallest, cell);
    }
    return smallest;
}

static unsigned s_common(const s_walk_t *self)
{
    unsigned common = 0;
    while (common < self->length && common < self->depth &&
           self->word[common] == self->path[common + 1])
        common++;
    return common;
}

/* Offers the key at whose end the walk stands. */
static void s_offer(const s_walk_t *self, const candidate_t *found, unsigned limit,
                    ranking_t *ranking)
{
    size_t cell = self->length + RANKING_NEAR_MAX - self->depth;
    /* A key too short for the band is off by more than the limit. */
    if (cell >= BAND || self->rows[self->depth][cell] > limit)
        return;
    candidate_t candidate = *found;
    candidate.distance = self->rows[self->depth][cell];
    candidate.common = s_common(self);
    candidate.length = (unsigned)self->depth;
    ranking_offer(ranking, &candidate);
}

/* Walks the rest of a key. Returns 0 at its end, else the number of bytes after which nothing is
 * within the limit. */
static size_t s_walk_key(s_walk_t *self, const char *key, size_t size, unsigned limit)
{
    size_t offset = self->ends[self->depth];
    while (offset < size) {
        uint32_t point = s_next((const unsigned char *)key, size, &offset);
        unsigned smallest = s_walk_down(self, point);
        self->ends[self->depth] = (uint32_t)offset;
        if (smallest > limit)
            return offset;
    }
    return 0;
}

void nearest_search(const index_view_t *view, const char *key, size_t size, uint32_t source,
                    ranking_t *ranking)
{
    const index_table_t *keys = &view->keys;
    s_walk_t walk;
    s_walk_start(&walk, key, size);
    unsigned limit = s_least(RANKING_NEAR_MAX, ranking_limit(ranking));
    size_t given_up = SIZE_MAX; /* keys that share so much with the last one are out as well */
    for (uint32_t i = 0; i < keys->count; i++) {
        size_t shared = keys->shared[i];
        if (shared >= given_up)
            continue;
        while (walk.ends[walk.depth] > shared)
            walk.depth--;
        candidate_t candidate = {.item = i, .source = source};
        candidate.key = index_table_string(keys, i, &candidate.size);
        given_up = s_walk_key(&walk, candidate.key, candidate.size, limit);
        if (given_up == 0) {
            given_up = SIZE_MAX;
            s_offer(&walk, &candidate, limit, ranking);
            limit = s_least(RANKING_NEAR_MAX, ranking_limit(ranking));
        }
    }
}

void nearest_complete(const index_view_t *view, const char *key, size_t size, uint32_t source,
                      ranking_t *ranking)
{
    uint32_t first, end;
    index_table_prefix(&view->keys, key, size, &first, &end);
    size_t length = s_length(key, size);
    for (uint32_t i = first; i < end && ranking_limit(ranking) >= RANKING_COMPLETED; i++) {
        candidate_t candidate = {.distance = RANKING_COMPLETED, .item = i, .source = source};
        candidate.key = index_table_string(&view->keys, i, &candidate.size);
        candidate.common = (unsigned)length;
        candidate.length = (unsigned)s_length(candidate.key, candidate.size);
        if (candidate.length > length + RANKING_NEAR_MAX)
            ranking_offer(ranking, &candidate);
    }
}
